"""Lines of text from a file or from standard input."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator

import click

from w2v_nce.errors import CorpusError
from w2v_nce.files import word_lists

LINES_AT_ONCE = 256


def read_lines(path: str) -> Iterator[str]:
    """Yield the lines of a file, or of standard input for "-", as text; any bytes survive.

    Raises:
        InputError: if it cannot be read.
    """
    if path != "-":
        lines = word_lists.read_lines(path)
    elif sys.stdin is None:  # closed by the shell: `<&-`
        raise CorpusError("standard input is closed; name a file")
    else:
        lines = word_lists.bare_lines(sys.stdin.buffer)
    yield from (line.decode("utf-8", "surrogateescape") for line in lines)


def refuse_reading_twice(*paths: str | None) -> None:
    """Make sure that standard input is named at most once.

    Raises:
        UsageError: if it is named more often.
    """
    if paths.count("-") > 1:
        raise click.UsageError("standard input is named twice; give one of the two as a file")


def is_typed(path: str) -> bool:
    """Return whether the lines come from a person at a terminal."""
    return path == "-" and sys.stdin is not None and sys.stdin.isatty()


def batches(lines: Iterator[str], typed: bool) -> Iterator[list[str]]:
    """Yield lists of lines: of one if a person types them, otherwise of many."""
    size = 1 if typed else LINES_AT_ONCE
    while batch := list(itertools.islice(lines, size)):
        yield batch
