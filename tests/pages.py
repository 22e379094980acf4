"""The pages of the documentation: their tables, their code, and the command lines in it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from w2v_nce.cli import program

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(page for page in DOCS.rglob("*.md") if page.name != "changelog.md")
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
BOUNDS = {"|", "<", ">", ">>", "2>", "&", "&&", ";", "||"}


@dataclass(frozen=True)
class Command:
    """A command line of the program as it was understood."""

    name: str
    values: dict[str, Any]  # of all parameters
    given: dict[str, Any]  # of those that do not have their default


def sections(text: str) -> Iterator[tuple[str, str]]:
    """Yield the sections of a page, with their titles."""
    yield from re.findall(r"^##+ ([^\n]+)\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)


def rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of all tables, but not those of their heads."""
    rule = re.compile(r"\|(:?-+:?\|)+")
    lines = text.splitlines()
    for number, line in enumerate(lines):
        head = rule.fullmatch(line) or (
            number + 1 < len(lines) and rule.fullmatch(lines[number + 1])
        )
        if line.startswith("|") and not head:
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def code(cell: str) -> list[str]:
    """Return what is marked as code in a cell."""
    return re.findall(r"`([^`]+)`", cell)


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield the language and the text of all blocks of code."""
    for indent, language, lines in FENCE.findall(text):
        yield language, re.sub(f"^{indent}", "", lines, flags=re.MULTILINE)


def shell_commands(text: str) -> Iterator[list[str]]:
    """Yield the words of every simple command in lines for a shell.

    Where some lines begin with a prompt, the others are output. Variables become a 1.
    """
    text = re.sub(r"\$\w+", "1", text.replace("\\\n", " "))
    lines = [line.strip() for line in text.splitlines()]
    prompts = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    for line in prompts or lines:
        if line.startswith("#"):
            continue
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|<>&;")
        lexer.whitespace_split = True
        command: list[str] = []
        for word in [*lexer, ";"]:
            if word in BOUNDS:
                yield command
                command = []
            else:
                command.append(word)


def parsed(words: list[str]) -> Command:
    """Understand a command line as the program does, without running anything.

    Raises:
        click.UsageError: if the program would.
    """
    assert words[0] == "w2v-nce"
    name, arguments = words[1], words[2:]
    if name not in program.commands:
        raise click.UsageError(f"no such command: {name}")
    context = program.commands[name].make_context(name, arguments)
    given = {
        key: value
        for key, value in context.params.items()
        if context.get_parameter_source(key) is ParameterSource.COMMANDLINE
    }
    return Command(name, context.params, given)


def default(name: str, option: str) -> Any:
    """Return the default of an option of a command."""
    command = program.commands[name]
    for parameter in command.params:
        if option in parameter.opts:
            return parameter.get_default(click.Context(command))
    raise AssertionError(f"{name} has no {option}")
