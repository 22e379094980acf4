"""The phrases of a corpus, and texts in which they are joined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from w2v_nce.arrays import Ids
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.words import Words, write_keys
from w2v_nce.phrases.joiner import Joiner
from w2v_nce.phrases.selection import Phrase
from w2v_nce.phrases.tokens import Flags
from w2v_nce.workers import map_in_order


class Phrases:
    """Phrases by pass: those of a pass are made of words that the passes before have joined."""

    def __init__(self, delimiter: str = "_", passes: Sequence[Sequence[Phrase]] = ()) -> None:
        self.delimiter = delimiter
        self.passes = tuple(tuple(phrases) for phrases in passes)

    def __len__(self) -> int:
        """The number of phrases of all passes."""
        return sum(map(len, self.passes))

    def followed_by(self, phrases: Sequence[Phrase]) -> Phrases:
        """Return these phrases and those of one pass more."""
        return Phrases(self.delimiter, (*self.passes, phrases))

    def save(self, path: str | Path) -> None:
        """Write a list; see :mod:`w2v_nce.formats.phrase_list`. ``.gz`` compresses.

        Raises:
            OutputError: if the file cannot be opened.
            W2vNceError: if the disk does not take it.
        """
        from w2v_nce.formats.compressed_file import CompressedFile
        from w2v_nce.formats.phrase_list import write_phrases

        with CompressedFile(path) as file:
            write_phrases(file, self)
            file.commit()

    @classmethod
    def load(cls, path: str | Path) -> Phrases:
        """Read a list.

        Raises:
            FormatError: naming the file and the line that is not as it should be.
        """
        from w2v_nce.formats.phrase_list import read_phrases

        return read_phrases(path)

    @cached_property
    def joiners(self) -> tuple[Joiner, ...]:
        """What joins the phrases of each pass."""
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
    """Tell which tokens are joined to the one before."""
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
    for block in corpus.blocks():
        goes_on = (block.source, block.offset) == (source, end)
        yield block.text if goes_on or last.endswith(b"\n") else b"\n" + block.text
        source, end, last = block.source, block.offset + len(block.text), block.text
