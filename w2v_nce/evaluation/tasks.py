"""Evaluation sets; the content of a file tells its kind."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.embeddings.search import ABSENT
from w2v_nce.errors import FormatError
from w2v_nce.text import BLANKS, split_words

Question: TypeAlias = tuple[str, str, str, str]
Pair: TypeAlias = tuple[str, str, float]
Line: TypeAlias = tuple[int, str]  # its number, and its text stripped of blanks
DELIMITERS = "\t;,"  # the first that occurs in a line separates its fields; else blanks do
UNNAMED = "all"  # the section of questions without a heading


@dataclass(frozen=True)
class AnalogyTask:
    """Questions "a is to b as c is to d", by section, in the order of the file."""

    sections: dict[str, list[Question]]


@dataclass(frozen=True)
class PairTask:
    """Pairs of words with a similarity judged by people."""

    pairs: list[Pair]


def read_task(path: str | Path) -> AnalogyTask | PairTask:
    """Read a file of analogy questions or of word pairs.

    Questions are lines of four words, with lines ": section" between. Pairs are lines that start
    with two words and a number, separated by tabs, semicolons, commas or blanks; the first line
    may be a header. Empty lines and lines that start with # are skipped.

    Raises:
        FormatError: naming the file and the line that is neither.
    """
    lines = _lines(path)
    if not lines:
        raise FormatError(f"{path} holds neither questions nor word pairs; it is empty")
    # Two lines, since the header of pairs can have four fields.
    start = [text for _, text in lines[:2]]
    if any(text.startswith(":") for text in start) or all(map(_is_question, start)):
        return _read_analogies(path, lines)
    return _read_pairs(path, lines)


def read_text(path: str | Path) -> str:
    """Read a text file.

    Raises:
        FormatError: if it cannot be read or is not UTF-8 text.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise FormatError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise FormatError(f"{path}, byte {error.start:,}: not UTF-8 text") from error
    if "\0" in text:
        raise FormatError(f"{path}, character {text.index(chr(0)):,}: NUL, this is not text")
    return text


def _lines(path: str | Path) -> list[Line]:
    """Return the lines that are neither empty nor comments."""
    text = read_text(path)
    numbered = enumerate((line.strip(BLANKS) for line in text.split("\n")), 1)
    return [(number, line) for number, line in numbered if line and not line.startswith("#")]


def _is_question(line: str) -> bool:
    return len(split_words(line)) == 4 and _pair(line) is None


def _read_analogies(path: str | Path, lines: list[Line]) -> AnalogyTask:
    sections: dict[str, list[Question]] = {}
    name = UNNAMED
    for number, line in lines:
        if line.startswith(":"):
            name = line[1:].strip(BLANKS)
            continue
        words = split_words(line)
        if len(words) != 4:
            raise FormatError(
                f"{path}, line {number}: a question has four words,"
                f" found {len(words)}: {_shown(line)}"
            )
        sections.setdefault(name, []).append((words[0], words[1], words[2], words[3]))
    if not sections:
        raise FormatError(f"{path} has section names but no questions")
    return AnalogyTask(sections)


def _read_pairs(path: str | Path, lines: list[Line]) -> PairTask:
    if len(lines) > 1 and _is_header(lines[0][1]):
        lines = lines[1:]
    pairs = []
    for number, line in lines:
        pair = _pair(line)
        if pair is None:
            raise FormatError(
                f"{path}, line {number}: two words and a number (or four words, for analogies)"
                f" are expected, found {_shown(line)}"
            )
        pairs.append(pair)
    return PairTask(pairs)


def _is_header(line: str) -> bool:
    return len(_fields(line)) > 2 and _pair(line) is None


def _fields(line: str) -> list[str]:
    delimiter = next((mark for mark in DELIMITERS if mark in line), None)
    if delimiter is None:
        return split_words(line)
    fields = [field.strip(BLANKS) for field in line.split(delimiter)]
    # Several tabs may align columns.
    return [field for field in fields if field] if delimiter == "\t" else fields


def _pair(line: str) -> Pair | None:
    """Return the two words and the finite number that a line starts with, or None."""
    fields = _fields(line)
    try:
        first, second, score = fields[0], fields[1], float(fields[2])
    except (IndexError, ValueError):
        return None
    return (first, second, score) if first and second and math.isfinite(score) else None


def _shown(line: str) -> str:
    return repr(line if len(line) <= 60 else line[:60] + "…")


class Lookup:
    """Indices by word, optionally of the most frequent words only, optionally with folded case.

    Where several words fold to one, the most frequent counts, as in word2vec's programs.
    """

    def __init__(self, embeddings: Embeddings, restrict_vocab: int | None, fold_case: bool) -> None:
        self.size = min(restrict_vocab or len(embeddings), len(embeddings))
        self.fold_case = fold_case
        words = embeddings.words[: self.size]
        self.rows: dict[str, int] = {}
        for row, word in enumerate(words):
            self.rows.setdefault(self._fold(word), row)

    def row(self, word: str) -> int:
        """Return the row of a word, or ABSENT."""
        return self.rows.get(self._fold(word), ABSENT)

    def _fold(self, word: str) -> str:
        return word.lower() if self.fold_case else word
