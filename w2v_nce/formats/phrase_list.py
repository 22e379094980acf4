"""Lists of phrases: a line for each, with tabs between its fields.

The first line names the fields: pass, the phrase as one word, its words with blanks between,
count, score. The delimiter is what stands between the words in the second.
"""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from w2v_nce.errors import FormatError
from w2v_nce.formats.compressed_file import Writer
from w2v_nce.formats.input_file import opened
from w2v_nce.phrase_config import MAX_PASSES
from w2v_nce.phrases.phrases import Phrases
from w2v_nce.phrases.selection import Phrase

FIELDS = (b"pass", b"phrase", b"words", b"count", b"score")


def write_phrases(file: Writer, phrases: Phrases) -> None:
    """Write a list, the best phrases of each pass first."""
    file.write(b"\t".join(FIELDS) + b"\n")
    delimiter = phrases.delimiter.encode("utf-8", "surrogateescape")
    for number, found in enumerate(phrases.passes, 1):
        for phrase in found:
            joined, words = delimiter.join(phrase.words), b" ".join(phrase.words)
            line = b"%d\t%b\t%b\t%d\t%.6g\n"
            file.write(line % (number, joined, words, phrase.count, phrase.score))


def read_phrases(path: str | Path) -> Phrases:
    """Read a list of phrases, gzipped or not.

    Raises:
        FormatError: naming the file and the line that is not as it should be.
    """
    lines = _read(Path(path)).split(b"\n")
    if lines[0].split(b"\t") != list(FIELDS):
        raise FormatError(
            f"{path}, line 1: {_shown(lines[0])} is not how a list of phrases begins;"
            " 'w2v-nce phrases --list' writes one"
        )
    rows = [Row(f"{path}, line {i}", line) for i, line in enumerate(lines[1:], 2) if line]
    passes: list[list[Phrase]] = [[] for _ in range(max((row.number for row in rows), default=0))]
    for row in rows:
        if row.delimiter != rows[0].delimiter:
            row.fail("its words are joined otherwise than those of the first phrase")
        passes[row.number - 1].append(row.phrase)
    _refuse_beginnings(rows)
    return Phrases(rows[0].delimiter if rows else "_", passes)


def _read(path: Path) -> bytes:
    with opened(path) as source:
        return source.file.read()


class Row:
    """A line of the list, taken apart."""

    def __init__(self, place: str, line: bytes) -> None:
        self.place = place
        self.line = line
        fields = line.split(b"\t")
        if len(fields) != len(FIELDS):
            self.fail(f"it has {len(fields)} fields; {len(FIELDS)} are needed, with tabs between")
        try:
            number, count, score = int(fields[0]), int(fields[3]), float(fields[4])
        except ValueError:
            self.fail("pass, count and score must be numbers")
        if not 1 <= number <= MAX_PASSES:
            self.fail(f"the pass must be a number from 1 to {MAX_PASSES}")
        self.number = number
        self.phrase = Phrase(tuple(fields[2].split(b" ")), count, score)
        self.delimiter = self._delimiter(fields[1])

    def fail(self, problem: str) -> NoReturn:
        """Refuse the line."""
        raise FormatError(f"{self.place}: {_shown(self.line)}: {problem}")

    def _delimiter(self, joined: bytes) -> str:
        words = self.phrase.words
        if len(words) < 2 or not all(words):
            self.fail("a phrase has two words or more, with one blank between")
        size = (len(joined) - sum(map(len, words))) // (len(words) - 1)
        delimiter = joined[len(words[0]) : len(words[0]) + max(size, 0)]
        if delimiter.join(words) != joined:
            self.fail("the phrase is not made of its words")
        return delimiter.decode("utf-8", "surrogateescape")


def _refuse_beginnings(rows: list[Row]) -> None:
    beginnings = {
        (row.number, row.phrase.words[:size])
        for row in rows
        for size in range(2, len(row.phrase.words))
    }
    for row in rows:
        if (row.number, row.phrase.words) in beginnings:
            row.fail("another phrase of the pass begins so and could never be joined")


def _shown(line: bytes) -> str:
    return repr(line[:60].decode("utf-8", "replace"))
