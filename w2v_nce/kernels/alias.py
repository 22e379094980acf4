"""Drawing words from the noise distribution in constant time (Walker 1977, Vose 1991)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Ids, Longs, Reals
from w2v_nce.kernels.jit import jit
from w2v_nce.kernels.random import HALF, LOW_HALF, advance, mix

COLUMN = 1 << 32  # units in a column


class AliasTable(NamedTuple):
    """A word id for every 64 random bits; see :func:`draw`."""

    columns: npt.NDArray[np.uint64]  # (2^m,): units of the column's own word; below the other word
    shift: np.uint64  # 64 - m: the upper m bits choose the column


class Noise(NamedTuple):
    """The noise distribution as the kernels use it."""

    table: AliasTable
    offset: Reals  # (V,), and of copies: what is taken from the score; log(k Q) for NCE, else 0


@jit
def draw(table: AliasTable, bits: np.uint64) -> int:
    """Turn 64 random bits into a noise word: a column, then one of its two words."""
    column = bits >> table.shift
    # One load and no branch: half of its predictions would fail, and cache misses would queue up.
    both = table.columns[column]
    other = both & LOW_HALF
    own = np.uint64((bits & LOW_HALF) < both >> HALF)
    return np.int64(other + own * (column - other))


@jit
def draw_all(table: AliasTable, state: np.uint64, words: Ids) -> np.uint64:
    """Fill ``words`` with noise words; return the next random state."""
    for i in range(len(words)):
        state = advance(state)
        words[i] = draw(table, mix(state))
    return state


@jit
def fill_columns(
    remaining: Longs, columns: npt.NDArray[np.uint64], poor: Longs, rich: Longs
) -> None:
    """Fill poor columns up from rich words, in place: Vose's algorithm on whole numbers.

    ``remaining`` holds the units of every word and is used up; its sum is COLUMN times its
    length; ``poor`` and ``rich`` are room for as many. A word that has exactly a column's units
    left is its own other word.
    """
    count = len(remaining)
    poor_count, rich_count = 0, 0
    for word in range(count):
        if remaining[word] < COLUMN:
            poor[poor_count] = word
            poor_count += 1
        else:
            rich[rich_count] = word
            rich_count += 1
    while poor_count > 0:
        poor_count -= 1
        word, giver = poor[poor_count], rich[rich_count - 1]
        columns[word] = np.uint64(remaining[word]) << HALF | np.uint64(giver)
        remaining[giver] -= COLUMN - remaining[word]
        if remaining[giver] < COLUMN:
            rich_count -= 1
            poor[poor_count] = giver
            poor_count += 1
    for i in range(rich_count):
        columns[rich[i]] = rich[i]
