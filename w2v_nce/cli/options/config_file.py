"""Configuration files in TOML: ``--config`` reads one, ``--save-config`` writes one."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from w2v_nce.cli.options.command import Command, default_options
from w2v_nce.cli.options.help import HelpContext, wrapped
from w2v_nce.cli.options.names import CONFIG_FILE, spelling
from w2v_nce.cli.options.option import Option, option
from w2v_nce.cli.options.suggestions import option_advice
from w2v_nce.cli.options.values import FileName, ResultName, parse_duration
from w2v_nce.errors import ConfigError

COMMENT_WIDTH = 90


def config_file_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command ``--config`` and ``--save-config``."""
    save = option(
        "--save-config",
        type=ResultName(),
        may_change=True,
        is_kept=False,
        is_saved=False,
        help="File for the options of this run, in the format of --config and with these"
        " explanations; - is standard output.",
    )
    read = option(
        "--config",
        type=FileName(),
        is_eager=True,
        expose_value=False,
        callback=read_config,
        help="Read options from a TOML file; they are named as here without dashes, as in threads ="
        " 2. The command line wins over W2V_NCE_* in the environment, which wins over the file.",
    )
    return read(save(command))


def read_config(context: click.Context, parameter: click.Parameter, path: str | None) -> None:
    """Make the options in a file the defaults of a command."""
    if path is not None and not context.resilient_parsing:
        context.meta[CONFIG_FILE] = path
        context.default_map = load_options(path, context.command)


def config_read() -> list[tuple[str, Path]]:
    """Return ``--config`` with the file that the present command has read, if any."""
    path = click.get_current_context().meta.get(CONFIG_FILE)
    return [] if path is None else [("--config", Path(path))]


def load_options(path: str, command: click.Command) -> dict[str, Any]:
    """Return the options of a command that are in a file, by their names in the program.

    Raises:
        ConfigError: if the file is not TOML, or has an unknown option or a value of the wrong type.
    """
    document = read_toml(path)
    exposed = [each for each in command.params if each.expose_value]
    known = {name.lstrip("-"): each for each in exposed for name in each.opts}
    found: dict[str, Any] = {}
    for key, value in document.items():
        if key not in known:
            advice = option_advice(key, command, dashes=False)
            raise ConfigError(f"{path}: '{key}' is no option of 'w2v-nce {command.name}'{advice}")
        try:
            found[known[key].name or ""] = typed(known[key], value)
        except TypeError as error:
            raise ConfigError(f"{path}: {key} is {shown(value)}; it takes {error}") from error
    return found


def read_toml(path: str) -> dict[str, Any]:
    """Return the content of a TOML file.

    Raises:
        ConfigError: if it cannot be read, or is not TOML.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        document: dict[str, Any] = tomllib.loads(Path(path).read_text("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not TOML: byte {error.start:,} is not UTF-8") from error
    except (ValueError, RecursionError) as error:  # also of numbers with thousands of digits
        raise ConfigError(f"{path} is not TOML: {error}") from error
    return document


def typed(parameter: click.Parameter, value: Any) -> Any:
    """Return a value of TOML in the form that click takes.

    Raises:
        TypeError: naming the type that the parameter takes, if the value is of another.
    """
    if isinstance(parameter, click.Option) and parameter.is_flag:
        if not isinstance(value, bool):
            raise TypeError("true or false")
        return value
    if is_list(parameter):
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(each, str) and "\0" not in each for each in values):
            raise TypeError("text, or a list of texts in quotes")
        return values
    kinds: tuple[type, ...] = (str, int, float)  # a share for --heldout is written as a number
    name = "text in quotes"
    if isinstance(parameter.type, click.types.IntParamType):
        kinds, name = (int,), "a whole number"
    elif isinstance(parameter.type, click.types.FloatParamType):
        kinds, name = (int, float), "a number"
    if isinstance(value, bool) or not isinstance(value, kinds) or "\0" in str(value):
        raise TypeError(name)
    return str(value)  # which is then checked as on the command line


def write_config(path: str, options: dict[str, Any]) -> None:
    """Write the options of a run of the present command.

    Raises:
        OutputError: if the file cannot be written.
        ConfigError: if the name of a file has bytes that are not UTF-8.
    """
    from w2v_nce.files.atomic import AtomicFile

    command = click.get_current_context().command
    try:
        data = config_text(command, options).encode("utf-8")
    except UnicodeEncodeError as error:
        line = error.object.split("\n")[error.object.count("\n", 0, error.start)]
        raise ConfigError(
            f"--save-config cannot write {line!a}: TOML has no bytes that are not UTF-8;"
            " rename the file"
        ) from error
    with AtomicFile(path) as file:
        file.write(data)
        file.commit()


def config_text(command: click.Command, options: dict[str, Any]) -> str:
    """Return a TOML file with all options of a command; defaults are commented out."""
    assert isinstance(command, Command)
    defaults = default_options(command)
    arguments = [each for each in saved(command) if isinstance(each, click.Argument)]
    blocks = [f"# Options of 'w2v-nce {command.name}'. Those behind a # have their defaults.\n"]
    blocks += [entry(each, options[each.name or ""], ()) for each in arguments]
    for group, members in command.option_groups(HelpContext(command)):
        entries = [
            entry(each, options[each.name or ""], defaults[each.name or ""])
            for each in saved(command)
            if each in members
        ]
        if entries:
            blocks += [f"### {group}\n", *entries]
    return "\n".join(blocks)


def entry(parameter: click.Parameter, value: Any, default: Any) -> str:
    """Return the lines of one option."""
    text = parameter.help if isinstance(parameter, click.Option) else None
    comment = "".join(f"{line}\n" for line in wrapped(text, COMMENT_WIDTH)) if text else ""
    written = toml(parameter, value)
    mark = "#" if written == toml(parameter, default) else ""
    return textwrap.indent(comment, "# ") + f"{mark}{key_of(parameter)} = {written}".rstrip() + "\n"


def toml(parameter: click.Parameter, value: Any) -> str:
    """Return the value of an option as TOML, which has nothing for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return quoted(value)
    if is_list(parameter):
        return f"[{', '.join(map(quoted, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if parameter.type.name == parse_duration.__name__:
        return f'"{value:.0f}s"' if value == round(value) else f'"{value}s"'
    return str(value)


def quoted(text: str) -> str:
    """Return a string of TOML, which is one of JSON but for DEL, which TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def saved(command: click.Command) -> list[click.Parameter]:
    """Return the parameters that are written to a file."""
    exposed = [each for each in command.params if each.expose_value]
    return [each for each in exposed if not isinstance(each, Option) or each.is_saved]


def key_of(parameter: click.Parameter) -> str:
    """Return the name of an option in a file."""
    return spelling(parameter, dashes=False)


def is_list(parameter: click.Parameter) -> bool:
    """Return whether a parameter takes several values."""
    multiple = isinstance(parameter, click.Option) and parameter.multiple
    return multiple or parameter.nargs != 1


def shown(value: Any) -> str:
    """Return a value much as it stands in the file."""
    return json.dumps(value, ensure_ascii=False, default=str)
