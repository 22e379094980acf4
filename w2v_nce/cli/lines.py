"""Lines of text from a file or from standard input."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from w2v_nce.errors import CorpusError

LINES_AT_ONCE = 256


def read_lines(path: str) -> Iterator[str]:
    """Yield the lines of a file, or of standard input for "-", without their ends.

    Raises:
        CorpusError: if it cannot be read.
    """
    if path == "-":
        yield from decoded(sys.stdin.buffer)
        return
    try:
        with Path(path).open("rb") as file:
            yield from decoded(file)
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror or error}") from error


def decoded(lines: Iterable[bytes]) -> Iterator[str]:
    """Decode UTF-8; any other bytes survive."""
    for line in lines:
        yield line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")


def batches(lines: Iterator[str]) -> Iterator[list[str]]:
    """Yield some lines at a time: single ones while a person types, or else many."""
    size = 1 if sys.stdin.isatty() else LINES_AT_ONCE
    while batch := list(itertools.islice(lines, size)):
        yield batch
