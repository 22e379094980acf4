"""The names of options: on the command line, in files, in the environment, and in Python."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

import click
from click.core import ParameterSource

from w2v_nce.cli.options.option import Option

#: Where the context keeps the name of a file of options.
CONFIG_FILE = "w2v_nce.config_file"
PREFIX = "W2V_NCE_"

#: A name of Python in a message, perhaps with a value: `dim` or `dim=100`.
NAME = re.compile(r"`([A-Za-z_][\w.]*)(?:=([^`]*))?`")


def spelling(parameter: click.Parameter, dashes: bool = True) -> str:
    """Return the longest name of an option, as on the command line or as in a file."""
    if isinstance(parameter, click.Argument):
        return (parameter.metavar or "" if dashes else parameter.name) or ""
    name = max(parameter.opts, key=len)
    return name if dashes else name.lstrip("-")


def plain(name: str) -> str:
    """Return a name in the spelling of our options, without dashes: min-count for -minCount."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name.lstrip("-"))
    return name.lower().replace("_", "-")


def known_options(command: click.Command) -> dict[str, click.Parameter]:
    """Return options and arguments of a command by all their names, those in Python included."""
    inside = {plain(each.name or ""): each for each in command.params}
    return inside | {plain(name): each for each in command.params for name in each.opts}


def variables(command: str, parameter: click.Parameter) -> list[str]:
    """Return the variables that set an option of a command, the one that wins first.

    The one for a single command, such as ``W2V_NCE_TRAIN_THREADS``, comes before the one for all
    commands. Arguments have the former only, as their names differ in meaning.
    """
    name = _upper(spelling(parameter, dashes=False))
    own = f"{PREFIX}{_upper(command)}_{name}"
    return [own] if isinstance(parameter, click.Argument) else [own, PREFIX + name]


def _upper(name: str) -> str:
    return name.upper().replace("-", "_")


def origin_of(context: click.Context, parameter: click.Parameter) -> str | None:
    """Return the variable or the file that a value comes from, None for the command line."""
    source = context.get_parameter_source(parameter.name or "")
    if source is ParameterSource.DEFAULT_MAP:
        return str(context.meta[CONFIG_FILE])
    if source is ParameterSource.ENVIRONMENT:
        return next(each for each in parameter.envvar or () if os.environ.get(each))
    return None


def with_options(message: str, option_of: Callable[[str], str | None]) -> str:
    """Return a message of the library in which options stand for the names that Python has.

    ``option_of`` returns the option for a name, or None for one that stays as it is.
    """

    def replaced(match: re.Match[str]) -> str:
        option, value = option_of(match[1]), match[2]
        if option is None:
            return match[0]
        return option if value in (None, "True") else f"{option} {value}"

    return NAME.sub(replaced, message)


def option_for(name: str, context: click.Context) -> str | None:
    """Return the option, or the command with its option, that stands for a name of Python."""
    for parameter in context.command.params:
        if name in python_names(parameter):
            return spelling(parameter)
    root = context.find_root().command
    return next(_elsewhere(name, root), None) if isinstance(root, click.Group) else None


def _elsewhere(name: str, program: click.Group) -> Iterator[str]:
    """Yield commands and options of commands that stand for a name of Python."""
    for command in program.commands.values():
        if name == getattr(command, "python", None):
            yield f"'w2v-nce {command.name}'"
    for command in program.commands.values():
        for parameter in command.params:
            if isinstance(parameter, Option) and name in python_names(parameter):
                yield f"'w2v-nce {command.name} {spelling(parameter)}'"


def python_names(parameter: click.Parameter) -> list[str | None]:
    """Return the names that Python has for a parameter."""
    return [parameter.name, parameter.python if isinstance(parameter, Option) else None]
