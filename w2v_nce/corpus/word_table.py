"""A hash table of words: counting them and turning them into ids, without the GIL.

Open addressing with linear probing. Words get entry numbers in the order in which they first
appear. The kernels never allocate: one that finds the table full returns where it stopped, the
caller doubles the table and calls it again from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Bytes, Ids, Longs
from w2v_nce.corpus.sources import CHUNK_SIZE
from w2v_nce.corpus.tokenizer import (
    FACTOR,
    LONG_WORD,
    Words,
    check_of,
    key_of,
    new_words,
    read_words,
)
from w2v_nce.kernels.jit import bare_jit, inline_jit
from w2v_nce.kernels.random import HALF, LOW_HALF
from w2v_nce.kernels.simd import prefetch

SENTENCE_END = -1  # among ids
ABSENT = -1  # an entry number
FULL = -2  # an entry number
TYPES, TOKENS = 0, 1  # among the totals of a table
NEWLINE = np.uint8(10)
WORDS_AHEAD = 12  # whose slots are prefetched, since most are not in the cache
INITIAL_SLOTS = 1 << 16
INITIAL_LETTERS = 1 << 20
WORDS_AT_ONCE = 1 << 16  # so that places in their text are 32-bit numbers


class WordTable(NamedTuple):
    """Words, their counts, and the hash table that finds them.

    ``slots`` has as many rows as a power of two, zeros where free: a key, and a number with the
    entry number + 1 in its lower 32 bits and what :func:`check_of` returns in its upper ones.
    ``letters[ends[i] : ends[i + 1]]`` is the word with entry number i, ``counts[i]`` how often
    it was seen. ``totals`` holds the number of distinct words and of all words counted, those that
    are no longer in the table included.
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


def table_of(words: Sequence[bytes]) -> WordTable:
    """Return a table in which the i-th of these distinct words has entry number i."""
    table = new_table()
    for start in range(0, len(words), WORDS_AT_ONCE):
        table = count_text(b"\n".join(words[start : start + WORDS_AT_ONCE]), table)
    return table


def grown(table: WordTable, letters: int) -> WordTable:
    """Return a copy with twice the slots, and twice the letters if they are scarce.

    Entry numbers stay. There is room for ``letters`` more bytes.
    """
    used = int(table.ends[table.totals[TYPES]])
    room = len(table.letters)
    while room < used + letters:
        room *= 2
    larger = new_table(2 * len(table.slots), room)
    absorb(larger, table, 0)
    larger.totals[TOKENS] = table.totals[TOKENS]
    return larger


MakeRoom = Callable[[WordTable, int], WordTable]  # such as grown


def count_text(text: bytes, table: WordTable, make_room: MakeRoom = grown) -> WordTable:
    """Count the words of a text that ends between words; return the table, or a roomier one."""
    buffer = np.frombuffer(text, np.uint8)
    words = read_words(buffer, new_words(len(text)))
    done = count_tokens(buffer, words, 0, table)
    while done < len(words.keys):
        table = make_room(table, len(text) - int(words.starts[done]))
        done = count_tokens(buffer, words, done, table)
    return table


def merged(table: WordTable, other: WordTable, make_room: MakeRoom = grown) -> WordTable:
    """Add the words and counts of ``other``; return the table, or a roomier one."""
    tokens = table.totals[TOKENS] + other.totals[TOKENS]
    entry = absorb(table, other, 0)
    while entry < other.totals[TYPES]:
        letters = int(other.ends[other.totals[TYPES]] - other.ends[entry])
        table = make_room(table, letters)
        entry = absorb(table, other, entry)
    table.totals[TOKENS] = tokens
    return table


def words_of(table: WordTable, entries: Iterable[int]) -> list[bytes]:
    """Return the words with these entry numbers."""
    letters, ends = table.letters.tobytes(), table.ends
    return [letters[ends[entry] : ends[entry + 1]] for entry in entries]


@inline_jit
def home_of(key: np.uint64, slots: npt.NDArray[np.uint64]) -> np.uint64:
    """Return the first slot to try for a key. The number of slots is a power of two."""
    return (((key ^ (key >> HALF)) * FACTOR) >> HALF) & np.uint64(len(slots) - 1)


@inline_jit
def ask_ahead(words: Words, i: int, table: WordTable) -> None:
    """Prefetch the slot of a word that will be looked up soon after the i-th."""
    if i + WORDS_AHEAD < len(words.keys):
        prefetch(table.slots, home_of(words.keys[i + WORDS_AHEAD], table.slots), 0)


@inline_jit
def find(text: Bytes, start: int, end: int, key: np.uint64, table: WordTable) -> tuple[int, int]:
    """Look up text[start:end]: (entry number or ABSENT, the slot where it is or belongs)."""
    slot = home_of(key, table.slots)
    while True:
        stored = table.slots[slot, 1]
        if stored == 0:
            return ABSENT, np.int64(slot)
        if table.slots[slot, 0] == key and (
            key < LONG_WORD or stored >> HALF == check_of(text, start, end)
        ):
            return np.int64(stored & LOW_HALF) - 1, np.int64(slot)
        slot = (slot + np.uint64(1)) & np.uint64(len(table.slots) - 1)


