"""Selecting and transforming vectors before they are used elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from w2v_nce.arrays import Matrix, unit_rows
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.errors import ConfigError, InputError

ROWS_AT_ONCE = 4096  # bounds the memory for float64


def most_frequent(embeddings: Embeddings, n: int) -> Embeddings:
    """Return the first n words with their vectors."""
    return Embeddings(embeddings.words[:n], embeddings.stored[:n])


def selected(embeddings: Embeddings, words: Iterable[str]) -> tuple[Embeddings, list[str]]:
    """Return the given words with their vectors, in the order of the embeddings, and unknown words.

    Raises:
        InputError: if no words are given, or none of them has a vector.
    """
    asked = list(dict.fromkeys(words))
    unknown = [word for word in asked if word not in embeddings]
    rows = sorted({embeddings.row(word) for word in asked if word in embeddings})
    if not asked:
        raise InputError("the list of words is empty")
    if not rows:
        raise InputError(f"none of {len(asked):,} words has a vector")
    chosen = Embeddings([embeddings.words[row] for row in rows], embeddings.stored[rows])
    return chosen, unknown


def normalised(embeddings: Embeddings) -> Embeddings:
    """Return the vectors scaled to length 1; rows of zeros stay zeros."""
    return Embeddings(embeddings.words, unit_rows(embeddings.vectors))


def without_mean(embeddings: Embeddings) -> Embeddings:
    """Return the vectors with their mean subtracted."""
    return all_but_the_top(embeddings, 0)


def all_but_the_top(embeddings: Embeddings, d: int) -> Embeddings:
    """Return the vectors without their mean and their d main directions (Mu & Viswanath 2018).

    These are the d principal components; what a vector has in their directions is removed. The
    paper advises about a hundredth of the dimensions.

    Raises:
        ConfigError: if d is negative or not less than the number of dimensions.
        InputError: if a number becomes too large for float32.
    """
    if not 0 <= d < embeddings.dim:
        raise ConfigError(f"{d} directions cannot be removed from {embeddings.dim} dimensions")
    vectors = embeddings.vectors
    mean = vectors.mean(axis=0, dtype=np.float64)
    covariance = np.zeros((embeddings.dim, embeddings.dim))
    for start in range(0, len(vectors) if d else 0, ROWS_AT_ONCE):
        centred = vectors[start : start + ROWS_AT_ONCE] - mean
        covariance += centred.T @ centred
    top = np.linalg.eigh(covariance)[1][:, embeddings.dim - d :]  # eigenvalues are ascending
    result: Matrix = np.empty(vectors.shape, np.float32)
    for start in range(0, len(vectors), ROWS_AT_ONCE):
        centred = vectors[start : start + ROWS_AT_ONCE] - mean
        centred -= centred @ top @ top.T
        if np.abs(centred).max() > np.finfo(np.float32).max:
            raise InputError("numbers become too large for float32 when the mean is subtracted")
        result[start : start + ROWS_AT_ONCE] = centred
    return Embeddings(embeddings.words, result)
