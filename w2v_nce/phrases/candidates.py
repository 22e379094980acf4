"""Counting what could become a phrase: two words, side by side or with connectors between.

A phrase is spelled as a pair: what stands left, and its last word. Left is a word, or a *chain*: a
word and the connectors that follow it, itself spelled as a pair of what stands left of its
last connector, and that connector. Words have the numbers 0 to V - 1, chains those from V on.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v_nce.arrays import Longs
from w2v_nce.corpus.table import ABSENT, WordTable
from w2v_nce.corpus.words import new_words, read_words
from w2v_nce.kernels.jit import bare_jit
from w2v_nce.phrases.pairs import (
    WORD_BITS,
    WORD_MASK,
    Numbers,
    PairTable,
    add_pairs,
    items,
    new_pairs,
    number_of,
    pair_of,
    poured,
    with_room,
)
from w2v_nce.phrases.tokens import Tokens, read_tokens


class Lexicon(NamedTuple):
    """The words that can be part of a phrase."""

    table: WordTable
    words: int  # V
    connectors: int  # the words 0 to connectors - 1 are such


class Candidates(NamedTuple):
    """What was seen."""

    chains: PairTable  # with their numbers
    pairs: PairTable  # with their counts


def new_candidates() -> Candidates:
    """Return empty tables."""
    return Candidates(new_pairs(), new_pairs())


def count_candidates(lexicon: Lexicon, text: bytes, seen: Candidates) -> Candidates:
    """Count the candidates of a text; return the tables, grown if need be."""
    buffer = np.frombuffer(text, np.uint8)
    words = read_words(buffer, new_words(len(text)))
    tokens = read_tokens(buffer, words, lexicon.table)
    keys = np.empty(len(tokens.ids), np.uint64)
    chains = with_room(seen.chains, len(keys) if lexicon.connectors else 0)
    count = list_pairs(tokens, lexicon.words, lexicon.connectors, chains, keys)
    pairs = with_room(seen.pairs, count)
    add_pairs(keys[:count], np.ones(count, np.uint64), pairs)
    return Candidates(chains, pairs)


def merged(words: int, seen: Candidates, other: Candidates) -> Candidates:
    """Add the counts of ``other``, which is used up, to those of ``seen``, grown if need be.

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
    """Write the candidates of a text, and number its chains; return how many candidates.

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
    """Number these chains in another table, too; write the numbers."""
    for i in range(len(links)):
        left = np.int64(links[i] >> WORD_BITS)
        if left >= words:
            left = numbers[left - words]
        numbers[i] = number_of(pair_of(left, np.int64(links[i] & WORD_MASK)), chains, words)


@bare_jit
def rename(slots: Numbers, words: int, numbers: Longs) -> None:
    """Give the chains in the keys of a table new numbers; nothing can be found there any more."""
    for slot in range(len(slots)):
        left = np.int64(slots[slot, 0] >> WORD_BITS)
        if left >= words:
            slots[slot, 0] = pair_of(numbers[left - words], np.int64(slots[slot, 0] & WORD_MASK))
