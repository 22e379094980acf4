"""Vectors that nobody means: each gives sensible answers, or one line that says what is wrong."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from w2v_nce.embeddings.clustering import cluster
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.embeddings.transforms import all_but_the_top, normalised, without_mean
from w2v_nce.errors import FormatError, InputError
from w2v_nce.model.description import describe

NUMBERS = st.one_of(
    st.floats(width=32, allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, 0.0, 1.0, -1.0, 1e-45, 3.4e38, -3.4e38]),
)
WORDS = st.text(
    st.sampled_from("ab日é_#-1\u00a0\u2028\ufeff\udcff\x00"), min_size=1, max_size=3
)  # fmt: skip
ODD = settings(suppress_health_check=[HealthCheck.too_slow])
SUFFIXES = ("v.bin", "v.txt", "v.npy", "v.tsv", "v.txt.gz")


@st.composite
def odd_embeddings(draw: st.DrawFn) -> Embeddings:
    """Up to twelve words, of which some may come twice, with any finite numbers."""
    words = draw(st.lists(WORDS, min_size=1, max_size=12))
    shape = (len(words), draw(st.integers(1, 5)))
    vectors = draw(arrays(np.float32, shape, elements=NUMBERS, fill=st.just(np.float32(0))))
    return Embeddings(words, vectors)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("odd")


@settings(ODD, max_examples=200)
@given(what=odd_embeddings(), data=st.data())
def test_every_question_has_an_answer(what: Embeddings, data: st.DataObject) -> None:
    words = st.sampled_from(what.words)
    a, b, c = (data.draw(words) for _ in range(3))
    n = data.draw(st.integers(1, 50))
    for answer in (
        what.neighbours(a, n),
        what.neighbours([a, b, c], n),
        what.analogy(a, b, c, n),
        what.analogy(a, b, c, n, "mul"),
    ):
        assert len(answer) <= min(n, len(what))
        scores = [score for _, score in answer]
        assert all(map(math.isfinite, scores))
        assert scores == sorted(scores, reverse=True)
    assert all(abs(score) < 1 + 1e-5 for _, score in what.neighbours(a, n))
    assert len(what.neighbours(a, len(what))) == len(what) - 1
    if len({a, b, c}) == 3:
        assert what.odd_one_out([a, b, c]) in (a, b, c)


@settings(ODD, max_examples=100)
@given(what=odd_embeddings(), k=st.integers(1, 5))
def test_what_is_done_to_vectors_leaves_them_finite(what: Embeddings, k: int) -> None:
    assert np.isfinite(normalised(what).vectors).all()
    try:
        assert np.isfinite(all_but_the_top(what, min(1, what.dim - 1)).vectors).all()
    except InputError:  # a mean is no larger than the largest number
        assert np.abs(what.vectors).max() > np.finfo(np.float32).max / 2
    if k <= len(what):
        assert set(cluster(what.vectors, k).of_row.tolist()) == set(range(k))


def test_numbers_that_become_too_large() -> None:
    what = Embeddings(["a", "b", "c"], np.array([[-3.4e38], [-3.4e38], [3.4e38]], np.float32))
    with pytest.raises(InputError, match="too large for float32"):
        without_mean(what)


@settings(ODD, max_examples=100)
@given(what=odd_embeddings(), name=st.sampled_from(SUFFIXES))
def test_a_format_holds_it_or_says_why_not(folder: Path, what: Embeddings, name: str) -> None:
    try:
        what.save(folder / name)
    except FormatError:
        assert not all(word.isalnum() for word in what.words)
        return
    read = Embeddings.load(folder / name)
    if name.endswith((".npy", ".tsv")):  # which keep all lines
        assert list(read.words) == list(what.words)
    else:
        assert list(read.words) == list(dict.fromkeys(what.words))
    for word in read.words:
        np.testing.assert_array_equal(read[word], what[word])
    assert describe(folder / name).words == len(read)


@settings(ODD, max_examples=100)
@given(
    what=odd_embeddings(),
    name=st.sampled_from(SUFFIXES),
    wrong=st.sampled_from([math.nan, math.inf, -math.inf]),
    data=st.data(),
)
def test_what_is_no_number_is_refused(
    folder: Path, what: Embeddings, name: str, wrong: float, data: st.DataObject
) -> None:
    row, column = (data.draw(st.integers(0, size - 1)) for size in what.vectors.shape)
    what.vectors[row, column] = wrong
    try:
        what.save(folder / name)
    except InputError:
        return
    with pytest.raises(FormatError, match="NaN or infinite") as caught:
        Embeddings.load(folder / name)
    assert str(folder / name) in str(caught.value)
