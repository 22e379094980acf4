"""gensim reads what we write, and we read what gensim writes."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.errors import InputError
from w2v_nce.files.vectors import format_of_name
from w2v_nce.model.model import Model
from w2v_nce.settings.train_config import TrainConfig

keyedvectors = pytest.importorskip("gensim.models.keyedvectors", reason="needs gensim")

NAMES = ("v.txt", "v.bin", "v.txt.gz", "v.bin.gz")


@pytest.fixture
def some() -> Embeddings:
    vectors = np.random.default_rng(0).normal(size=(300, 17)).astype(np.float32)
    vectors[3] = 0
    vectors[4] = [1e-45, 3.4e38, -1e-30, 0.1] + [2.0] * 13
    words = ["</s>", "ü", "\xa0", "x\x85y", "日本", *(f"w{i}" for i in range(295))]
    return Embeddings(words, vectors)


@pytest.mark.parametrize("name", NAMES)
def test_gensim_reads_what_we_write(some: Embeddings, tmp_path: Path, name: str) -> None:
    some.save(tmp_path / name)
    theirs = keyedvectors.KeyedVectors.load_word2vec_format(
        str(tmp_path / name), binary=format_of_name(name) == "binary"
    )
    if format_of_name(name) == "binary":
        assert theirs.index_to_key == some.words
    else:  # its text reader takes NBSP and NEL away from the ends of words
        assert theirs.index_to_key[4:] == some.words[4:]
    np.testing.assert_array_equal(theirs.vectors, some.vectors)


@pytest.mark.parametrize(
    ("name", "header"), [*((name, True) for name in NAMES), ("v.txt", False), ("v.txt.gz", False)]
)
def test_we_read_what_gensim_writes(some: Embeddings, tmp_path: Path, name: str, header) -> None:
    theirs = keyedvectors.KeyedVectors(some.dim)
    theirs.add_vectors(list(some.words), some.vectors)
    binary = format_of_name(name) == "binary"
    theirs.save_word2vec_format(str(tmp_path / name), binary=binary, write_header=header)
    ours = Embeddings.load(tmp_path / name)
    assert ours.words == theirs.index_to_key
    np.testing.assert_array_equal(ours.vectors, theirs.vectors)


@pytest.mark.parametrize("counted", [False, True])
def test_to_gensim(some: Embeddings, counted: bool) -> None:
    words = [*some.words, "w7"]  # once more: the first vector counts
    vectors = np.vstack([some.vectors, np.ones(some.dim)])
    counts = np.arange(len(words))[::-1].copy()
    theirs = Embeddings(words, vectors, counts=counts if counted else None).to_gensim()
    assert theirs.index_to_key == some.words
    np.testing.assert_array_equal(theirs.vectors, some.vectors)
    if counted:
        assert theirs.get_vecattr("w7", "count") == counts[words.index("w7")]
    else:
        assert "count" not in theirs.expandos
    back = Embeddings(theirs.index_to_key, theirs.vectors)
    np.testing.assert_array_equal(back["日本"], some["日本"])


def test_a_model_tells_gensim_its_counts() -> None:
    vocabulary = Vocabulary([b"salt", b"mill"], np.array([50, 20]), 90, 9)
    theirs = Model.initial(TrainConfig(dim=3), vocabulary).embeddings.to_gensim()
    assert [theirs.get_vecattr(word, "count") for word in ("salt", "mill")] == [50, 20]


def test_to_gensim_without_gensim(some: Embeddings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gensim.models", None)
    with pytest.raises(
        InputError, match=r"needs the package gensim: pip install 'w2v-nce\[gensim\]'"
    ):
        some.to_gensim()


def test_neighbours_are_those_of_gensim(some: Embeddings) -> None:
    tame = Embeddings(some.words[5:], some.vectors[5:])
    theirs = keyedvectors.KeyedVectors(tame.dim)
    theirs.add_vectors(list(tame.words), tame.vectors)
    for word in ("w0", "w7", "w294"):
        expected = theirs.most_similar(word, topn=10)
        found = tame.neighbours(word, 10)
        assert [name for name, _ in found] == [name for name, _ in expected]
        assert [c for _, c in found] == pytest.approx([c for _, c in expected], abs=1e-6)
