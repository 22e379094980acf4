"""Random numbers that depend on nothing but a seed and a position.

SplitMix64 (Steele, Lea & Flood 2014): the state is a counter, the output a hash of it. Every
chunk of text has a stream of its own, so results do not depend on which thread takes it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Ids, Longs
from w2v_nce.kernels.jit import jit
from w2v_nce.kernels.state import COLUMN, AliasTable

INCREMENT = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio, odd
FACTOR_1 = np.uint64(0xBF58476D1CE4E5B9)
FACTOR_2 = np.uint64(0x94D049BB133111EB)
SHIFT_1, SHIFT_2, SHIFT_3 = np.uint64(30), np.uint64(27), np.uint64(31)
HALF = np.uint64(32)
LOW_HALF = np.uint64(0xFFFFFFFF)


@jit
def mix(state: np.uint64) -> np.uint64:
    """Hash 64 bits to 64 bits, one to one."""
    state = (state ^ (state >> SHIFT_1)) * FACTOR_1
    state = (state ^ (state >> SHIFT_2)) * FACTOR_2
    return state ^ (state >> SHIFT_3)


@jit
def stream(seed: int, epoch: int, chunk: int) -> np.uint64:
    """Return the initial state of the random numbers of one chunk in one epoch."""
    state = mix(np.uint64(seed) + INCREMENT)
    state = mix(state + np.uint64(epoch) + INCREMENT)
    return mix(state + np.uint64(chunk) + INCREMENT)


@jit
def advance(state: np.uint64) -> np.uint64:
    """Return the next state; :func:`mix` of it is the random number."""
    return state + INCREMENT


@jit
def below(bits: np.uint64, bound: int) -> int:
    """Turn the upper 32 random bits into a whole number from 0 to bound - 1.

    The bias of multiplying instead of rejecting is below bound / 2^32.
    """
    return np.intp(((bits >> HALF) * np.uint64(bound)) >> HALF)


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
