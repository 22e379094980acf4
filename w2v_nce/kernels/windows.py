"""What both architectures do with a block of word ids before they look at vectors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Ids
from w2v_nce.kernels.jit import bare_jit, inline_jit
from w2v_nce.kernels.random import HALF, advance, below, mix


class Windows(NamedTuple):
    """The words of a text, and which of them are neighbours.

    The word at centres[i] has those in the range left[i] : right[i], itself excepted, as its
    neighbours; a word without any is no centre.
    """

    words: Ids
    centres: Ids
    left: Ids
    right: Ids


def new_windows(size: int) -> Windows:
    """Return room for the windows of as many words."""
    return Windows(*(np.empty(size, np.int32) for _ in Windows._fields))


def in_use(windows: Windows, words: int, centres: int) -> Windows:
    """Return the part of the windows that was drawn."""
    return Windows(
        windows.words[:words],
        windows.centres[:centres],
        windows.left[:centres],
        windows.right[:centres],
    )


@inline_jit
def window_at(windows: Windows, i: int) -> tuple[int, int, int]:
    """Return the i-th centre and its window [left, right)."""
    return windows.centres[i], windows.left[i], windows.right[i]


@bare_jit
def subsample(
    ids: Ids, count: int, keep: npt.NDArray[np.uint32], state: np.uint64
) -> tuple[int, np.uint64]:
    """Drop frequent words by chance from ids[:count], in place.

    Returns how many ids remain, sentence ends included, and the next random state.
    """
    kept = 0
    for i in range(count):
        word = ids[i]
        if word >= 0:
            state = advance(state)
            if (mix(state) >> HALF) > np.uint64(keep[word]):
                continue
        ids[kept] = word
        kept += 1
    return kept, state


@bare_jit
def draw_windows(
    ids: Ids, window: int, state: np.uint64, windows: Windows
) -> tuple[int, int, np.uint64]:
    """Draw a window size from 1 to ``window`` for every word; no window leaves its sentence.

    ``ids`` are the words with a negative id at sentence ends; ``windows`` is room for as many.

    Returns the number of words, of centres, and the next random state.
    """
    words = centres = 0
    start = 0
    while start < len(ids):
        first = words
        while start < len(ids) and ids[start] >= 0:
            windows.words[words] = ids[start]
            words += 1
            start += 1
        start += 1
        for position in range(first, words):
            state = advance(state)
            size = below(mix(state), window) + 1
            windows.centres[centres] = position
            windows.left[centres] = max(first, position - size)
            windows.right[centres] = min(words, position + size + 1)
            centres += words > first + 1
    return words, centres, state
