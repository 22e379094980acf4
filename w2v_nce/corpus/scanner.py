"""Splitting bytes into words, counting them and turning them into ids, without the GIL.

A :class:`WordTable` is a hash table with open addressing. Words get entry numbers in the order
in which they first appear, and comparison is always of all bytes. The kernels never allocate:
one that finds the table full returns where it stopped, the caller doubles the table and calls
it again from there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Bytes, Ids, Longs
from w2v_nce.kernels.jit import jit
from w2v_nce.kernels.random import mix

SENTENCE_END = -1  # among ids
ABSENT = -1  # an entry number
FULL = -2  # an entry number
TYPES, TOKENS = 0, 1  # among the totals of a table

NEWLINE = np.uint8(10)
SPACE = np.uint8(32)
TAB = np.uint8(9)  # the first of five: tab, line feed, vertical tab, form feed, return
CONTROLS = np.uint8(5)

HASH_START = np.uint64(0xCBF29CE484222325)  # FNV-1a's; the avalanche is mix()'s
HASH_FACTOR = np.uint64(0x100000001B3)

INITIAL_SLOTS = 1 << 16
INITIAL_LETTERS = 1 << 20


class WordTable(NamedTuple):
    """Words, their counts, and the hash table that finds them.

    ``slots`` has as many rows as a power of two: (hash, entry number + 1), zeros where free.
    ``letters[ends[i] : ends[i + 1]]`` is the word with entry number i, ``counts[i]`` how often
    it was seen. ``totals`` holds the number of distinct words and of all words counted.
    """

    slots: npt.NDArray[np.uint64]  # (n, 2)
    counts: Longs  # (n / 2,)
    ends: Longs  # (n / 2 + 1,)
    letters: Bytes
    totals: Longs  # (2,): TYPES, TOKENS


def new_table(slots: int = INITIAL_SLOTS, letters: int = INITIAL_LETTERS) -> WordTable:
    """Return an empty table with room for slots / 2 words of ``letters`` bytes in all."""
    return WordTable(
        slots=np.zeros((slots, 2), np.uint64),
        counts=np.zeros(slots // 2, np.int64),
        ends=np.zeros(slots // 2 + 1, np.int64),
        letters=np.zeros(letters, np.uint8),
        totals=np.zeros(2, np.int64),
    )


def table_of(words: Iterable[bytes]) -> WordTable:
    """Return a table in which the i-th of these distinct words has entry number i."""
    return count_text(b"\n".join(words), new_table())


def count_text(text: bytes, table: WordTable) -> WordTable:
    """Count the words of a text that ends between words; return the table, grown if need be."""
    buffer = np.frombuffer(text, np.uint8)
    position = count_words(buffer, 0, table)
    while position < len(buffer):
        table = grown(table, len(text) - position)
        position = count_words(buffer, position, table)
    return table


def merged(table: WordTable, other: WordTable) -> WordTable:
    """Add the words and counts of ``other``; return the table, grown if need be."""
    entry = absorb(table, other, 0)
    while entry < other.totals[TYPES]:
        table = grown(table, int(other.ends[other.totals[TYPES]] - other.ends[entry]))
        entry = absorb(table, other, entry)
    return table


def grown(table: WordTable, letters: int) -> WordTable:
    """Return a table of twice the slots, and of twice the letters if they are scarce.

    Entry numbers stay. ``letters`` more bytes will surely find room.
    """
    used = int(table.ends[table.totals[TYPES]])
    room = len(table.letters)
    while room < used + letters:
        room *= 2
    larger = new_table(2 * len(table.slots), room)
    absorb(larger, table, 0)
    return larger


def words_of(table: WordTable, entries: Iterable[int]) -> list[bytes]:
    """Return the words with these entry numbers."""
    letters, ends = table.letters.tobytes(), table.ends
    return [letters[ends[entry] : ends[entry + 1]] for entry in entries]


@jit
def is_space(byte: np.uint8) -> bool:
    """Tell the six ASCII whitespace characters from all other bytes, as bytes.split() does."""
    return byte == SPACE or np.uint8(byte - TAB) < CONTROLS


@jit
def word_end(text: Bytes, start: int) -> tuple[int, np.uint64]:
    """Return where the word that starts here ends, and its hash, which is never 0."""
    position, value = start, HASH_START
    while position < len(text) and not is_space(text[position]):
        value = (value ^ np.uint64(text[position])) * HASH_FACTOR
        position += 1
    return position, mix(value) | np.uint64(1)


@jit
def same_word(text: Bytes, start: int, end: int, table: WordTable, entry: int) -> bool:
    """Compare text[start:end] with a word of the table, byte by byte."""
    first = table.ends[entry]
    if table.ends[entry + 1] - first != end - start:
        return False
    for i in range(end - start):  # noqa: SIM110 - Numba has no all()
        if table.letters[first + i] != text[start + i]:
            return False
    return True


@jit
def find(text: Bytes, start: int, end: int, value: np.uint64, table: WordTable) -> tuple[int, int]:
    """Look up text[start:end]: (entry number or ABSENT, the slot where it is or belongs)."""
    mask = len(table.slots) - 1
    slot = np.int64(value >> np.uint64(1)) & mask
    while True:
        stored = np.int64(table.slots[slot, 1])
        if stored == 0:
            return ABSENT, slot
        if table.slots[slot, 0] == value and same_word(text, start, end, table, stored - 1):
            return stored - 1, slot
        slot = (slot + 1) & mask


@jit
def add(text: Bytes, start: int, end: int, value: np.uint64, table: WordTable, times: int) -> int:
    """Count text[start:end] some times more; return its entry number, or FULL without doing it."""
    entry, slot = find(text, start, end, value, table)
    if entry == ABSENT:
        entry = table.totals[TYPES]
        first = table.ends[entry]
        if entry == len(table.counts) or first + end - start > len(table.letters):
            return FULL
        table.letters[first : first + end - start] = text[start:end]
        table.ends[entry + 1] = first + end - start
        table.slots[slot, 0] = value
        table.slots[slot, 1] = np.uint64(entry + 1)
        table.totals[TYPES] = entry + 1
    table.counts[entry] += times
    table.totals[TOKENS] += times
    return entry


@jit
def count_words(text: Bytes, start: int, table: WordTable) -> int:
    """Count the words of text[start:]; return its length, or where there was no room for one."""
    position = start
    while position < len(text):
        if is_space(text[position]):
            position += 1
            continue
        end, value = word_end(text, position)
        if add(text, position, end, value, table, 1) == FULL:
            return position
        position = end
    return position


@jit
def absorb(table: WordTable, other: WordTable, first: int) -> int:
    """Add the words of ``other`` from entry ``first``; return the first that found no room."""
    for entry in range(first, other.totals[TYPES]):
        start, end = other.ends[entry], other.ends[entry + 1]
        _, value = word_end(other.letters[:end], start)
        if add(other.letters, start, end, value, table, other.counts[entry]) == FULL:
            return entry
    return other.totals[TYPES]


@jit
def encode_words(text: Bytes, table: WordTable, ids: Ids) -> tuple[int, int]:
    """Write the entry numbers of the words of a text to ``ids``.

    Words that are not in the table are left out, as in word2vec. A line end becomes
    SENTENCE_END unless nothing precedes it since the last one. ``ids`` needs room for
    len(text) + 1 numbers.

    Returns the number of words, and of all numbers written.
    """
    position, words, used, open_sentence = 0, 0, 0, False
    while position < len(text):
        if is_space(text[position]):
            if open_sentence and text[position] == NEWLINE:
                ids[used] = SENTENCE_END
                used += 1
                open_sentence = False
            position += 1
            continue
        end, value = word_end(text, position)
        entry, _ = find(text, position, end, value, table)
        if entry != ABSENT:
            ids[used] = entry
            used += 1
            words += 1
            open_sentence = True
        position = end
    return words, used
