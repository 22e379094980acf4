"""Words and their vectors."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from w2v_nce.arrays import unit_rows
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.embeddings.word_vectors import UnknownWordError
from w2v_nce.errors import InputError


@pytest.fixture
def compass() -> Embeddings:
    vectors = [[0, 2], [3, 3], [5, 0], [0, -1], [0, 0]]
    words = ["north", "northeast", "east", "south", "centre"]
    return Embeddings(words, np.array(vectors, np.float32))


def test_a_mapping_from_words_to_vectors(compass: Embeddings) -> None:
    assert (len(compass), compass.dim) == (5, 2)
    assert "east" in compass
    assert "west" not in compass
    assert compass["east"].tolist() == [5, 0]
    assert compass["east"].dtype == np.float32


def test_an_unknown_word_is_named(compass: Embeddings) -> None:
    for ask in (compass.__getitem__, compass.neighbours):
        with pytest.raises(UnknownWordError) as caught:
            ask("we\udcffst")
        assert str(caught.value) == r"'we\udcffst' is not among the 5 words"
        assert isinstance(caught.value, KeyError)
        assert isinstance(caught.value, InputError)


def test_iterating_gives_the_words(compass: Embeddings) -> None:
    assert list(compass) == ["north", "northeast", "east", "south", "centre"]
    assert repr(compass) == "<Embeddings: 5 words, 2 dimensions>"


def test_words_and_vectors_must_match() -> None:
    with pytest.raises(ValueError, match=r"2 words and vectors of shape \(3, 4\)"):
        Embeddings(["a", "b"], np.zeros((3, 4), np.float32))
    with pytest.raises(ValueError, match="2 words and 1 counts"):
        Embeddings(["a", "b"], np.zeros((2, 4), np.float32), counts=np.array([1]))


def test_similarity_is_the_cosine(compass: Embeddings) -> None:
    assert compass.similarity("north", "south") == -1
    assert compass.similarity("east", "northeast") == pytest.approx(0.5**0.5)
    assert compass.similarity("east", "centre") == 0
    with pytest.raises(UnknownWordError, match="'west' is not among"):
        compass.similarity("east", "west")


def test_pickling_keeps_what_was_given(compass: Embeddings) -> None:
    compass.neighbours("east")
    assert {"index", "lengths"} <= vars(compass).keys()  # worked out, and not pickled
    counted = Embeddings(compass.words, compass.vectors, counts=np.arange(5))
    for given in (compass, counted):
        again = pickle.loads(pickle.dumps(given))
        assert again.words == given.words
        np.testing.assert_array_equal(again.vectors, given.vectors)
        np.testing.assert_array_equal(again.counts, given.counts)
    kept = vars(pickle.loads(pickle.dumps(compass)))
    assert set(kept) == {"words", "stored", "counts", "cleaning"}


def test_an_unknown_word_comes_through_a_pickle(compass: Embeddings) -> None:
    """As it must to get out of another process."""
    with pytest.raises(UnknownWordError) as caught:
        compass["eats"]
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value) == "'eats' is not among the 5 words; near: east"
    assert (again.near, again.suggestions) == ({"eats": ["east"]}, ["east"])
    with pytest.raises(ValueError, match=r"2 words and vectors of shape \(2,\)"):
        Embeddings(["a", "b"], np.zeros(2, np.float32))


def test_of_equal_words_the_first_counts() -> None:
    twins = Embeddings(["a", "b", "a"], np.arange(6, dtype=np.float32).reshape(3, 2))
    assert twins.index == {"a": 0, "b": 1}
    assert twins["a"].tolist() == [0, 1]


def test_vectors_are_not_copied() -> None:
    padded = np.zeros((3, 16), np.float32)
    view = Embeddings(["a", "b", "c"], padded[:, :5])
    padded[1, 4] = 7
    assert view["b"].tolist() == [0, 0, 0, 0, 7]


class TestUnit:
    def test_rows_have_length_one_and_zeros_stay(self, compass: Embeddings) -> None:
        assert compass.unit.dtype == np.float32
        assert np.linalg.norm(compass.unit, axis=1) == pytest.approx([1, 1, 1, 1, 0])
        assert compass.unit is compass.unit  # computed once

    def test_no_float32_is_too_large_or_too_small(self) -> None:
        extremes = np.array([[3e38, 4e38 / 2], [3e-45, 3e-45], [1e-30, -1e-30]], np.float32)
        expected = extremes.astype(np.float64)
        expected /= np.sqrt((expected**2).sum(axis=1))[:, None]
        np.testing.assert_allclose(unit_rows(extremes), expected, rtol=1e-6)

    def test_no_rows_at_all(self) -> None:
        assert unit_rows(np.empty((0, 3), np.float32)).shape == (0, 3)


class TestNeighbours:
    def test_by_cosine_without_the_word_itself(self, compass: Embeddings) -> None:
        found = compass.neighbours("north")
        assert [word for word, _ in found] == ["northeast", "east", "centre", "south"]
        assert [cosine for _, cosine in found] == pytest.approx([np.sqrt(0.5), 0, 0, -1])
        assert all(type(cosine) is float for _, cosine in found)

    @pytest.mark.parametrize(("n", "expected"), [(-1, 0), (0, 0), (1, 1), (4, 4), (99, 4)])
    def test_as_many_as_asked_for_or_there_are(
        self, compass: Embeddings, n: int, expected: int
    ) -> None:
        assert len(compass.neighbours("north", n)) == expected

    def test_a_single_word_has_none(self) -> None:
        assert Embeddings(["a"], np.ones((1, 3), np.float32)).neighbours("a") == []

    def test_of_equally_near_words_the_more_frequent(self) -> None:
        words = [f"w{i}" for i in range(400)]
        two_places = Embeddings(words, np.array([[1, 0], [1, 1]] * 200, np.float32))
        expected = [*words[2::2], *words[1::2]]
        for n in (3, 199, 250):
            assert [word for word, _ in two_places.neighbours("w0", n)] == expected[:n]

    def test_against_sorting_everything(self) -> None:
        vectors = np.random.default_rng(0).normal(size=(300, 7)).astype(np.float32)
        some = Embeddings([f"w{i}" for i in range(300)], vectors)
        unit = vectors.astype(np.float64) / np.linalg.norm(vectors, axis=1)[:, None]
        for row in (0, 17, 299):
            order = [i for i in np.argsort(-(unit @ unit[row])) if i != row][:10]
            assert [word for word, _ in some.neighbours(f"w{row}")] == [f"w{i}" for i in order]


@pytest.mark.parametrize("name", ["v.txt", "v.bin", "v.txt.gz", "v.bin.gz", "v"])
def test_save_and_load(compass: Embeddings, tmp_path: Path, name: str) -> None:
    compass.save(tmp_path / name)
    loaded = Embeddings.load(tmp_path / name)
    assert loaded.words == compass.words
    np.testing.assert_array_equal(loaded.vectors, compass.vectors)


def test_what_is_asked_for_goes_before_the_name(compass: Embeddings, tmp_path: Path) -> None:
    compass.save(tmp_path / "text.bin", "text")
    compass.save(tmp_path / "binary.txt", "binary")
    assert (tmp_path / "text.bin").read_bytes().startswith(b"5 2\nnorth 0 2\n")
    assert (tmp_path / "binary.txt").read_bytes().startswith(b"5 2\nnorth \0\0\0\0")
    assert Embeddings.load(tmp_path / "text.bin").words == compass.words
    assert Embeddings.load(tmp_path / "binary.txt").words == compass.words
