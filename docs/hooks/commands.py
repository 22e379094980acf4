"""MkDocs hook: the reference of commands, made from the program's own help.

Where a page says ``<!-- commands -->``, every command follows with its options.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import Any

import click

from w2v_nce.cli import program
from w2v_nce.cli.options.command import Command, option_record

MARK = "<!-- commands -->"
PROGRAM = click.Context(program, info_name="w2v-nce")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put the commands in their place."""
    if MARK not in markdown:
        return markdown
    names = sorted(program.commands)
    return markdown.replace(MARK, "\n".join(line for name in names for line in section(name)))


def section(name: str) -> Iterator[str]:
    """Yield the lines about a command: its usage, its help, its options."""
    command = program.commands[name]
    context = click.Context(command, PROGRAM, info_name=name)
    yield f"## {name}\n"
    yield from code([command.get_usage(context).removeprefix("Usage: ")])
    yield from prose(command.help or "")
    yield from prose(command.epilog or "")
    assert isinstance(command, Command)
    for group, options in command.option_groups(context):
        yield f"**{group}**\n"
        for option in options:
            names, text = option_record(option, context)
            yield f"`{names}`\n:   {escaped(text)}\n"


def prose(text: str) -> Iterator[str]:
    r"""Yield the paragraphs of a help text; those marked by ``\b`` are lines of code."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith("\b"):
            yield from code(paragraph.splitlines()[1:])
        else:
            yield escaped(" ".join(paragraph.split())) + "\n"


def code(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines as a block of code."""
    yield from ("```text", *lines, "```\n")


def escaped(text: str) -> str:
    """Return text in which nothing is Markdown, but for options, which are code."""
    plain = re.sub(r"([\\`*_\[\]<>&|])", r"\\\1", text)
    return re.sub(r"(?<![\w-])--?[a-z][\w-]*", lambda match: f"`{match[0]}`", plain)
