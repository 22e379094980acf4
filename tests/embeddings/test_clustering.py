"""Classes of words: what spherical k-means promises, and what the command writes."""

from __future__ import annotations

import lzma
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from w2v_nce.cli import program
from w2v_nce.embeddings import clustering
from w2v_nce.embeddings.clustering import cluster
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.errors import ConfigError


def cosines(vectors: np.ndarray, centroids: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths == 0, 1, lengths) @ centroids.T


def slow_round(vectors: np.ndarray, classes: np.ndarray, k: int) -> list[int]:
    """One more round, a word at a time in float64."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    centroids = []
    for number in range(k):
        total = sum(row for row, each in zip(unit, classes, strict=True) if each == number)
        centroids.append(total / np.linalg.norm(total))
    return [max(range(k), key=lambda number: row @ centroids[number]) for row in unit]


@pytest.mark.parametrize("at_once", [1, 100, 1 << 20])
@pytest.mark.parametrize("k", [1, 2, 7])
def test_in_the_end_nothing_changes(monkeypatch, at_once: int, k: int) -> None:
    monkeypatch.setattr(clustering, "COSINES_AT_ONCE", at_once)
    vectors = np.random.default_rng(k).normal(size=(60, 4)).astype(np.float32)
    found = cluster(vectors, k, rounds=100)
    assert found.rounds < 100
    assert found.of_row.tolist() == slow_round(vectors.astype(np.float64), found.of_row, k)
    chosen = cosines(vectors, found.centroids)[np.arange(60), found.of_row]
    assert found.mean_cosine == pytest.approx(chosen.mean(), abs=1e-6)


@given(
    size=st.integers(1, 30), share=st.floats(0, 1), places=st.integers(1, 30),
    seed=st.integers(0, 99), rounds=st.integers(1, 5),
)  # fmt: skip
def test_no_class_is_empty(size: int, share: float, places: int, seed: int, rounds: int) -> None:
    """Also if many vectors are the same."""
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(places, 3))[random.integers(0, places, size)].astype(np.float32)
    k = 1 + int(share * (size - 1))
    found = cluster(vectors, k, seed, rounds)
    assert set(found.of_row.tolist()) == set(range(k))
    firsts = np.unique(found.of_row, return_index=True)[1]
    assert (np.diff(firsts) > 0).all()  # numbered in the order of their first words
    assert np.linalg.norm(found.centroids, axis=1) == pytest.approx(np.ones(k), abs=1e-5)


def test_bundles_are_found() -> None:
    random = np.random.default_rng(0)
    directions = np.eye(3, 20)
    true = random.integers(0, 3, 90)
    vectors = directions[true] + random.normal(size=(90, 20)) * 0.03
    vectors *= random.uniform(0.1, 10, (90, 1))  # how long they are does not matter
    best = max(
        (cluster(vectors.astype(np.float32), 3, seed) for seed in range(10)),
        key=lambda found: found.mean_cosine,
    )
    pairs = set(zip(true.tolist(), best.of_row.tolist(), strict=True))
    assert len(pairs) == 3


def test_the_same_seed_gives_the_same_classes() -> None:
    vectors = np.random.default_rng(0).normal(size=(80, 4)).astype(np.float32)
    first, again, other = (cluster(vectors, 9, seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.of_row, again.of_row)
    assert (first.of_row != other.of_row).any()


def test_vectors_of_zeros_belong_somewhere() -> None:
    vectors = np.array([[0, 0], [1, 0], [0, 0], [0, 1]], np.float32)
    assert set(cluster(vectors, 2).of_row.tolist()) == {0, 1}


@pytest.mark.parametrize("k", [0, 5])
def test_what_cannot_be(k: int) -> None:
    with pytest.raises(ConfigError, match=f"4 words cannot be put into {k} classes"):
        cluster(np.ones((4, 2), np.float32), k)
    with pytest.raises(ConfigError, match="rounds is 0"):
        cluster(np.ones((4, 2), np.float32), 1, rounds=0)


def test_the_command() -> None:
    vectors = [[5, 0], [0, 1], [1, 0.1], [0.1, 7]]
    Embeddings(["a", "b", "c", "tür"], np.array(vectors, np.float32)).save("vectors.bin")
    result = CliRunner().invoke(program, ["cluster", "-k", "2"])
    assert (result.exit_code, result.stdout) == (0, "")
    assert Path("classes.tsv").read_text("utf-8") == "a\t0\nb\t1\nc\t0\ntür\t1\n"
    assert result.stderr.startswith(
        "classes     classes.tsv (4 words in 2 classes; mean cosine with the centroid 0.999 after "
    )
    result = CliRunner().invoke(program, ["cluster", "-k", "1", "-o", "c.xz", "-q"])
    assert (result.exit_code, result.output) == (0, "")
    assert lzma.decompress(Path("c.xz").read_bytes()).decode() == "a\t0\nb\t0\nc\t0\ntür\t0\n"
    for arguments, message in (
        (["-k", "5"], "4 words cannot be put into 5 classes"),
        (["-o", "vectors.bin"], "vectors.bin holds the vectors that are read"),
    ):
        command = [sys.executable, "-m", "w2v_nce", "cluster", *arguments]
        process = subprocess.run(command, capture_output=True, text=True, check=False)
        assert process.returncode == 2
        assert message in process.stderr
        assert len(process.stderr.splitlines()) == 1
