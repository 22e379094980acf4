"""Exact search: the candidates with the best scores, by matrix products piece by piece.

Cosines are products with unit vectors, divided by the candidates' lengths: no copy of all vectors
is needed, so that vectors that are mapped into memory stay where they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from w2v_nce.arrays import Doubles, Indices, Matrix, Vectors, unit_rows
from w2v_nce.errors import ConfigError

#: Turns the (m, B) cosines of m vectors with B candidates into (q, B) scores of q queries.
Combine = Callable[[Matrix], Matrix]
ABSENT = -1
SCORES_AT_ONCE = 1 << 22  # 16 MiB
NUMBERS_AT_ONCE = 1 << 20  # of vectors: 4 MiB where they are copied
FEW = 4  # vectors; a product of matrices pays only for more
SAFE = (1e-30, 1e37)  # lengths whose products neither vanish nor overflow in float32


class Found(NamedTuple):
    """The best candidates of each of q queries: (q, n) rows, ABSENT where there are fewer."""

    rows: Indices
    scores: Matrix


def search(
    vectors: Vectors,
    lengths: Doubles,
    asked: Matrix,
    n: int,
    excluded: Indices,
    combine: Combine = lambda cosines: cosines,
) -> Found:
    """Return the n candidates with the best scores, best first; of equal ones the first row.

    Args:
        vectors: (V, d), the first of which are the candidates.
        lengths: (C,), those of the candidates; see :func:`row_lengths`.
        asked: (m, d) unit vectors.
        n: how many candidates for each query.
        excluded: (q, r) rows that are no candidates for a query; ABSENT excludes nothing.
        combine: turns cosines into scores; by default they are the scores, and q is m.
    """
    queries = len(excluded)
    best = Found(np.full((queries, n), ABSENT, np.intp), np.full((queries, n), -np.inf, np.float32))
    size = SCORES_AT_ONCE // max(len(asked), queries, 1)
    size = max(min(size, NUMBERS_AT_ONCE // max(vectors.shape[1], 1)), 1)
    for start in range(0, len(lengths) if n else 0, size):
        part = slice(start, min(start + size, len(lengths)))
        scores = combine(cosines(vectors[part], lengths[part], asked))
        query, place = np.nonzero((excluded >= start) & (excluded < start + scores.shape[1]))
        scores[query, excluded[query, place] - start] = -np.inf
        _keep_best(best, scores, start)
    return best


def cosines(vectors: Matrix, lengths: Doubles, asked: Matrix) -> Matrix:
    """Return the (m, V) cosines of m unit vectors with V vectors of these lengths."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        products = _products(vectors, asked)
        products /= lengths.astype(np.float32)
    extreme = np.flatnonzero((lengths < SAFE[0]) | (lengths > SAFE[1]))
    if len(extreme):
        products[:, extreme] = asked @ unit_rows(vectors[extreme]).T
    return products


def _products(vectors: Matrix, asked: Matrix) -> Matrix:
    """Return the (m, V) products of m vectors with V others."""
    if not 0 < len(asked) <= FEW:
        return np.asarray(asked @ vectors.T)
    # Bound by memory. Without threads, which would wait for each other on a busy machine.
    return np.stack([np.einsum("ij,j->i", vectors, each) for each in asked])


def _keep_best(best: Found, scores: Matrix, start: int) -> None:
    """Insert the candidates from ``start`` on that beat those found so far."""
    n = best.rows.shape[1]
    better = scores > best.scores[:, -1:]  # of equal scores, earlier candidates stay
    for query in np.flatnonzero(better.any(axis=1)):
        columns = np.flatnonzero(better[query])
        values = scores[query, columns]
        if len(columns) > n:
            threshold = np.partition(values, -n)[-n]
            columns, values = columns[values >= threshold], values[values >= threshold]
        rows = np.concatenate([best.rows[query], columns + start])
        values = np.concatenate([best.scores[query], values])
        order = np.argsort(-values, kind="stable")[:n]
        best.rows[query], best.scores[query] = rows[order], values[order]


METHODS = ("add", "mul")
EPSILON = 1e-3  # Levy & Goldberg (2014), against division by zero


def combination(questions: Indices, method: str) -> tuple[Indices, Combine]:
    """Return the rows that occur in questions, and a function from their cosines to scores.

    ``questions`` is (q, 3): the rows of a, b and c. Questions often have words in common: each
    row comes once, in ascending order.

    Raises:
        ConfigError: if there is no such method.
    """
    if method not in METHODS:
        raise ConfigError(f"method is {method!r}; choose one of {', '.join(METHODS)}")
    score = _multiply if method == "mul" else _add
    asked, place = np.unique(questions, return_inverse=True)
    a, b, c = place.reshape(questions.shape).T
    return asked, lambda cosines: score(cosines, a, b, c)


def _add(cosines: Matrix, a: Indices, b: Indices, c: Indices) -> Matrix:
    scores = cosines[b]
    scores -= cosines[a]
    scores += cosines[c]
    return scores


def _multiply(cosines: Matrix, a: Indices, b: Indices, c: Indices) -> Matrix:
    shifted = np.asarray(np.float32(0.5) * (cosines + np.float32(1)))  # to [0, 1]
    scores = shifted[b]
    scores *= shifted[c]
    scores /= shifted[a] + np.float32(EPSILON)
    return scores
