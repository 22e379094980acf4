"""The phrases of a corpus, and texts in which they are joined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NoReturn

import numpy as np

from w2v_nce.arrays import Ids
from w2v_nce.corpus.phrases.candidates import Flags
from w2v_nce.corpus.phrases.joining import Joiner
from w2v_nce.corpus.phrases.selection import Phrase
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.tokenizer import Words, write_keys
from w2v_nce.errors import FormatError
from w2v_nce.files.compressed import CompressedFile, Writer
from w2v_nce.files.reading import shown
from w2v_nce.files.word_lists import NumberedLines
from w2v_nce.settings.phrase_config import MAX_PASSES
from w2v_nce.threads import map_in_order


class Phrases:
    """Phrases by pass; each pass joins words that earlier passes may have joined."""

    def __init__(self, delimiter: str = "_", passes: Sequence[Sequence[Phrase]] = ()) -> None:
        self.delimiter = delimiter
        self.passes = tuple(tuple(phrases) for phrases in passes)

    def __len__(self) -> int:
        """The number of phrases of all passes."""
        return sum(map(len, self.passes))

    def followed_by(self, phrases: Sequence[Phrase]) -> Phrases:
        """Return these phrases and those of another pass."""
        return Phrases(self.delimiter, (*self.passes, phrases))

    def save(self, path: str | Path) -> None:
        """Write a list; see :mod:`w2v_nce.corpus.phrases.phrases`. ``.gz`` compresses.

        Raises:
            OutputError: if the file cannot be opened.
            W2vNceError: if the disk does not take it.
        """
        with CompressedFile(path) as file:
            write_phrases(file, self)
            file.commit()

    @classmethod
    def load(cls, path: str | Path) -> Phrases:
        """Read a list.

        Raises:
            FormatError: naming the file and the line that is not as it should be.
        """
        return read_phrases(path)

    @cached_property
    def joiners(self) -> tuple[Joiner, ...]:
        """A joiner for each pass."""
        delimiter = self.delimiter.encode("utf-8", "surrogateescape")
        return tuple(
            Joiner((phrase.words for phrase in phrases), delimiter) for phrases in self.passes
        )

    def join(self, tokens: Sequence[str]) -> list[str]:
        """Return the words of a sentence with phrases joined."""
        words = list(tokens)
        for joiner in self.joiners:
            words = self._joined(words, joiner)
        return words

    def join_text(self, text: bytes) -> bytes:
        """Return a text with phrases joined: the white space in them is now the delimiter.

        All else stays as it is. Phrases do not go on in the next line.
        """
        for joiner in self.joiners:
            text = joiner(text)
        return text

    def join_corpus(self, corpus: Corpus, threads: int) -> Iterator[bytes]:
        """Yield the text of a corpus with phrases joined, piece by piece, in order.

        The pieces do not depend on the number of threads.

        Raises:
            CorpusError: if a file cannot be read or turns out not to be text.
        """
        return map_in_order(self.join_text, texts_of(corpus), threads)

    def _joined(self, tokens: list[str], joiner: Joiner) -> list[str]:
        result: list[str] = []
        for token, joined in zip(tokens, joins_of(tokens, joiner), strict=True):
            if joined:
                result[-1] += self.delimiter + token
            else:
                result.append(token)
        return result


def joins_of(tokens: list[str], joiner: Joiner) -> Flags:
    """Return, for each token, whether it is joined to the one before."""
    encoded = [token.encode("utf-8", "surrogateescape") for token in tokens]
    lengths = np.array([len(token) for token in encoded], np.int32)
    ends: Ids = np.cumsum(lengths, dtype=np.int32)
    text = np.frombuffer(b"".join(encoded), np.uint8)
    words = Words(ends - lengths, ends, np.empty(len(encoded), np.uint64))
    write_keys(text, words)
    return joiner.joins(text, words)


def texts_of(corpus: Corpus) -> Iterator[bytes]:
    """Yield the text of a corpus; a file whose last line does not end gets a line end."""
    source, end, last = None, 0, b"\n"
    for chunk in corpus.chunks():
        goes_on = (chunk.source, chunk.offset) == (source, end)
        yield chunk.text if goes_on or last.endswith(b"\n") else b"\n" + chunk.text
        source, end, last = chunk.source, chunk.offset + len(chunk.text), chunk.text


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
    """Read a list of phrases, compressed or not.

    Raises:
        FormatError: naming the file and the line that is not as it should be.
    """
    lines = NumberedLines(Path(path))
    content = iter(lines)
    header = next(content, b"")
    if header.split(b"\t") != list(FIELDS):
        lines.fail(
            f"{shown(header)} is not how a list of phrases begins;"
            " 'w2v-nce phrases --list' writes one"
        )
    rows = [Row(f"{path}, line {lines.number}", line) for line in content if line]
    passes: list[list[Phrase]] = [[] for _ in range(max((row.number for row in rows), default=0))]
    for row in rows:
        if row.delimiter != rows[0].delimiter:
            row.fail("its words are joined otherwise than those of the first phrase")
        passes[row.number - 1].append(row.phrase)
    _refuse_beginnings(rows)
    return Phrases(rows[0].delimiter if rows else "_", passes)


class Row:
    """A line of the list, parsed."""

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
        """Raise an error that names the line."""
        raise FormatError(f"{self.place}: {shown(self.line)}: {problem}")

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
