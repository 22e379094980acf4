"""Spherical k-means (Dhillon & Modha 2001): words in classes by the direction of their vectors.

Each word belongs to the class whose centroid has the largest cosine with it, each centroid is the
sum of its words' unit vectors, scaled to length 1; both are found in turn, until nothing changes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v_nce.arrays import Indices, Matrix, unit_rows
from w2v_nce.errors import ConfigError

COSINES_AT_ONCE = 1 << 20  # 4 MiB


class Classes(NamedTuple):
    """Words in classes."""

    of_row: Indices  # (V,): class of each word; classes are numbered by their first words
    centroids: Matrix  # (k, d): unit vectors
    mean_cosine: float  # of words with the centroids of their classes
    rounds: int


def cluster(vectors: Matrix, k: int, seed: int = 1, rounds: int = 50) -> Classes:
    """Put V vectors into k classes; no class is empty.

    It starts with k vectors that are chosen by chance, and ends after ``rounds`` at the latest. A
    class that becomes empty gets the vector that is farthest from its own centroid.

    Args:
        vectors: (V, d).
        k: how many classes, from 1 to V.
        seed: of the choice at the start; the same seed gives the same classes.
        rounds: how often, at most, all words are looked at.

    Raises:
        ConfigError: if there cannot be so many classes, or no round at all.
    """
    if not 1 <= k <= len(vectors):
        raise ConfigError(f"{len(vectors):,} words cannot be put into {k:,} classes")
    if rounds < 1:
        raise ConfigError(f"rounds is {rounds}; it takes a whole number, 1 or more")
    unit = unit_rows(vectors)
    random = np.random.Generator(np.random.PCG64(seed))
    centroids = unit[np.sort(random.choice(len(unit), k, replace=False))]
    classes = np.full(len(unit), -1, np.intp)
    done, changed = 0, True
    while changed and done < rounds:
        before, done = classes, done + 1
        classes, cosines = nearest_centroids(unit, centroids)
        fill_empty(classes, cosines, k)
        centroids = unit_rows(sums(unit, classes, k))
        changed = not np.array_equal(classes, before)
    order = np.argsort(np.unique(classes, return_index=True)[1])
    mean_cosine = float(np.mean(np.einsum("ij,ij->i", unit, centroids[classes])))
    return Classes(np.argsort(order)[classes], centroids[order], mean_cosine, done)


def nearest_centroids(unit: Matrix, centroids: Matrix) -> tuple[Indices, Matrix]:
    """Return the nearest centroid of each row, and its cosine."""
    classes, cosines = np.empty(len(unit), np.intp), np.empty(len(unit), np.float32)
    size = max(COSINES_AT_ONCE // len(centroids), 1)
    for start in range(0, len(unit), size):
        part = slice(start, start + size)
        scores = unit[part] @ centroids.T
        classes[part] = scores.argmax(axis=1)
        cosines[part] = scores.max(axis=1)
    return classes, cosines


def fill_empty(classes: Indices, cosines: Matrix, k: int) -> None:
    """Give each empty class the row that is farthest from its centroid, and not alone there."""
    counts = np.bincount(classes, minlength=k)
    empty = np.flatnonzero(counts == 0).tolist()
    for row in np.argsort(cosines, kind="stable").tolist() if empty else ():
        if counts[classes[row]] > 1:
            counts[classes[row]] -= 1
            classes[row] = empty.pop()
            if not empty:
                return


def sums(unit: Matrix, classes: Indices, k: int) -> Matrix:
    """Return the (k, d) sums of the rows of each class."""
    total = np.zeros((k, unit.shape[1]))
    size = max(COSINES_AT_ONCE // max(unit.shape[1], 1), 1)
    for start in range(0, len(unit), size):
        here = classes[start : start + size]
        order = np.argsort(here, kind="stable")
        present, first = np.unique(here[order], return_index=True)
        total[present] += np.add.reduceat(unit[start : start + size][order], first, axis=0)
    return total.astype(np.float32)
