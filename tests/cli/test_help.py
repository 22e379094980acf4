"""Help that helps: every option explained, every example right, lines that fit."""

from __future__ import annotations

import os
import pty
import re
import shlex
import subprocess

import click
import pytest

from tests.processes import command as command_line
from w2v_nce.cli import program
from w2v_nce.cli.options.command import Command
from w2v_nce.cli.options.help import HelpContext, description_and_examples, grouped, wrapped
from w2v_nce.cli.options.names import spelling
from w2v_nce.cli.options.option import Option
from w2v_nce.settings.train_config import GROUPS

COMMANDS = list(program.commands.values())
each_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.name)


def help_of(command: click.Command, columns: int) -> str:
    """Return the help of a command on a terminal of some width, without its bold letters."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        return click.unstyle(command.get_help(HelpContext(command, info_name=command.name)))


@each_command
def test_every_option_says_what_it_does_and_what_happens_without_it(command: click.Command) -> None:
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, option.opts
            assert option.help.endswith((".", ")")), option.opts
            default = option.to_info_dict()["default"]
            if not option.is_flag and default not in (None, "-", ()):
                stated = option.show_default or "Default:" in option.help
                assert stated, f"{option.opts}: {default} is not shown"


@each_command
def test_every_command_has_examples_that_it_understands(command: click.Command) -> None:
    examples = description_and_examples(command)[1]
    own = [line for line in examples if f"w2v-nce {command.name}" in line]
    assert own, f"no example of {command.name}"
    for line in own:
        words = shlex.split(line.split(f"w2v-nce {command.name}", 1)[1].strip(' ")'), comments=True)
        ends = [i for i, word in enumerate(words) if word in ("|", ">", "<")]
        arguments = words[: min(ends, default=len(words))]
        command.make_context(command.name, arguments)  # which refuses what it does not know


def test_the_examples_of_the_program_are_understood() -> None:
    for line in description_and_examples(program)[1]:
        _, name, *arguments = shlex.split(line)
        program.commands[name].make_context(name, arguments)


@each_command
@pytest.mark.parametrize(("columns", "widest"), [(80, 80), (200, 100)])
def test_lines_fit_and_no_name_is_broken(command: Command, columns: int, widest: int) -> None:
    text = help_of(command, columns)
    assert max(map(len, text.splitlines())) <= widest
    for option in command.params:
        if isinstance(option, click.Option):
            assert re.search(rf"(?m)^ .*{re.escape(spelling(option))}\b", text)
    assert not re.search(r"\w-$", text, re.MULTILINE)


def test_options_of_train_are_in_groups() -> None:
    train = program.commands["train"]
    loose = {each.name for each in train.params if not (isinstance(each, Option) and each.group)}
    assert loose == {"corpus", "config", "save_config", "quiet"}
    headings = re.findall(r"(?m)^(\S.*):$", help_of(train, 80))
    assert headings == ["Examples", *GROUPS, "Other options"]


def test_groups_keep_their_order_and_all_items() -> None:
    items = [("b", 1), ("", 2), ("new", 3), ("a", 4), ("b", 5)]
    assert grouped(items, ("a", "b", "c"), "rest") == [
        ("a", [4]), ("b", [1, 5]), ("new", [3]), ("rest", [2]),
    ]  # fmt: skip


def test_lines_are_not_broken_inside_names() -> None:
    assert wrapped("as with --noise-sharing none", 20) == ["as with", "--noise-sharing none"]
    assert wrapped("", 20) == [""]


def on_a_terminal(**variables: str) -> str:
    """Return what help is on a terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", **variables}
    environment = {name: value for name, value in environment.items() if value}
    with subprocess.Popen(command_line("info", "--help"), stdout=theirs, env=environment):
        os.close(theirs)
        parts = []
        try:
            while part := os.read(ours, 65536):
                parts.append(part)
        except OSError:  # Linux says so that the other side is closed
            pass
    os.close(ours)
    return b"".join(parts).decode()


def test_headings_are_bold_on_a_terminal_that_can() -> None:
    assert "\x1b[1mOptions:\x1b[0m" in on_a_terminal(NO_COLOR="")
    assert "\x1b" not in on_a_terminal(NO_COLOR="1")
    assert "\x1b" not in on_a_terminal(NO_COLOR="", TERM="dumb")