@inline_jit
def add(text: Bytes, start: int, end: int, key: np.uint64, table: WordTable, times: int) -> int:
    """Add ``times`` to the count of text[start:end]; return its entry number, or FULL.

    The caller adds to the total of all words.
    """
    entry, slot = find(text, start, end, key, table)
    if entry == ABSENT:
        entry = table.totals[TYPES]
        first = table.ends[entry]
        if entry == len(table.counts) or first + end - start > len(table.letters):
            return FULL
        for i in range(end - start):
            table.letters[first + i] = text[start + i]
        table.ends[entry + 1] = first + end - start
        table.slots[slot, 0] = key
        table.slots[slot, 1] = np.uint64(entry + 1) | check_of(text, start, end) << HALF
        table.totals[TYPES] = entry + 1
    table.counts[entry] += times
    return entry


@bare_jit
def count_tokens(text: Bytes, words: Words, first: int, table: WordTable) -> int:
    """Count the words from ``first`` on; return the number of words, or the first without room."""
    i = first
    while i < len(words.keys):
        ask_ahead(words, i, table)
        if add(text, words.starts[i], words.ends[i], words.keys[i], table, 1) == FULL:
            break
        i += 1
    table.totals[TOKENS] += i - first
    return i


@bare_jit
def absorb(table: WordTable, other: WordTable, first: int) -> int:
    """Add the words of ``other`` from entry ``first``; return the first that found no room.

    The total of all words stays as it is.
    """
    for entry in range(first, other.totals[TYPES]):
        start, end = other.ends[entry], other.ends[entry + 1]
        key = key_of(other.letters, start, end)
        if add(other.letters, start, end, key, table, other.counts[entry]) == FULL:
            return entry
    return other.totals[TYPES]


@bare_jit
def encode_words(text: Bytes, words: Words, table: WordTable, ids: Ids) -> tuple[int, int]:
    """Write the entry numbers of the words of a text to ``ids``.

    Words that are not in the table are left out, as in word2vec. A line end becomes
    SENTENCE_END unless nothing precedes it since the last one. ``ids`` needs room for twice
    the words.

    Returns the number of words, and of all numbers written.
    """
    found, used, open_sentence = 0, 0, False
    count = len(words.keys)
    for i in range(count):
        ask_ahead(words, i, table)
        end = words.ends[i]
        entry, _ = find(text, words.starts[i], end, words.keys[i], table)
        if entry != ABSENT:
            ids[used] = entry
            used += 1
            found += 1
            open_sentence = True
        for position in range(end, words.starts[i + 1] if i + 1 < count else len(text)):
            if open_sentence and text[position] == NEWLINE:
                ids[used] = SENTENCE_END
                used += 1
                open_sentence = False
    return found, used


class Budget:
    """Makes room in a table of words within ``limit`` bytes.

    Attributes:
        times: how often words were dropped.
        error: how much too low a count may be by now.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.times = 0
        self.error = 0

    def make_room(self, table: WordTable, letters: int) -> WordTable:
        """Return a larger table, or one without the rarest words if a larger one exceeds the limit.

        Of what is rare at least a quarter of the distinct words goes, as in the ReduceVocab of
        word2vec.c. An empty table always grows: a single word may be longer than the limit.
        """
        if 2 * size_of(table) <= self.limit or not table.totals[TYPES]:
            return grown(table, letters)
        counts = table.counts[: table.totals[TYPES]]
        rare = int(np.partition(counts, len(counts) // 4)[len(counts) // 4])
        self.times += 1
        self.error += rare
        return thinned(table, rare)


def size_of(table: WordTable) -> int:
    """Return the size of a table in bytes."""
    return sum(array.nbytes for array in table)


def thinned(table: WordTable, rare: int) -> WordTable:
    """Return a table of the same size without the words that occur ``rare`` times or less.

    Entry numbers change; the number of all words counted stays.
    """
    size = int(table.totals[TYPES])
    keep = table.counts[:size] > rare
    lengths = np.diff(table.ends[: size + 1])
    kept = WordTable(
        slots=np.zeros((1, 2), np.uint64),  # not needed to read it
        counts=table.counts[:size][keep],
        ends=starts_of(lengths[keep]),
        letters=table.letters[: table.ends[size]][np.repeat(keep, lengths)],
        totals=np.array([np.count_nonzero(keep), 0], np.int64),
    )
    smaller = new_table(len(table.slots), len(table.letters))
    absorb(smaller, kept, 0)
    smaller.totals[TOKENS] = table.totals[TOKENS]
    return smaller


def starts_of(lengths: Longs) -> Longs:
    """Return the starts of pieces of these lengths in their concatenation, and its end."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])


class Reader:
    """Turns chunks of text into ids; one per thread, with room for one chunk."""

    def __init__(self, table: WordTable) -> None:
        self.table = table
        self.words_read = 0  # in the last text, including words outside the table
        self.make_room(CHUNK_SIZE)

    def make_room(self, size: int) -> None:
        """Make room for a text of ``size`` bytes."""
        self.size = size
        self.words = new_words(size)
        self.ids = np.empty(2 * len(self.words.keys), np.int32)

    def read(self, text: bytes) -> tuple[int, int]:
        """Write the ids of a text; return the number of known words and of all ids."""
        if len(text) > self.size:
            self.make_room(len(text))
        buffer = np.frombuffer(text, np.uint8)
        words = read_words(buffer, self.words)
        self.words_read = len(words.keys)
        return encode_words(buffer, words, self.table, self.ids)
