"""Words and their vectors, for use."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from w2v_nce.errors import InputError

Matrix = npt.NDArray[np.float32]


class UnknownWordError(InputError, KeyError):
    """A word has no vector."""

    def __str__(self) -> str:  # KeyError would show the message in quotes
        return str(self.args[0])


class Embeddings:
    """Words, most frequent first, and a vector for each.

    ``words`` are decoded from UTF-8 with "surrogateescape", so that any bytes survive.
    ``vectors`` is (V, d) float32. Of a word that comes twice, the first vector counts.

    Raises:
        ValueError: if there is not one vector for each word.
    """

    def __init__(self, words: Sequence[str], vectors: Matrix) -> None:
        self.words = words
        self.vectors = np.asarray(vectors, np.float32)
        if self.vectors.ndim != 2 or len(words) != len(self.vectors):
            raise ValueError(f"{len(words)} words and vectors of shape {self.vectors.shape}")

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.index

    def __getitem__(self, word: str) -> Matrix:
        """Return the (d,) vector of a word.

        Raises:
            UnknownWordError: if it has none.
        """
        return np.asarray(self.vectors[self._row(word)])

    @property
    def dim(self) -> int:
        """The number of dimensions."""
        return int(self.vectors.shape[1])

    @cached_property
    def index(self) -> dict[str, int]:
        """The row of every word."""
        return {word: len(self) - 1 - i for i, word in enumerate(reversed(self.words))}

    @cached_property
    def unit(self) -> Matrix:
        """The (V, d) vectors scaled to length 1; a vector of zeros stays as it is."""
        return unit_rows(self.vectors)

    def neighbours(self, word: str, n: int = 10) -> list[tuple[str, float]]:
        """Return the n words nearest to a word, itself excluded, with their cosines.

        The nearest come first; of equally near words, the more frequent.

        Raises:
            UnknownWordError: if the word has no vector.
        """
        row = self._row(word)
        n = max(min(n, len(self) - 1), 0)
        if n == 0:
            return []
        cosines = self.unit @ self.unit[row]
        cosines[row] = -np.inf
        threshold = np.partition(cosines, -n)[-n]
        rows = np.flatnonzero(cosines >= threshold)  # more than n if several are equally near
        nearest = rows[np.argsort(-cosines[rows], kind="stable")][:n]
        return [(self.words[i], float(cosines[i])) for i in nearest]

    @classmethod
    def load(cls, path: str | Path) -> Embeddings:
        """Read a file in word2vec's text or binary format, gzipped or not.

        Raises:
            FormatError: if the file cannot be read or is malformed.
        """
        from w2v_nce.formats.word2vec import read_vectors

        return read_vectors(path)

    def save(self, path: str | Path, binary: bool | None = None) -> None:
        """Write a file; see :class:`w2v_nce.formats.word2vec.VectorsFile`.

        Raises:
            OutputError: if the file cannot be opened.
            FormatError: if the format has no way to write one of the words.
            W2vNceError: if the disk does not take it.
        """
        from w2v_nce.formats.word2vec import VectorsFile

        with VectorsFile(path, binary) as file:
            file.save(self)

    def _row(self, word: str) -> int:
        try:
            return self.index[word]
        except KeyError:
            raise UnknownWordError(f"{word!r} is not among the {len(self):,} words") from None


def unit_rows(vectors: Matrix) -> Matrix:
    """Return the (n, d) rows scaled to length 1, as float32; rows of zeros stay zeros."""
    # In float64, where no float32 is too large or too small to be squared.
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    lengths[lengths == 0] = 1
    unit = np.empty(vectors.shape, np.float32)
    # Into a float32 matrix: the quotients are never all there as float64.
    np.divide(vectors, lengths[:, None], out=unit, casting="same_kind")
    return unit
