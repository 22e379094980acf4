"""Words and vectors as plain data, as formats return them; ``Embeddings`` are built from them."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from w2v_nce.arrays import Doubles, Indices, Matrix


class MappedRows:
    """A (V, d) matrix whose rows begin at any bytes of a buffer, as little-endian float32.

    The buffer may be a file that is mapped into memory. ``rows[a:b]`` and ``rows[array]`` copy
    what they name.

    Args:
        data: the buffer.
        starts: (V,) bytes at which the vectors start.
        dim: how many numbers a vector has.
    """

    def __init__(self, data: bytes | mmap.mmap, starts: Sequence[int] | Indices, dim: int) -> None:
        size = 4 * dim
        # An array whose i-th element is the vector starting at byte i: indexing it gathers.
        self._everywhere = np.ndarray((len(data) - size + 1,), f"V{size}", data, strides=(1,))
        self._starts = np.asarray(starts, np.intp)
        self.shape = (len(starts), dim)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice | Indices | Sequence[int]) -> Matrix:
        """Return the (n, d) vectors of some rows."""
        found = self._everywhere[self._starts[rows]]
        vectors: Matrix = found.view("<f4").reshape(-1, self.shape[1])
        return vectors

    def selected(self, rows: Sequence[int]) -> MappedRows:
        """Return some rows, which are not copied."""
        chosen = object.__new__(MappedRows)
        chosen._everywhere, chosen._starts = self._everywhere, self._starts[rows]
        chosen.shape = (len(rows), self.shape[1])
        return chosen

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Copy and pickle as a matrix, since no other process has the buffer."""
        return np.asarray, (self[:],)


class StoredVectors(NamedTuple):
    """The words of a file and their vectors, each word once."""

    words: list[str]
    vectors: Matrix | MappedRows  # (V, d)
    lengths: Doubles | None = None  # (V,), if reading computed them


class RowBuffer:
    """Words and vectors as they are read; ``room`` is the number of rows to allocate at once."""

    def __init__(self, dim: int, room: int = 0) -> None:
        self.words: list[str] = []
        self.vectors: Matrix = np.empty((room, dim), np.float32)

    def add(self, words: Sequence[str], vectors: Matrix) -> None:
        """Add words and their (n, d) vectors."""
        start, end = len(self.words), len(self.words) + len(words)
        if end > len(self.vectors):
            more: Matrix = np.empty((max(end, 3 * end // 2), self.vectors.shape[1]), np.float32)
            more[:start] = self.vectors[:start]
            self.vectors = more
        self.vectors[start:end] = vectors
        self.words += words

    def stored(self) -> StoredVectors:
        """Return the words and vectors added; of a repeated word, the first."""
        return without_repeats(StoredVectors(self.words, self.vectors[: len(self.words)]))


def without_repeats(stored: StoredVectors) -> StoredVectors:
    """Return the same vectors; of a repeated word, the first alone."""
    words, vectors, _ = stored
    first = dict(zip(reversed(words), range(len(words) - 1, -1, -1), strict=True))
    if len(first) == len(words):
        return stored
    rows = sorted(first.values())
    chosen = vectors.selected(rows) if isinstance(vectors, MappedRows) else vectors[rows]
    return StoredVectors([words[row] for row in rows], chosen)
