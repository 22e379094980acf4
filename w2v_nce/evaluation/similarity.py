"""Word similarity: correlation of cosines with human judgements of word pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import unit_rows
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.embeddings.search import ABSENT
from w2v_nce.evaluation.tasks import Lookup, PairTask

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PairReport:
    """Correlations of cosines with human scores, over the pairs whose words are both known."""

    spearman: float | None  # None if undefined: with too few pairs, ...
    pearson: float | None  # ... or equal scores
    found: int
    total: int

    @property
    def coverage(self) -> float:
        """The share of pairs whose words are both known."""
        return self.found / self.total if self.total else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return {
            "task": "similarity",
            "spearman": self.spearman,
            "pearson": self.pearson,
            "coverage": self.coverage,
            "found": self.found,
            "total": self.total,
        }


def evaluate_pairs(
    embeddings: Embeddings,
    task: PairTask,
    restrict_vocab: int | None = None,
    fold_case: bool = True,
) -> PairReport:
    """Correlate cosine similarity with human scores (Spearman's rank and Pearson's linear).

    ``restrict_vocab`` is the number of most frequent words that count as known, None or 0 for
    all. ``fold_case`` makes upper and lower case the same.
    """
    lookup = Lookup(embeddings, max(restrict_vocab or 0, 0), fold_case)
    rows = np.array([lookup.row(word) for *pair, _ in task.pairs for word in pair], np.intp)
    rows = rows.reshape(-1, 2)
    scores = np.array([score for *_, score in task.pairs], np.float64)
    known = (rows != ABSENT).all(axis=1)
    first, second = (unit_rows(embeddings.stored[rows[known, i]]) for i in range(2))
    cosines = np.einsum("ij,ij->i", first, second, dtype=np.float64)
    return PairReport(
        spearman=pearson(ranks(cosines), ranks(scores[known])),
        pearson=pearson(cosines, scores[known]),
        found=int(known.sum()),
        total=len(scores),
    )


def ranks(values: Floats) -> Floats:
    """Return the rank of each value, from 1; equal values share the mean of their ranks."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[inverse])


def pearson(x: Floats, y: Floats) -> float | None:
    """Return the linear correlation; None with fewer than two points or without variance."""
    if len(x) < 2 or x.min() == x.max() or y.min() == y.max():
        return None
    return float(np.clip(_standardised(x) @ _standardised(y), -1, 1))


def _standardised(values: Floats) -> Floats:
    """Return the values shifted to a mean of 0 and scaled to a length of 1."""
    moved = values / np.abs(values).max()  # so that squares neither overflow nor vanish
    moved -= moved.mean()
    moved /= np.abs(moved).max()
    return np.asarray(moved / np.sqrt(moved @ moved))
