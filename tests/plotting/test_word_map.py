"""What a map of words is made of."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.errors import ConfigError, FormatError
from w2v_nce.files.word_lists import parse_word_groups
from w2v_nce.plotting import word_map
from w2v_nce.plotting.style import LONGEST, shown
from w2v_nce.plotting.word_map import draw_map, find_groups, given_groups, nearest_words


def some_embeddings(count: int = 30, dim: int = 4) -> Embeddings:
    vectors = np.random.default_rng(0).normal(size=(count, dim))
    return Embeddings([f"w{i}" for i in range(count)], vectors.astype(np.float32))


@pytest.mark.parametrize("at_once", [1, 7, 256])
def test_neighbours_are_those_of_the_vectors(monkeypatch, at_once: int) -> None:
    monkeypatch.setattr(word_map, "ASKED_AT_ONCE", at_once)
    embeddings = some_embeddings()
    found = nearest_words(embeddings, 5)
    for row, word in enumerate(embeddings.words):
        expected = embeddings.neighbours(word, 5)
        assert [embeddings.words[other] for other in found.rows[row]] == [w for w, _ in expected]
        assert found.scores[row].tolist() == pytest.approx([score for _, score in expected])


def test_a_single_word_has_no_neighbours() -> None:
    drawn = draw_map(Embeddings(["alone"], np.ones((1, 3), np.float32)))
    assert drawn.nearest.rows.shape == (1, 0)
    assert drawn.projection.places.tolist() == [[0, 0]]
    assert drawn.groups.names == ["alone"]


def test_groups_are_named_by_frequent_words_near_their_centres() -> None:
    random = np.random.default_rng(1)
    true = random.integers(0, 3, 90)
    noise = random.normal(size=(90, 9)) * 0.05
    vectors = (np.eye(3, 9)[true] + noise).astype(np.float32)
    embeddings = Embeddings([f"{group}:{i}" for i, group in enumerate(true)], vectors)
    groups = min(
        (find_groups(embeddings, 3, seed) for seed in range(9)),
        key=lambda groups: len(set(zip(groups.of_word.tolist(), true.tolist(), strict=True))),
    )
    for number, name in enumerate(groups.names):
        rows = np.flatnonzero(groups.of_word == number)
        middle = embeddings.unit[rows].sum(axis=0)
        frequent = rows[: round(0.2 * len(rows))].tolist()
        best = sorted(frequent, key=lambda row: -float(embeddings.unit[row] @ middle))[:3]
        assert name == ", ".join(embeddings.words[row] for row in best)


def test_what_cannot_be_drawn() -> None:
    with pytest.raises(ConfigError, match="no word to draw"):
        draw_map(Embeddings([], np.empty((0, 3), np.float32)))
    embeddings = some_embeddings()
    groups = given_groups(embeddings.words, {word: word for word in embeddings.words})
    with pytest.raises(ConfigError, match="30 groups; 28 at most can be told apart"):
        draw_map(embeddings, groups=groups)


def test_groups_of_a_file() -> None:
    lines = ["fox\tanimals\t7", "", "oak \t trees", "fox\ttrees", "cat\tanimals"]
    words, group_of = parse_word_groups(lines, "words.txt")
    assert words == ["fox", "oak", "cat"]
    groups = given_groups(["cat", "oak", "fox"], group_of)
    assert groups.names == ["animals", "trees"]
    assert groups.of_word.tolist() == [0, 1, 0]
    assert parse_word_groups(["a", "b\t"], "words.txt") == (["a", "b"], {})


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["a\tx", "b"], "w.txt, line 2: 'b' has no group, and the words before have one"),
        (["a", "", "b\tx"], "w.txt, line 3: 'b' has a group, and the words before have none"),
    ],
)
def test_groups_for_some_words_only(lines: list[str], message: str) -> None:
    with pytest.raises(FormatError, match=message):
        parse_word_groups(lines, "w.txt")


@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")))
def test_any_word_can_be_shown(word: str) -> None:
    seen = shown(word)
    assert ElementTree.fromstring(f"<a>{seen.translate({38: '+', 60: '+'})}</a>").text == (
        seen.translate({38: "+", 60: "+"}) or None
    )
    assert len(seen.splitlines()) <= 1
    if len(word) <= LONGEST and word.isprintable():
        assert seen == word


def test_how_odd_words_are_shown() -> None:
    assert shown("a\x00b\udce9\u2028") == "a\\x00b\\udce9\\u2028"
    assert shown("x" * 100) == "x" * (LONGEST - 1) + "…"
    assert shown("می\u200cروم") == "می\u200cروم"  # Persian needs its joiners
