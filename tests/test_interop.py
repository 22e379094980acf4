"""gensim reads what we write, and we read what gensim writes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from w2v_nce.embeddings import Embeddings
from w2v_nce.formats.word2vec import is_binary_name

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
        str(tmp_path / name), binary=is_binary_name(name)
    )
    if is_binary_name(name):
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
    binary = is_binary_name(name)
    theirs.save_word2vec_format(str(tmp_path / name), binary=binary, write_header=header)
    ours = Embeddings.load(tmp_path / name)
    assert ours.words == theirs.index_to_key
    np.testing.assert_array_equal(ours.vectors, theirs.vectors)


def test_neighbours_are_those_of_gensim(some: Embeddings) -> None:
    tame = Embeddings(some.words[5:], some.vectors[5:])
    theirs = keyedvectors.KeyedVectors(tame.dim)
    theirs.add_vectors(list(tame.words), tame.vectors)
    for word in ("w0", "w7", "w294"):
        expected = theirs.most_similar(word, topn=10)
        found = tame.neighbours(word, 10)
        assert [name for name, _ in found] == [name for name, _ in expected]
        assert [c for _, c in found] == pytest.approx([c for _, c in expected], abs=1e-6)
