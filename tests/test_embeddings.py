"""Words and vectors in use."""

from __future__ import annotations

import numpy as np
import pytest

from w2v_nce.embeddings import Embeddings, UnknownWordError
from w2v_nce.errors import InputError

VECTORS = np.array([[2, 0], [1, 1], [0, 3], [-1, 0], [0, 0]], np.float32)
WORDS = ["east", "northeast", "north", "west", "nowhere"]


def test_neighbours_are_by_cosine_without_the_word_itself() -> None:
    near = Embeddings(WORDS, VECTORS).neighbours("east", 3)
    assert [word for word, _ in near] == ["northeast", "north", "nowhere"]
    assert [cosine for _, cosine in near] == pytest.approx([np.sqrt(0.5), 0, 0])


def test_no_more_neighbours_than_words() -> None:
    assert len(Embeddings(WORDS, VECTORS).neighbours("east", 100)) == 4
    assert Embeddings(["alone"], VECTORS[:1]).neighbours("alone") == []


def test_neighbours_agree_with_sorting_everything() -> None:
    vectors = np.random.default_rng(0).normal(size=(200, 8)).astype(np.float32)
    embeddings = Embeddings([str(i) for i in range(200)], vectors)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    order = np.argsort(-unit @ unit[7])
    assert [int(word) for word, _ in embeddings.neighbours("7", 10)] == order[1:11].tolist()


def test_unit_rows_have_length_one_or_zero() -> None:
    lengths = np.linalg.norm(Embeddings(WORDS, VECTORS).unit, axis=1)
    np.testing.assert_allclose(lengths, [1, 1, 1, 1, 0], rtol=1e-6)


def test_unknown_words_are_named() -> None:
    embeddings = Embeddings(WORDS, VECTORS)
    assert "east" in embeddings
    assert "south" not in embeddings
    with pytest.raises(UnknownWordError) as caught:
        embeddings["south"]
    assert str(caught.value) == "'south' is not among the 5 words"
    assert isinstance(caught.value, InputError | KeyError)


def test_of_a_repeated_word_the_first_counts() -> None:
    embeddings = Embeddings(["a", "b", "a"], VECTORS[:3])
    np.testing.assert_array_equal(embeddings["a"], VECTORS[0])


def test_words_and_vectors_must_match() -> None:
    with pytest.raises(ValueError, match="2 words and vectors of shape"):
        Embeddings(["a", "b"], VECTORS)
