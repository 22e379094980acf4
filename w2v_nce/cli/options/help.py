"""The layout of help: headings, options in groups, examples."""

from __future__ import annotations

import inspect
import itertools
import os
import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import TypeVar

import click

#: The widest lines of help, whatever the width of the terminal.
WIDTH = 100
NO_BREAK = "\u00a0"

#: The widest names of options whose texts stand beside them.
NAME_WIDTH = 24
Item = TypeVar("Item")


class HelpFormatter(click.HelpFormatter):
    """A formatter with bold headings that never breaks a line inside the name of an option."""

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        self.write(click.style(f"{heading}:", bold=True) + "\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs; those that begin with a backspace keep their line breaks."""
        paragraphs = []
        for paragraph in text.split("\n\n"):
            if paragraph.startswith("\b\n"):
                lines = paragraph.splitlines()[1:]
            else:
                lines = wrapped(paragraph, self.width - self.current_indent)
            paragraphs.append(textwrap.indent("\n".join(lines), " " * self.current_indent))
        self.write("\n\n".join(paragraphs) + "\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = NAME_WIDTH, col_spacing: int = 2
    ) -> None:
        """Write names with texts beside them, ``col_max`` wide, or below one that is wider."""
        column = self.current_indent + col_max + col_spacing
        for name, text in rows:
            lines = wrapped(text, self.width - column)
            name = " " * self.current_indent + name
            if len(name) > column - col_spacing:
                self.write(name + "\n")
                name = ""
            self.write(f"{name:{column}}{lines[0]}\n")
            self.write(textwrap.indent("".join(line + "\n" for line in lines[1:]), " " * column))


def write_sections(
    formatter: click.HelpFormatter, sections: Sequence[tuple[str, Sequence[tuple[str, str]]]]
) -> None:
    """Write names with texts beside them under headings, all in the same columns."""
    widest = max(len(name) for _, rows in sections for name, _ in rows)
    for heading, rows in sections:
        with formatter.section(heading):
            formatter.write_dl(rows, min(widest, NAME_WIDTH))


class HelpContext(click.Context):
    """A context with -h for help, too, which :class:`HelpFormatter` writes."""

    formatter_class = HelpFormatter

    def __init__(self, command: click.Command, **settings: object) -> None:
        settings.setdefault("max_content_width", WIDTH)
        settings.setdefault("help_option_names", ["-h", "--help"])
        super().__init__(command, **settings)  # type: ignore[arg-type]
        if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            self.color = False


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text, at least one."""
    text = re.sub(r"[ \n]+", " ", text)
    lines = textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False)
    return [line.replace(NO_BREAK, " ") for line in lines] or [""]


def description_and_examples(command: click.Command) -> tuple[str, list[str]]:
    """Return the help of a command without its examples, and the lines of these."""
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    description = [each for each in paragraphs if not each.startswith("\b\n")]
    examples = [each.splitlines()[1:] for each in paragraphs if each.startswith("\b\n")]
    return "\n\n".join(description), list(itertools.chain.from_iterable(examples))


def option_text(option: click.Option) -> str:
    """Return the help of an option with its default."""
    notes = []
    if option.show_default and option.default is not None:
        notes.append(f"default:{NO_BREAK}{shown_default(option.default)}")
    if option.required:
        notes.append("required")
    return " ".join([option.help or "", *([f"[{', '.join(notes)}]"] if notes else [])])


def shown_default(value: object) -> str:
    """Return a default as a user would type it."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def grouped(
    items: Iterable[tuple[str, Item]], order: Sequence[str], rest: str
) -> list[tuple[str, list[Item]]]:
    """Return items by the names of their groups, in this order; unknown groups follow.

    Items whose group has no name come last, under the name of ``rest``.
    """
    groups: dict[str, list[Item]] = {name: [] for name in order}
    last: list[Item] = []
    for name, item in items:
        (groups.setdefault(name, []) if name else last).append(item)
    return [(name, found) for name, found in [*groups.items(), (rest, last)] if found]
