"""Evaluation sets: what kind a file is, its content tells."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from w2v_nce.errors import FormatError

Question = tuple[str, str, str, str]
Pair = tuple[str, str, float]
Lines = Iterator[tuple[int, str]]

SEPARATORS = re.compile(r"[ \t,;]+")
UNNAMED = "all"  # the section of questions that stand under no heading


@dataclass(frozen=True)
class AnalogyTask:
    """Questions "a is to b as c is to d", by section, in the order of the file."""

    sections: dict[str, list[Question]]


@dataclass(frozen=True)
class PairTask:
    """Pairs of words with a similarity that people gave them."""

    pairs: list[Pair]


def read_task(path: str | Path) -> AnalogyTask | PairTask:
    """Read a file of analogy questions or of word pairs.

    Questions are lines of four words, with lines ": section" between. Pairs are lines that start
    with two words and a number, separated by blanks, tabs, commas or semicolons; the first line
    may be a header. Empty lines and lines that start with # do not count.

    Raises:
        FormatError: naming the file and the line that is neither.
    """
    lines = _lines(path)
    if not lines:
        raise FormatError(f"{path} holds neither questions nor word pairs; it is empty")
    if lines[0][1].startswith(":") or _is_question(lines[0][1]):
        return _read_analogies(path, lines)
    return _read_pairs(path, lines)


def _lines(path: str | Path) -> list[tuple[int, str]]:
    """Return the lines that count, with their numbers."""
    try:
        text = Path(path).read_text("utf-8-sig")
    except OSError as error:
        raise FormatError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise FormatError(f"{path}, byte {error.start}: not UTF-8 text") from error
    numbered = enumerate((line.strip() for line in text.split("\n")), 1)
    return [(number, line) for number, line in numbered if line and not line.startswith("#")]


def _is_question(line: str) -> bool:
    fields = line.split()
    return len(fields) == 4 and _score(line) is None


def _read_analogies(path: str | Path, lines: list[tuple[int, str]]) -> AnalogyTask:
    sections: dict[str, list[Question]] = {}
    name = UNNAMED
    for number, line in lines:
        if line.startswith(":"):
            name = line[1:].strip()
            continue
        fields = line.split()
        if len(fields) != 4:
            raise FormatError(
                f"{path}, line {number}: a question has four words, found {len(fields)}: {line!r}"
            )
        sections.setdefault(name, []).append((fields[0], fields[1], fields[2], fields[3]))
    if not sections:
        raise FormatError(f"{path} has section names but no questions")
    return AnalogyTask(sections)


def _read_pairs(path: str | Path, lines: list[tuple[int, str]]) -> PairTask:
    if _score(lines[0][1]) is None and len(lines) > 1 and len(SEPARATORS.split(lines[0][1])) > 2:
        lines = lines[1:]  # a header
    pairs = []
    for number, line in lines:
        score = _score(line)
        if score is None:
            raise FormatError(
                f"{path}, line {number}: two words and a number (or four words, for analogies)"
                f" are expected, found {line!r}"
            )
        first, second = SEPARATORS.split(line)[:2]
        pairs.append((first, second, score))
    return PairTask(pairs)


def _score(line: str) -> float | None:
    """Return the third field of a line if it is a finite number."""
    fields = SEPARATORS.split(line)
    try:
        score = float(fields[2])
    except (IndexError, ValueError):
        return None
    return score if math.isfinite(score) else None
