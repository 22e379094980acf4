"""Which words have vectors, in which order, and how often each occurs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from w2v_nce.arrays import Longs
from w2v_nce.corpus.table import TOKENS, TYPES, WordTable, table_of, words_of
from w2v_nce.errors import CorpusError


@dataclass(frozen=True, repr=False)
class Vocabulary:
    """The words that are trained, the most frequent first; a word's id is its place here.

    Words of equal count are in the order of their bytes, so that the vocabulary does not
    depend on the order of the text or on the number of threads.
    """

    words: list[bytes]
    counts: Longs  # (V,), non-increasing
    corpus_words: int  # running words of the text, those outside the vocabulary included
    corpus_types: int  # distinct words of the text

    def __len__(self) -> int:
        return len(self.words)

    def __repr__(self) -> str:  # not that of a dataclass, which would show all words
        return f"<Vocabulary: {len(self):,} of {self.corpus_types:,} distinct words>"

    @property
    def total(self) -> int:
        """The running words that are in the vocabulary: what one epoch trains on."""
        return int(self.counts.sum())

    @cached_property
    def index(self) -> dict[bytes, int]:
        """The id of every word."""
        return {word: i for i, word in enumerate(self.words)}

    def ids(self, words: Iterable[str]) -> list[int | None]:
        """Return the ids of words, None for those that are not here."""
        return [self.index.get(word.encode("utf-8", "surrogateescape")) for word in words]

    def table(self) -> WordTable:
        """Return the hash table that encodes text: entry numbers are word ids."""
        return table_of(self.words)


def select_words(table: WordTable, min_count: int, max_vocab: int | None = None) -> Vocabulary:
    """Keep the words that occur ``min_count`` times or more, at most the ``max_vocab`` first.

    Raises:
        CorpusError: if fewer than two words remain: nothing could be told apart.
    """
    size = int(table.totals[TYPES])
    counts = table.counts[:size]
    kept = np.flatnonzero(counts >= min_count)
    words = words_of(table, kept.tolist())
    kept_counts = counts[kept].tolist()
    order = sorted(range(len(words)), key=lambda i: (-kept_counts[i], words[i]))[:max_vocab]
    vocabulary = Vocabulary(
        words=[words[i] for i in order],
        counts=np.array([kept_counts[i] for i in order], np.int64),
        corpus_words=int(table.totals[TOKENS]),
        corpus_types=size,
    )
    if len(vocabulary) < 2:
        raise CorpusError(_too_few(counts, min_count))
    return vocabulary


def _too_few(counts: Longs, min_count: int) -> str:
    if len(counts) == 0:
        return "no words at all, the file is empty or holds nothing but white space"
    if len(counts) == 1:
        return f"a single distinct word ({counts[0]} times); two are needed"
    kept = int(np.count_nonzero(counts >= min_count))
    highest, second = np.sort(counts)[::-1][:2].tolist()
    return (
        f"{kept} of {len(counts):,} distinct words ({counts.sum():,} in all) occur at least"
        f" {min_count} times, and two are needed; the most frequent occurs {highest:,} times:"
        f" try --min-count {second}"
    )
