"""Vectors in the plane: principal components, t-SNE or UMAP.

Words are compared by the directions of their vectors, so all three see unit vectors. t-SNE and
UMAP start from the principal components, which makes their pictures alike from run to run; the same
seed gives the same picture.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v_nce.arrays import Doubles, Matrix, unit_rows
from w2v_nce.errors import ConfigError, require

METHODS = ("pca", "tsne", "umap")
NEIGHBOURS = {"tsne": 30, "umap": 15}  # perplexity; the libraries' own defaults
FEWEST = 5  # vectors, for meaningful neighbourhoods
START = 1e-4  # the initial spread that scikit-learn advises


class Projection(NamedTuple):
    """Vectors in the plane."""

    places: Doubles  # (V, 2): centred, the farthest coordinate is 1
    variance: float | None  # share of the variance that PCA shows; None for other methods


def project(vectors: Matrix, method: str = "pca", seed: int = 1) -> Projection:
    """Put (V, d) vectors into the plane.

    Args:
        vectors: V vectors; those of zeros are near nothing.
        method: "pca", "tsne" (needs scikit-learn) or "umap" (needs umap-learn).
        seed: of t-SNE and UMAP; PCA has no chance in it.

    Raises:
        ConfigError: if there is no such method, its package is missing, or the vectors are too
            few for it.
    """
    if method not in METHODS:
        raise ConfigError(f"method is {method!r}; choose one of {', '.join(METHODS)}")
    if method != "pca" and len(vectors) < FEWEST:
        raise ConfigError(f"{method} takes {FEWEST} words or more, not {len(vectors)}; use pca")
    unit = unit_rows(vectors)
    start, variance = principal_components(unit)
    if method == "pca":
        return Projection(framed(start), variance)
    near = min(NEIGHBOURS[method], max((len(unit) - 1) // 3, 2))
    places = tsne(unit, start, near, seed) if method == "tsne" else umap(unit, start, near, seed)
    # Any rotation is as good as another: the widest direction is horizontal.
    return Projection(framed(principal_components(places)[0]), None)


def principal_components(vectors: Matrix | Doubles) -> tuple[Doubles, float]:
    """Return the (V, 2) coordinates along the two main directions, and their share of the variance.

    Of the two opposite directions, the one is taken whose largest coordinate is positive. Where
    there is one dimension only, the second coordinate is zero.
    """
    centred = np.asarray(vectors, np.float64)
    centred = centred - centred.mean(axis=0)
    variances, directions = np.linalg.eigh(centred.T @ centred)  # ascending
    main = directions[:, ::-1][:, :2]
    main = main * np.where(main.max(axis=0) >= -main.min(axis=0), 1, -1)
    places = np.zeros((len(vectors), 2))
    places[:, : main.shape[1]] = centred @ main
    total = variances.sum()
    return places, float(variances[-2:].sum() / total) if total > 0 else 1.0


def tsne(unit: Matrix, start: Doubles, perplexity: int, seed: int) -> Doubles:
    """Return (V, 2) places by t-SNE (van der Maaten & Hinton 2008), Barnes-Hut.

    In one thread: several wait for each other in every step, busily, and where other programs are
    at work that took 8 times the processor time.
    """
    manifold = require("sklearn.manifold", "t-SNE", "scikit-learn", "plot")
    threads = require("threadpoolctl", "t-SNE", "threadpoolctl", "plot")
    spread = start[:, 0].std()
    first = start / spread * START if spread > 0 else start
    method = manifold.TSNE(
        perplexity=perplexity, init=first.astype(np.float32), random_state=_bounded(seed)
    )
    with threads.threadpool_limits(1, user_api="openmp"):
        places: Doubles = np.asarray(method.fit_transform(unit), np.float64)
    return places


def umap(unit: Matrix, start: Doubles, neighbours: int, seed: int) -> Doubles:
    """Return (V, 2) places by UMAP (McInnes, Healy & Melville 2018)."""
    library = require("umap", "UMAP", "umap-learn", "umap")
    first = 10 * framed(start)  # the library's own initial spread
    method = library.UMAP(
        n_neighbors=neighbours,
        init=first.astype(np.float32),
        random_state=_bounded(seed),
        n_jobs=1,
    )
    places: Doubles = np.asarray(method.fit_transform(unit), np.float64)
    return places


def framed(places: Doubles) -> Doubles:
    """Return places shifted and scaled uniformly to fill [-1, 1]."""
    low, high = places.min(axis=0), places.max(axis=0)
    half = float((high - low).max()) / 2
    result: Doubles = (places - (low + high) / 2) / (half if half > 0 else 1)
    return result


def _bounded(seed: int) -> int:
    """Return a seed in the range that the libraries accept."""
    return seed % 2**32
