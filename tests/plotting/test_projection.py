"""Vectors in the plane."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v_nce.errors import ConfigError
from w2v_nce.plotting.projection import FEWEST, framed, principal_components, project


def naive_components(vectors: np.ndarray) -> tuple[np.ndarray, float]:
    """By the singular value decomposition of all centred vectors."""
    centred = vectors.astype(np.float64) - vectors.astype(np.float64).mean(axis=0)
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    for direction in directions:
        direction *= np.sign(direction[np.abs(direction).argmax()])
    return centred @ directions[:2].T, float((sizes[:2] ** 2).sum() / (sizes**2).sum())


@given(words=st.integers(3, 40), dim=st.integers(2, 8), seed=st.integers(0, 999))
def test_the_twin_finds_the_same_components(words: int, dim: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    vectors = (random.normal(size=(words, dim)) * 1.5 ** np.arange(dim)).astype(np.float32)
    places, share = principal_components(vectors)
    expected, expected_share = naive_components(vectors)
    assert share == pytest.approx(expected_share)
    np.testing.assert_allclose(places, expected, atol=1e-5 * np.abs(expected).max())


def test_what_lies_in_a_plane_stays_as_it_is() -> None:
    random = np.random.default_rng(0)
    flat = random.normal(size=(50, 2)) * (3, 1)
    turn, _ = np.linalg.qr(random.normal(size=(7, 7)))
    places, share = principal_components((flat @ turn[:2]).astype(np.float32))
    assert share == pytest.approx(1)
    distances = [np.linalg.norm(x[:, None] - x[None], axis=-1) for x in (flat, places)]
    np.testing.assert_allclose(*distances, atol=1e-4)


@pytest.mark.parametrize("shape", [(1, 3), (2, 3), (4, 1), (5, 2)])
@pytest.mark.parametrize("same", [True, False])
def test_little_can_be_drawn(shape: tuple[int, int], same: bool) -> None:
    vectors = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    if same:
        vectors[:] = 0
    places, share = project(vectors)
    assert places.shape == (shape[0], 2)
    assert np.isfinite(places).all()
    assert share is not None
    assert 0 <= share <= 1 + 1e-9
    if same:
        assert (places == 0).all()


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1))
def test_places_fill_the_frame(points: list[tuple[float, float]]) -> None:
    places = np.array(points)
    done = framed(places)
    reach = np.ptp(places, axis=0)
    middle = (done.min(axis=0) + done.max(axis=0)) / 2
    assert middle == pytest.approx([0, 0], abs=1e-9)
    if reach.max() > 1e-9:
        assert np.abs(done).max() == pytest.approx(1)
        np.testing.assert_allclose(np.ptp(done, axis=0), reach / reach.max() * 2, atol=1e-9)


def bundles() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(2)
    of_row = np.arange(60) % 3
    return (np.eye(3, 12)[of_row] + random.normal(size=(60, 12)) * 0.05).astype(np.float32), of_row


def are_apart(places: np.ndarray, of_row: np.ndarray) -> bool:
    """Whether each place is nearest to the middle of its own bundle."""
    middles = np.array([places[of_row == number].mean(axis=0) for number in range(3)])
    distances = np.linalg.norm(places[:, None] - middles, axis=-1)
    return bool((distances.argmin(axis=1) == of_row).all())


def test_neighbours_stay_together() -> None:
    pytest.importorskip("sklearn", reason="no scikit-learn: no t-SNE")
    vectors, of_row = bundles()
    first, again, other = (project(vectors, "tsne", seed).places for seed in (1, 1, 2**40))
    np.testing.assert_array_equal(first, again)
    assert are_apart(first, of_row)
    assert are_apart(other, of_row)
    few = project(vectors[:FEWEST], "tsne").places
    assert np.isfinite(few).all()


@pytest.mark.parametrize("words", [FEWEST, 9, 60])
def test_what_umap_is_asked(monkeypatch, words: int) -> None:
    """The library itself compiles for half a minute whenever it is used."""
    asked: dict[str, Any] = {}

    class Library(ModuleType):
        class UMAP:
            def __init__(self, **options: Any) -> None:
                asked.update(options)

            def fit_transform(self, vectors: np.ndarray) -> np.ndarray:
                asked["vectors"] = vectors
                return asked["init"][:, ::-1] * (1, 3)

    monkeypatch.setitem(sys.modules, "umap", Library("umap"))
    vectors = bundles()[0][:words]
    places, share = project(vectors * 7, "umap", seed=2**32 + 5)
    assert share is None
    assert (asked["random_state"], asked["n_jobs"]) == (5, 1)
    assert 2 <= asked["n_neighbors"] < words
    np.testing.assert_allclose(np.linalg.norm(asked["vectors"], axis=1), 1, rtol=1e-6)
    start = framed(principal_components(asked["vectors"])[0])
    np.testing.assert_allclose(asked["init"], 10 * start, rtol=1e-5, atol=1e-5)
    assert np.ptp(places[:, 0]) == pytest.approx(2)  # the longer side lies across


@pytest.mark.parametrize(
    ("method", "module", "extra"),
    [("tsne", "sklearn.manifold", "plot"), ("umap", "umap", "umap")],
)
def test_a_missing_package_is_named(monkeypatch, method: str, module: str, extra: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        ConfigError, match=rf"needs the package .*: pip install 'w2v-nce\[{extra}\]'"
    ):
        project(np.eye(6, dtype=np.float32), method)


def test_what_cannot_be() -> None:
    with pytest.raises(ConfigError, match="method is 'lda'; choose one of pca, tsne, umap"):
        project(np.eye(6, dtype=np.float32), "lda")
    with pytest.raises(ConfigError, match="tsne takes 5 words or more, not 4; use pca"):
        project(np.eye(4, dtype=np.float32), "tsne")
