"""Counting candidates for phrases: two words, adjacent or with connectors between.

A phrase is spelled as a pair: what stands left, and its last word. Left is a word, or a *chain*: a
word and the connectors that follow it, itself spelled as a pair of what stands left of its
last connector, and that connector. Words have the numbers 0 to V - 1, chains those from V on.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Bytes, Ids, Longs
from w2v_nce.corpus.tokenizer import Words, new_words, read_words
from w2v_nce.corpus.word_table import ABSENT, NEWLINE, WordTable, ask_ahead, find, home_of
from w2v_nce.kernels.jit import bare_jit, inline_jit
from w2v_nce.kernels.simd import prefetch


class Lexicon(NamedTuple):
    """The words that can be part of a phrase."""

    table: WordTable
    words: int  # V
    connectors: int  # words 0 to connectors - 1 are connectors


class Candidates(NamedTuple):
    """Candidates that were counted, and the chains in them."""

    chains: PairTable  # and their numbers
    pairs: PairTable  # and their counts


def new_candidates() -> Candidates:
    """Return empty tables."""
    return Candidates(new_pairs(), new_pairs())


def count_candidates(lexicon: Lexicon, text: bytes, seen: Candidates) -> Candidates:
    """Count the candidates of a text; return the tables, grown if necessary."""
    buffer = np.frombuffer(text, np.uint8)
    words = read_words(buffer, new_words(len(text)))
    tokens = read_tokens(buffer, words, lexicon.table)
    keys = np.empty(len(tokens.ids), np.uint64)
    chains = with_room(seen.chains, len(keys) if lexicon.connectors else 0)
    count = list_pairs(tokens, lexicon.words, lexicon.connectors, chains, keys)
    pairs = with_room(seen.pairs, count)
    add_pairs(keys[:count], np.ones(count, np.uint64), pairs)
    return Candidates(chains, pairs)


def merged_candidates(words: int, seen: Candidates, other: Candidates) -> Candidates:
    """Add the counts of ``other``, which is consumed, to ``seen``; return that, grown if necessary.

    The chains of ``other`` get the numbers that they have in ``seen``, the earlier first, since
    the later contain them.
    """
    links = links_of(other.chains)
    chains = with_room(seen.chains, len(links))
    numbers = np.empty(len(links), np.int64)
    renumber_chains(links, words, chains, numbers)
    if len(links):
        rename(other.pairs.slots, words, numbers)
    return Candidates(chains, poured(other.pairs, seen.pairs))


def links_of(chains: PairTable) -> Numbers:
    """Return the chains as pairs, in the order of their numbers."""
    keys, numbers = items(chains)
    return keys[np.argsort(numbers)]


@bare_jit
def list_pairs(
    tokens: Tokens, words: int, connectors: int, chains: PairTable, keys: Numbers
) -> int:
    """Write the candidates of a text and number its chains; return the number of candidates.

    A word that cannot be part of a phrase ends what stands left of it, as a line end does.
    """
    count, left = 0, ABSENT
    for i in range(len(tokens.ids)):
        word = tokens.ids[i]
        if tokens.opens[i] or word == ABSENT:
            left = ABSENT
        if word >= connectors:
            if left != ABSENT:
                keys[count] = pair_of(left, word)
                count += 1
            left = word
        elif left != ABSENT:
            left = number_of(pair_of(left, word), chains, words)
    return count


@bare_jit
def renumber_chains(links: Numbers, words: int, chains: PairTable, numbers: Longs) -> None:
    """Number these chains in another table, and write the numbers."""
    for i in range(len(links)):
        left = np.int64(links[i] >> WORD_BITS)
        if left >= words:
            left = numbers[left - words]
        numbers[i] = number_of(pair_of(left, np.int64(links[i] & WORD_MASK)), chains, words)


@bare_jit
def rename(slots: Numbers, words: int, numbers: Longs) -> None:
    """Give the chains in the keys of a table new numbers; lookups no longer work afterwards."""
    for slot in range(len(slots)):
        left = np.int64(slots[slot, 0] >> WORD_BITS)
        if left >= words:
            slots[slot, 0] = pair_of(numbers[left - words], np.int64(slots[slot, 0] & WORD_MASK))


Numbers = npt.NDArray[np.uint64]
INITIAL_SLOTS = 1 << 10
SLOTS_AT_ONCE = 1 << 14  # added to another table at a time
PAIRS_AHEAD = 12  # whose slots are prefetched, since most are not in the cache
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
    """Return the table, or a larger copy, with room for ``pairs`` more pairs."""
    slots = len(table.slots)
    while 2 * (table.used[0] + pairs) > slots:
        slots *= 2
    if slots == len(table.slots):
        return table
    larger = new_pairs(slots)
    pour(table.slots, larger)
    return larger


def poured(source: PairTable, target: PairTable) -> PairTable:
    """Add all pairs of one table to another; return that, grown if necessary.

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


Flags = npt.NDArray[np.bool_]


class Tokens(NamedTuple):
    """The words of a text as numbers."""

    ids: Ids  # of every word of the text; ABSENT if the table does not have it
    opens: Flags  # whether the word begins a line


def read_tokens(text: Bytes, words: Words, table: WordTable) -> Tokens:
    """Look up the words of a text whose places are known."""
    count = len(words.keys)
    tokens = Tokens(np.empty(count, np.int32), np.empty(count, np.bool_))
    find_tokens(text, words, table, tokens)
    return tokens


@bare_jit
def find_tokens(text: Bytes, words: Words, table: WordTable, tokens: Tokens) -> None:
    """Write the entry number of every word, and whether a line begins with it."""
    end = 0
    for i in range(len(words.keys)):
        ask_ahead(words, i, table)
        start = words.starts[i]
        opens = i == 0
        for position in range(end, start):
            opens |= text[position] == NEWLINE
        end = words.ends[i]
        tokens.ids[i], _ = find(text, start, end, words.keys[i], table)
        tokens.opens[i] = opens
