"""Words and their vectors, as a reader comes across them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from w2v_nce.embeddings import Embeddings
from w2v_nce.records import Matrix, Records


class VectorRows:
    """Words and their vectors, as they come in; ``room`` is for how many there is memory."""

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

    def embeddings(self) -> Embeddings:
        """Return what was added, of words that came twice the first."""
        return without_repeats(Embeddings(self.words, self.vectors[: len(self.words)]))


def without_repeats(embeddings: Embeddings) -> Embeddings:
    """Return the same embeddings, but of words that come twice only the first."""
    if len(embeddings.index) == len(embeddings):
        return embeddings
    rows = sorted(embeddings.index.values())
    stored = embeddings.stored
    chosen = stored.selected(rows) if isinstance(stored, Records) else stored[rows]
    return Embeddings([embeddings.words[row] for row in rows], chosen)
