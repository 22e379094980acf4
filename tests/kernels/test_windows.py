"""Subsampling and windows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests import naive
from tests.helpers import COUNTS, windows_of
from w2v_nce.corpus.vocabulary import keep_thresholds
from w2v_nce.kernels.windows import subsample


def test_subsampling_follows_its_twin() -> None:
    keep = keep_thresholds(COUNTS, 1e-2)
    ids = np.random.default_rng(3).integers(-1, 8, 500).astype(np.int32)
    expected = naive.subsample(ids.tolist(), keep, naive.Random(9))
    count, _ = subsample(ids, len(ids), keep, np.uint64(9))
    assert ids[:count].tolist() == expected
    assert 0 < count < 500


@given(st.lists(st.integers(-1, 5), max_size=60), st.integers(1, 9))
def test_windows_are_those_of_the_twin(ids: list[int], window: int) -> None:
    words, left, right = (part.tolist() for part in windows_of(ids, window))
    assert len(words) == len(left) == len(right)
    examples = [(words[i], words[left[i] : i] + words[i + 1 : right[i]]) for i in range(len(words))]
    assert examples == naive.windows(ids, window, naive.Random(1))


def test_window_sizes_are_uniform() -> None:
    windows = windows_of([0] * 50_000, 5)
    middle = slice(5, -5)  # away from the ends of the sentence
    places = np.arange(50_000)
    before = (places - windows.left)[middle]
    assert (before == (windows.right - places - 1)[middle]).all()
    sizes = np.bincount(before, minlength=6)
    assert sizes[0] == 0
    expected = len(before) / 5
    chi_square = float(((sizes[1:] - expected) ** 2 / expected).sum())
    assert chi_square < 18.5  # 0.999 quantile, 4 degrees of freedom
