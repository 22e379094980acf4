"""The classes of commands, with what they have in common beyond what click does.

Options come from the environment and from files as well, and errors say from where; options of
other programs are recognised; help is in groups.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable
from functools import partial
from typing import Any

import click
from click.core import ParameterSource

from w2v_nce.cli.options.help import (
    HelpContext,
    description_and_examples,
    grouped,
    option_text,
    write_sections,
)
from w2v_nce.cli.options.names import (
    PREFIX,
    known_options,
    option_for,
    origin_of,
    plain,
    python_names,
    spelling,
    variables,
    with_options,
)
from w2v_nce.cli.options.option import Option
from w2v_nce.cli.options.suggestions import (
    PEERS,
    command_advice,
    did_you_mean,
    foreign_option,
    option_advice,
)
from w2v_nce.cli.options.values import FileName
from w2v_nce.cli.terminal.errors import SPELL
from w2v_nce.errors import ConfigError, W2vNceError
from w2v_nce.settings.train_config import GROUPS


class Command(click.Command):
    """A command of the program, in a section of its list of commands.

    Args:
        arguments: those of click.
        section: the heading that it stands under in the list.
        python: the function that does the same in Python, as in messages of the library.
        attributes: those of click.
    """

    context_class = HelpContext

    def __init__(
        self, *arguments: Any, section: str = "", python: str | None = None, **attributes: Any
    ) -> None:
        super().__init__(*arguments, **attributes)
        self.section, self.python = section, python
        for parameter in self.params:
            parameter.metavar = parameter.metavar or metavar_of(parameter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments, with more exact errors than those of click.

        Raises:
            UsageError: with a suggestion, or with the variable or file that a value comes from.
        """
        given = args[: args.index("--")] if "--" in args else list(args)
        if not self.allow_interspersed_args:  # what follows is for another command
            given = list(itertools.takewhile(lambda each: each.startswith("-"), given))
        if not ctx.resilient_parsing:
            for argument in given:
                if option := foreign_option(argument, self):
                    raise self.no_such_option(option, ctx)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise self.no_such_option(whole_option(error.option_name, given), ctx) from error
        except click.BadParameter as error:
            origin = error.param and origin_of(ctx, error.param)
            if error.param and origin:
                error.param_hint = f"{spelling(error.param)} ({origin})"
            raise
        except click.UsageError as error:
            error.ctx = error.ctx or ctx  # not all that click raises knows the command
            raise

    def no_such_option(self, name: str, ctx: click.Context) -> click.UsageError:
        """Return the error for an option that does not exist."""
        return click.UsageError(f"No such option {name}{option_advice(name, self)}", ctx)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, and put options for Python's names into messages of the library.

        Raises:
            ConfigError: of an option, with the variable or file that its value comes from.
        """
        ctx.meta[SPELL] = spell = partial(with_options, option_of=partial(option_for, context=ctx))
        try:
            return super().invoke(ctx)
        except W2vNceError as error:
            origin = isinstance(error, ConfigError) and self.origin_of(error.setting, ctx)
            error.args = (spell(str(error)) + (f" ({origin})" if origin else ""),)
            raise

    def origin_of(self, setting: str | None, ctx: click.Context) -> str | None:
        """Return the variable or file that a setting comes from, None for any other place."""
        if setting is None:
            return None
        parameter = next((each for each in self.params if setting in python_names(each)), None)
        return origin_of(ctx, parameter) if parameter else None

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the description of the command, and its examples."""
        text, examples = description_and_examples(self)
        formatter.write_paragraph()
        formatter.write_text(text)
        if examples:
            with formatter.section("Examples"):
                formatter.write_text("\n".join(["\b", *examples]))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options in their groups."""
        sections = []
        for name, options in self.option_groups(ctx):
            sections.append((name, [option_record(each, ctx) for each in options]))
        write_sections(formatter, sections)

    def option_groups(self, ctx: click.Context) -> list[tuple[str, list[click.Option]]]:
        """Return the options with the names of their groups."""
        options = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        named = [(each.group if isinstance(each, Option) else "", each) for each in options]
        groups = grouped([item for item in named if not item[1].hidden], GROUPS, "Other options")
        return groups if len(groups) > 1 else [("Options", groups[0][1])]


class Program(Command, click.Group):
    """The program: a command that has others."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command, whose options may then come from the environment."""
        super().add_command(cmd, name)
        for parameter in cmd.params:
            parameter.envvar = variables(name or cmd.name or "", parameter)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments begin with.

        Raises:
            UsageError: if there is none of this name, with a suggestion.
        """
        name = args[0]
        if name not in self.commands and name[:1] != "-" and not ctx.resilient_parsing:
            advice = command_advice(name, self.commands)
            raise click.UsageError(f"No such command '{name}'{advice}", ctx)
        return super().resolve_command(ctx, args)

    def no_such_option(self, name: str, ctx: click.Context) -> click.UsageError:
        """Return the error for an option that does not exist, or belongs behind a command."""
        takers = [each for each in self.commands.values() if plain(name) in known_options(each)]
        if not takers and plain(name) in PEERS:  # word2vec.c has no commands
            advice = option_advice(name, self.commands["train"])
            text = f"No such option {name}{advice}; a command comes first, as in 'w2v-nce train'"
            return click.UsageError(text, ctx)
        if not takers:
            return super().no_such_option(name, ctx)
        advice = f"options stand behind the command, as in 'w2v-nce {takers[0].name} {name}'"
        return click.UsageError(f"No such option {name}; {advice}", ctx)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, after a warning of unknown variables in the environment."""
        parameters = [each for command in self.commands.values() for each in command.params]
        for message in unknown_variables(name for each in parameters for name in each.envvar or ()):
            click.echo(f"w2v-nce: warning: {message}", err=True)
        return super().invoke(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in their sections, and the options of the program."""
        sections = []
        for name, commands in self.sections():
            sections.append((name, [(each.name or "", summary(each)) for each in commands]))
        write_sections(formatter, sections)
        super().format_options(ctx, formatter)

    def sections(self) -> list[tuple[str, list[click.Command]]]:
        """Return the commands with the names of their sections."""
        commands = [each for each in self.commands.values() if not each.hidden]
        named = [(each.section if isinstance(each, Command) else "", each) for each in commands]
        return grouped(named, (), "Other commands")


def whole_option(name: str, arguments: list[str]) -> str:
    """Return an option as it was given; click names only the first letter behind a single dash."""
    given = [each for each in arguments if each.startswith(name) and not name.startswith("--")]
    return given[0].split("=")[0] if given else name


def metavar_of(parameter: click.Parameter) -> str | None:
    """Return the placeholder of a value in help, where click would write more."""
    kind = parameter.type
    if isinstance(kind, click.Choice):
        return "|".join(kind.choices)
    if isinstance(kind, click.types.IntParamType):
        return "N"
    if isinstance(kind, FileName) and isinstance(parameter, click.Option):
        return kind.metavar
    return "X" if isinstance(kind, click.types.FloatParamType) else None


def option_record(option: click.Option, context: click.Context) -> tuple[str, str]:
    """Return the spellings of an option with its placeholder, and its text."""
    record = option.get_help_record(context)
    assert record is not None, "a hidden option"
    return record[0], option_text(option)


def summary(command: click.Command) -> str:
    """Return the first sentence of the help of a command, in one line."""
    return command.get_short_help_str(1000).rstrip(".")


def is_given(context: click.Context, name: str) -> bool:
    """Return whether a user has set an option, anywhere."""
    return context.get_parameter_source(name) not in (None, ParameterSource.DEFAULT)


def refuse_ineffective(context: click.Context, ineffective: dict[str, str]) -> None:
    """Refuse options on the command line that would have no effect.

    Those of the environment and of a file may be meant for other runs.

    Args:
        context: of the command.
        ineffective: the names of such options, each with the topic that it is about.

    Raises:
        UsageError: naming the first of them.
    """
    for parameter in context.command.params:
        name = parameter.name or ""
        source = context.get_parameter_source(name)
        if name in ineffective and source is ParameterSource.COMMANDLINE:
            shown = spelling(parameter).strip("[]")
            raise click.UsageError(f"{shown} is about {ineffective[name]}")


def names_in_group(command: click.Command, group: str) -> list[str]:
    """Return the names of the options in a group of the help."""
    found = [each for each in command.params if isinstance(each, Option) and each.group == group]
    return [each.name or "" for each in found]


def default_options(command: click.Command) -> dict[str, Any]:
    """Return the options of a command with their defaults."""
    context = HelpContext(command)
    found: dict[str, Any] = {}
    for parameter in command.params:
        if parameter.expose_value and parameter.name:
            default = parameter.to_info_dict()["default"]
            if isinstance(parameter, click.Option) and parameter.is_flag:
                default = bool(default)
            found[parameter.name] = parameter.type_cast_value(context, default)
    return found


def unknown_variables(known: Iterable[str]) -> list[str]:
    """Return a warning, with a suggestion, for each variable with our prefix that is unknown."""
    names = {name.removeprefix(PREFIX) for name in known}
    given = [name.removeprefix(PREFIX) for name in sorted(os.environ) if name.startswith(PREFIX)]
    return [
        f"{PREFIX}{name} in the environment is no option of w2v-nce"
        + did_you_mean(name, names, PREFIX)
        for name in given
        if name not in names
    ]
