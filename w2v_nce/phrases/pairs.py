"""A hash table of pairs: what was seen, and a number for each. Open addressing, linear probing.

A pair is one 64-bit key: the number of what stands left, then the number of the word to the
right. The kernels never allocate; the caller makes room beforehand.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Longs
from w2v_nce.corpus.table import home_of
from w2v_nce.kernels.jit import bare_jit, inline_jit
from w2v_nce.kernels.simd import prefetch

Numbers = npt.NDArray[np.uint64]

INITIAL_SLOTS = 1 << 10
SLOTS_AT_ONCE = 1 << 14  # that are poured into another table
PAIRS_AHEAD = 12  # their slots are asked for in advance: most of them are far from the processor
WORD_BITS = np.uint64(32)
WORD_MASK = np.uint64(2**32 - 1)


class PairTable(NamedTuple):
    """Pairs and their values, which are not 0.

    ``slots`` has as many rows as a power of two: (key, value), value 0 where free.
    """

    slots: Numbers  # (n, 2)
    used: Longs  # (1,): the number of pairs


def new_pairs(slots: int = INITIAL_SLOTS) -> PairTable:
    """Return an empty table."""
    return PairTable(np.zeros((slots, 2), np.uint64), np.zeros(1, np.int64))


def with_room(table: PairTable, pairs: int) -> PairTable:
    """Return the table, or a larger copy, with room for so many pairs more."""
    slots = len(table.slots)
    while 2 * (table.used[0] + pairs) > slots:
        slots *= 2
    if slots == len(table.slots):
        return table
    larger = new_pairs(slots)
    pour(table.slots, larger)
    return larger


def poured(source: PairTable, target: PairTable) -> PairTable:
    """Add all pairs of one table to another; return that, grown if need be.

    Pairs that both have take no room, so that it is made a little at a time.
    """
    for first in range(0, len(source.slots), SLOTS_AT_ONCE):
        part = source.slots[first : first + SLOTS_AT_ONCE]
        target = with_room(target, len(part))
        pour(part, target)
    return target


def items(table: PairTable) -> tuple[Numbers, Numbers]:
    """Return the keys and the values, in no particular order."""
    taken = table.slots[:, 1] != 0
    return table.slots[taken, 0], table.slots[taken, 1]


@inline_jit
def pair_of(left: int, word: int) -> np.uint64:
    """Return the key of a pair."""
    return (np.uint64(left) << WORD_BITS) | np.uint64(word)


@inline_jit
def find_pair(key: np.uint64, table: PairTable) -> np.uint64:
    """Return the slot where a pair is or belongs."""
    slot = home_of(key, table.slots)
    while table.slots[slot, 1] != 0 and table.slots[slot, 0] != key:
        slot = (slot + np.uint64(1)) & np.uint64(len(table.slots) - 1)
    return slot


@inline_jit
def add_pair(key: np.uint64, value: np.uint64, table: PairTable) -> None:
    """Add to the value of a pair, which is 0 if it is new."""
    slot = find_pair(key, table)
    table.used[0] += table.slots[slot, 1] == 0
    table.slots[slot, 0] = key
    table.slots[slot, 1] += value


@inline_jit
def number_of(key: np.uint64, table: PairTable, first: int) -> int:
    """Return the value of a pair. New ones are numbered from ``first`` on, which is not 0."""
    slot = find_pair(key, table)
    if table.slots[slot, 1] == 0:
        table.slots[slot, 0] = key
        table.slots[slot, 1] = np.uint64(first + table.used[0])
        table.used[0] += 1
    return np.int64(table.slots[slot, 1])


@bare_jit
def add_pairs(keys: Numbers, values: Numbers, table: PairTable) -> None:
    """Add values to those of pairs."""
    for i in range(len(keys)):
        if i + PAIRS_AHEAD < len(keys):
            prefetch(table.slots, home_of(keys[i + PAIRS_AHEAD], table.slots), 0)
        add_pair(keys[i], values[i], table)


@bare_jit
def pour(slots: Numbers, target: PairTable) -> None:
    """Add the pairs in some slots to another table."""
    for slot in range(len(slots)):
        if slots[slot, 1] != 0:
            add_pair(slots[slot, 0], slots[slot, 1], target)
