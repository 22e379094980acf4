"""Lists of words, one a line: alone, with a number, or with a group."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import NoReturn, TypeVar

from w2v_nce.errors import FormatError
from w2v_nce.files.reading import opened, shown
from w2v_nce.text import BYTE_ORDER_MARK

Number = TypeVar("Number", int, float)
COUNT = re.compile(rb"[0-9]{1,18}")
LINE_ENDS = re.compile(rb"</s> [0-9]+")  # as word2vec.c counts them; with a tab it is a word

ENGLISH = frozenset(
    b"a an the"  # articles
    b" of in on at by to from for with without"  # prepositions
    b" and or".split()  # conjunctions
)


def read_lines(path: str | Path) -> Iterator[bytes]:
    """Yield the bare lines of a file, compressed or not, or of standard input for "-".

    Raises:
        FormatError: if it cannot be read.
    """
    with opened(path) as source:
        yield from bare_lines(source.file)


def bare_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines without their ends, and the first without a byte order mark."""
    for number, line in enumerate(lines):
        yield (line if number else line.removeprefix(BYTE_ORDER_MARK)).rstrip(b"\r\n")


class NumberedLines:
    """Lines of a file, to be iterated once; ``number`` is that of the current one."""

    def __init__(self, path: str | Path, lines: Iterable[bytes] | None = None) -> None:
        self.path, self.number = path, 1
        self.lines = read_lines(path) if lines is None else lines

    def __iter__(self) -> Iterator[bytes]:
        for number, line in enumerate(self.lines, 1):
            self.number = number
            yield line

    def fail(self, problem: str) -> NoReturn:
        """Report a problem with the current line.

        Raises:
            FormatError: always.
        """
        raise FormatError(f"{self.path}, line {self.number}: {problem}")


def words_with(
    what: str, lines: NumberedLines, parse: Callable[[bytes], Number | None]
) -> Iterator[tuple[bytes, Number]]:
    """Yield the word and the number on each line, separated by white space; skip empty lines.

    Args:
        what: the number, for messages.
        lines: where to read them.
        parse: turns text into a number, or into None if it cannot be one.

    Raises:
        FormatError: naming the file and the line that is not such a pair.
    """
    for line in lines:
        fields = line.split()
        number = parse(fields[1]) if len(fields) == 2 else None
        if number is not None:
            yield fields[0], number
        elif fields:
            lines.fail(f"{shown(line)} is not a word and {what}")


def read_weights(path: Path) -> dict[bytes, float]:
    """Read lines of a word and a weight.

    Raises:
        FormatError: naming the file and the line that is not such a pair, or repeats a word.
    """
    lines, weights = NumberedLines(path), dict[bytes, float]()
    for word, weight in words_with("a weight of zero or more", lines, _weight):
        if word in weights:
            lines.fail(f"{shown(word)} has a weight already")
        weights[word] = weight
    return weights


def _weight(text: bytes) -> float | None:
    try:
        weight = float(text)
    except ValueError:
        return None
    return weight if math.isfinite(weight) and weight >= 0 else None


def read_counts(path: Path) -> dict[bytes, int]:
    """Read lines of a word and its count, ours or those of word2vec.c.

    Raises:
        FormatError: naming the file and the line that is not such a pair, or repeats a word.
    """
    rest = read_lines(path)
    first = next(rest, b"")
    lines = NumberedLines(path, chain([b"" if LINE_ENDS.fullmatch(first) else first], rest))
    counts: dict[bytes, int] = {}
    for word, count in words_with("its count", lines, parse_count):
        if word in counts:
            lines.fail(f"{shown(word)} has a count already")
        counts[word] = count
    return counts


def parse_count(text: bytes) -> int | None:
    """Return a count of up to 18 digits, or None if the text is no such number."""
    return int(text) if COUNT.fullmatch(text) else None


def parse_word_groups(lines: Iterable[str], name: str) -> tuple[list[str], dict[str, str]]:
    """Return the words of some lines and the group of each; no group at all if none is named.

    Empty lines are skipped; of a word that comes twice, the first line counts.

    Args:
        lines: a word on each, or a word, a tab and a group; what follows another tab is ignored.
        name: of the file, for messages.

    Raises:
        FormatError: if only some words have groups.
    """
    groups: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip(" \t"):
            continue
        word, *rest = (field.strip(" ") for field in line.split("\t"))
        group = rest[0] if rest else ""
        if groups and bool(group) != any(groups.values()):
            has, others = ("a", "have none") if group else ("no", "have one")
            raise FormatError(
                f"{name}, line {number}: {word!r:.60} has {has} group, and the words before"
                f" {others}; give each word a group behind a tab, or none"
            )
        groups.setdefault(word, group)
    return list(groups), groups if any(groups.values()) else {}


def read_words(path: Path) -> list[bytes]:
    """Read a file with a word on each line; skip empty lines.

    Raises:
        FormatError: if it cannot be read, or a line has several words.
    """
    words: list[bytes] = []
    lines = NumberedLines(path)
    for line in lines:
        fields = line.split()
        if len(fields) > 1:
            lines.fail(f"{shown(line)} is not one word")
        words += fields
    return words


def read_first_fields(path: Path) -> list[bytes]:
    """Read the words of a file that has one on each line, ended by a tab if more follows.

    Raises:
        FormatError: if it cannot be read, or a line has no word.
    """
    words: list[bytes] = []
    lines = NumberedLines(path)
    for line in lines:
        words.append(line.split(b"\t", 1)[0])
        if not words[-1]:
            lines.fail("a word is expected, found none")
    return words


def read_connectors(name: str) -> frozenset[bytes]:
    """Return the connectors that a setting names: none, english, or those of a file.

    In a file, words have white space between them.

    Raises:
        FormatError: if the file cannot be read or has no words.
    """
    if name == "none":
        return frozenset()
    if name == "english":
        return ENGLISH
    if not os.path.exists(name):  # noqa: PTH110 - a Path may raise an error for an odd name
        raise FormatError(
            f"`connectors={name}`: No such file or directory; it takes none, english or a file"
        )
    words = frozenset(word for line in read_lines(Path(name)) for word in line.split())
    if not words:
        raise FormatError(f"`connectors={name}`: there are no words in it; use `connectors=none`")
    return words
