"""Lines of text from a file or from standard input."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from w2v_nce.errors import CorpusError
from w2v_nce.text import BYTE_ORDER_MARK

LINES_AT_ONCE = 256


def read_lines(path: str) -> Iterator[str]:
    """Yield the lines of a file, or of standard input for "-", without their ends.

    Raises:
        CorpusError: if it cannot be read.
    """
    if path == "-":
        if sys.stdin is None:  # closed by the shell: `<&-`
            raise CorpusError("standard input is closed; name a file")
        yield from decoded(sys.stdin.buffer)
        return
    try:
        with Path(path).open("rb") as file:
            yield from decoded(file)
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror or error}") from error


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


def decoded(lines: Iterable[bytes]) -> Iterator[str]:
    """Yield decoded lines; bytes that are not UTF-8 survive."""
    for number, line in enumerate(lines):
        text = line.removeprefix(BYTE_ORDER_MARK) if number == 0 else line
        yield text.rstrip(b"\r\n").decode("utf-8", "surrogateescape")


def batches(lines: Iterator[str], typed: bool) -> Iterator[list[str]]:
    """Yield lists of lines: of one if a person types them, otherwise of many."""
    size = 1 if typed else LINES_AT_ONCE
    while batch := list(itertools.islice(lines, size)):
        yield batch
