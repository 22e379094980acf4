"""The vocabulary: words, their order and counts; the subsampling of frequent words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Doubles, Longs
from w2v_nce.files.compressed import Writer


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

    def __repr__(self) -> str:  # a dataclass would show all words
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


def keep_probability(counts: Longs, sample: float) -> Doubles:
    """Return each word's chance of surviving the subsampling of frequent words.

    With f the word's share of the text and t the threshold ``sample``: sqrt(t/f) + t/f, at
    most 1. This is the rule of the word2vec program; the paper has sqrt(t/f) alone. With
    t = 0 all words survive.
    """
    if sample == 0:
        return np.ones(len(counts))
    relative = sample * counts.sum() / counts
    return np.asarray(np.minimum(np.sqrt(relative) + relative, 1.0))


def thinned_shares(counts: Longs, sample: float) -> Doubles:
    """Return the share of each word in the text that the subsampling leaves."""
    thinned = counts * keep_probability(counts, sample)
    return np.asarray(thinned / thinned.sum())


def keep_thresholds(counts: Longs, sample: float) -> npt.NDArray[np.uint32]:
    """Return the keep probabilities as the largest 32-bit random number that survives."""
    scaled = np.rint(keep_probability(counts, sample) * 2.0**32) - 1.0
    return np.clip(scaled, 0, 2**32 - 1).astype(np.uint32)


def united(old: Vocabulary, new: Vocabulary) -> Vocabulary:
    """Return the union of two vocabularies, with counts added up."""
    counts: Counter[bytes] = Counter()
    for each in (old, new):
        counts.update(dict(zip(each.words, each.counts.tolist(), strict=True)))
    pairs = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return Vocabulary(
        words=[word for word, _ in pairs],
        counts=np.array([count for _, count in pairs], np.int64),
        corpus_words=old.corpus_words + new.corpus_words,
        corpus_types=max(old.corpus_types, new.corpus_types, len(pairs)),
    )


LINES_AT_ONCE = 1 << 16


def write_vocabulary(file: Writer, vocabulary: Vocabulary) -> None:
    """Write a word, a tab and its count on each line."""
    counts = vocabulary.counts.tolist()
    for start in range(0, len(vocabulary), LINES_AT_ONCE):
        some = slice(start, start + LINES_AT_ONCE)
        pairs = zip(vocabulary.words[some], counts[some], strict=True)
        file.write(b"".join(b"%b\t%d\n" % pair for pair in pairs))
