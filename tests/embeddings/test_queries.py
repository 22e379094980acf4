"""Neighbours, analogies and odd ones out, against slow and obvious code and against gensim."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v_nce.arrays import row_lengths, unit_rows
from w2v_nce.embeddings import search
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.embeddings.queries import analogies, neighbours, odd_ones_out
from w2v_nce.embeddings.word_vectors import UnknownWordError, near_spellings
from w2v_nce.errors import ConfigError, InputError


def random_vectors(seed: int, size: int = 60, dim: int = 5) -> Embeddings:
    """Return vectors of very different lengths, with a row of zeros."""
    generator = np.random.default_rng(seed)
    vectors = generator.normal(size=(size, dim)) * 10.0 ** generator.integers(-3, 3, (size, 1))
    vectors[size // 2] = 0
    return Embeddings([f"w{i}" for i in range(size)], vectors.astype(np.float32))


def units(embeddings: Embeddings) -> np.ndarray:
    vectors = embeddings.vectors.astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths == 0, 1, lengths)


def slow_neighbours(embeddings: Embeddings, group: list[str], n: int, limit: int) -> list[str]:
    unit = units(embeddings)
    mean = sum(unit[embeddings.index[word]] for word in group)
    scores = {
        word: float(vector @ mean)
        for word, vector in zip(embeddings.words[:limit], unit, strict=False)
        if word not in group
    }
    return sorted(scores, key=scores.__getitem__, reverse=True)[:n]


def slow_analogy(embeddings: Embeddings, question: list[str], n: int, method: str) -> list[str]:
    unit = units(embeddings)
    a, b, c = (unit @ unit[embeddings.index[word]] for word in question)
    added, multiplied = b - a + c, (b + 1) * (c + 1) / (a + 1 + 0.002) / 2
    scores = added if method == "add" else multiplied
    order = [i for i in np.argsort(-scores) if embeddings.words[i] not in question]
    return [embeddings.words[i] for i in order[:n]]


def words_of(answers: list[list[tuple[str, float]]]) -> list[list[str]]:
    return [[word for word, _ in answer] for answer in answers]


@pytest.mark.parametrize("size", [1, 100, 1 << 22])
@pytest.mark.parametrize("limit", [60, 17])
@pytest.mark.parametrize("n", [1, 7, 100])
def test_neighbours_against_slow_code(monkeypatch, size: int, limit: int, n: int) -> None:
    monkeypatch.setattr(search, "SCORES_AT_ONCE", size)
    embeddings = random_vectors(n)
    groups = [["w0"], ["w59"], ["w3", "w4", "w44"], ["w9", "w9"], ["w16", "w17"]]
    found = words_of(neighbours(embeddings, groups, n, limit))
    assert found == [slow_neighbours(embeddings, group, n, limit) for group in groups]


@pytest.mark.parametrize("size", [1, 100, 1 << 22])
@pytest.mark.parametrize("method", ["add", "mul"])
def test_analogies_against_slow_code(monkeypatch, size: int, method: str) -> None:
    monkeypatch.setattr(search, "SCORES_AT_ONCE", size)
    embeddings = random_vectors(3)
    questions = [["w0", "w1", "w2"], ["w2", "w1", "w0"], ["w7", "w7", "w8"], ["w50", "w3", "w9"]]
    found = words_of(analogies(embeddings, questions, 6, method))
    assert found == [slow_analogy(embeddings, question, 6, method) for question in questions]


@given(
    places=st.lists(st.integers(-2, 2), min_size=2, max_size=40),
    n=st.integers(0, 50),
    size=st.integers(1, 50),
)
def test_of_equally_near_words_the_more_frequent(places: list[int], n: int, size: int) -> None:
    """Vectors along a line have only three cosines: nearly all are ties."""
    vectors = np.array(places, np.float32)[:, None]
    cosines = np.sign(vectors[1:, 0]) * np.sign(vectors[0, 0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "SCORES_AT_ONCE", size)
        found = search.search(
            vectors,
            row_lengths(vectors),
            unit_rows(vectors[:1]),
            min(n, len(places)),
            np.zeros((1, 1), np.intp),
        )
    expected = (1 + np.argsort(-cosines, kind="stable"))[:n]
    rows = found.rows[0]
    np.testing.assert_array_equal(rows[rows != search.ABSENT], expected)
    np.testing.assert_array_equal(found.scores[0][: len(expected)], cosines[expected - 1])


def test_numbers_at_the_ends_of_float32() -> None:
    vectors = np.array([[1, 2], [3e38, 3e38], [1e-44, 0], [0, 3e-42], [0, 0]], np.float32)
    expected = units(Embeddings(list("abcde"), vectors)) @ (np.array([1, 2]) / 5**0.5)
    found = search.cosines(vectors, row_lengths(vectors), unit_rows(vectors[:1]))
    np.testing.assert_allclose(found[0], expected, atol=1e-6)


def test_against_gensim() -> None:
    keyedvectors = pytest.importorskip("gensim.models.keyedvectors", reason="needs gensim")
    embeddings = random_vectors(5, 300, 12)
    embeddings.vectors[150] = 1
    theirs = keyedvectors.KeyedVectors(embeddings.dim)
    theirs.add_vectors(list(embeddings.words), embeddings.vectors)
    expected = theirs.most_similar(["w1", "w2"], topn=8, restrict_vocab=200)
    assert_same(embeddings.neighbours(["w1", "w2"], 8, 200), expected)
    expected = theirs.most_similar(["w8", "w9"], ["w7"], topn=8)
    assert words_of([embeddings.analogy("w7", "w8", "w9", 8)]) == words_of([expected])
    expected = theirs.most_similar_cosmul(["w8", "w9"], ["w7"], topn=8)
    assert words_of([embeddings.analogy("w7", "w8", "w9", 8, "mul")]) == words_of([expected])
    group = [f"w{i}" for i in range(20, 29)]
    assert embeddings.odd_one_out(group) == theirs.doesnt_match(group)
    assert odd_ones_out(embeddings, [group])[0][-1][0] == theirs.rank_by_centrality(group)[0][1]


def assert_same(found: list[tuple[str, float]], expected: list[tuple[str, float]]) -> None:
    assert [word for word, _ in found] == [word for word, _ in expected]
    assert [score for _, score in found] == pytest.approx([s for _, s in expected], abs=1e-5)


def test_the_odd_one_first_with_cosines() -> None:
    compass = Embeddings(list("nesw"), np.array([[0, 5], [5, 1], [0.1, -9], [1, 9]], np.float32))
    [answer] = odd_ones_out(compass, [["n", "w", "s", "n"]])
    assert answer[0][0] == "s"
    assert answer[0][1] < 0 < answer[1][1] <= answer[2][1]


def test_what_cannot_be_asked() -> None:
    embeddings = random_vectors(0)
    with pytest.raises(InputError, match="'w1 w2' has 2 words; an analogy takes three"):
        analogies(embeddings, [["w1", "w2"]])
    with pytest.raises(InputError, match="'w1 w2 w1': the odd one out takes three different"):
        odd_ones_out(embeddings, [["w1", "w2", "w1"]])
    with pytest.raises(ConfigError, match="method is 'plus'; choose one of add, mul"):
        embeddings.analogy("w1", "w2", "w3", method="plus")
    with pytest.raises(InputError, match="no word"):
        embeddings.neighbours([])
    for ask in (
        lambda: embeddings.neighbours(["w1", "w601"]),
        lambda: embeddings.analogy("w1", "w2", "w601"),
        lambda: embeddings.odd_one_out(["w1", "w2", "w601"]),
    ):
        with pytest.raises(UnknownWordError, match="'w601' is not among the 60 words") as caught:
            ask()
        assert list(caught.value.near) == ["w601"]


def test_all_unknown_words_are_named() -> None:
    embeddings = Embeddings(["king", "queen", "man", "sing"], np.eye(4, dtype=np.float32))
    for ask in (
        lambda: neighbours(embeddings, [["ging", "man"], ["x", "ging"]]),
        lambda: analogies(embeddings, [("ging", "king", "x")]),
        lambda: odd_ones_out(embeddings, [["ging", "x", "man"]]),
    ):
        with pytest.raises(UnknownWordError) as caught:
            ask()
        assert str(caught.value) == "'ging' (near: king, sing), 'x' are not among the 4 words"
        assert caught.value.suggestions == ["king", "sing"]


def test_no_queries_have_no_answers() -> None:
    embeddings = random_vectors(0)
    assert neighbours(embeddings, []) == analogies(embeddings, []) == []
    assert odd_ones_out(embeddings, []) == []


class TestSpelling:
    words = ("the", "king", "queen", "sing", "Paris", "receive", "straße", "ein")

    @pytest.mark.parametrize(
        ("word", "near"),
        [
            ("kin", ["king", "ein"]),  # the more frequent first
            ("kking", ["king"]),
            ("knig", ["king"]),
            ("ging", ["king", "sing"]),
            ("KING", ["king"]),
            ("paris", ["Paris"]),
            ("straBe", ["straße"]),
            ("recieive", ["receive"]),  # two letters are wrong
            ("xylophone", []),
            ("", []),
            ("x" * 100_000, []),
        ],
    )
    def test_what_is_suggested(self, word: str, near: list[str]) -> None:
        index = {word: row for row, word in enumerate(self.words)}
        assert near_spellings(word, self.words, index) == near

    @given(data=st.data())
    def test_one_wrong_letter_is_always_found(self, data: st.DataObject) -> None:
        index = {word: row for row, word in enumerate(self.words)}
        word = data.draw(st.sampled_from(self.words))
        place = data.draw(st.integers(0, len(word) - 1))
        typo = word[:place] + data.draw(st.characters(codec="utf-8")) + word[place + 1 :]
        if typo not in index:
            assert word in near_spellings(typo, self.words, index)

    def test_the_message_has_them(self) -> None:
        embeddings = Embeddings(self.words, np.ones((8, 2), np.float32))
        with pytest.raises(UnknownWordError) as caught:
            embeddings["ging"]
        assert str(caught.value) == "'ging' is not among the 8 words; near: king, sing"
        assert caught.value.suggestions == ["king", "sing"]
