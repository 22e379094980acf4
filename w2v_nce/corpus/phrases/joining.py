"""Joining the phrases of one pass in a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from w2v_nce.arrays import Bytes
from w2v_nce.corpus.phrases.candidates import (
    Flags,
    PairTable,
    Tokens,
    add_pairs,
    find_pair,
    new_pairs,
    pair_of,
    read_tokens,
    with_room,
)
from w2v_nce.corpus.tokenizer import Words, new_words, read_words
from w2v_nce.corpus.word_table import ABSENT, table_of
from w2v_nce.kernels.jit import bare_jit, inline_jit

PHRASE = 1 << 32  # the target of a step that ends a phrase; no state has this number


class Joiner:
    """Joins phrases, each a sequence of two words or more of which none begins another.

    The text is read from left to right. The beginning of a phrase is a state: a single word has its
    own number, longer beginnings have numbers from V on. ``steps`` tells from
    a state and the next word where that leads: to another state, or to the end of a phrase.
    """

    def __init__(self, phrases: Iterable[Sequence[bytes]], delimiter: bytes) -> None:
        phrases = list(phrases)
        numbers = {word: i for i, word in enumerate({word: 0 for p in phrases for word in p})}
        self.table = table_of(list(numbers))
        self.steps = steps_of([[numbers[word] for word in phrase] for phrase in phrases])
        self.delimiter = np.frombuffer(delimiter, np.uint8)

    def __call__(self, text: bytes) -> bytes:
        """Join the phrases of a text: the white space in them becomes the delimiter.

        All else stays as it is. A phrase does not go on in the next line.
        """
        buffer = np.frombuffer(text, np.uint8)
        words = read_words(buffer, new_words(len(text)))
        joined = self.joins(buffer, words)
        count = int(np.count_nonzero(joined))
        if not count:
            return text
        out = np.empty(len(text) + count * len(self.delimiter), np.uint8)
        return out[: write_joined(buffer, words, joined, self.delimiter, out)].tobytes()

    def joins(self, text: Bytes, words: Words) -> Flags:
        """Return, for each word of a text, whether it is joined to the one before."""
        tokens = read_tokens(text, words, self.table)
        joined = np.zeros(len(tokens.ids), np.bool_)
        mark_joins(tokens, self.steps, joined)
        return joined


def steps_of(phrases: Sequence[Sequence[int]]) -> PairTable:
    """Return the table of steps for phrases of word numbers."""
    first = 1 + max((word for phrase in phrases for word in phrase), default=0)
    steps: dict[int, int] = {}
    for phrase in phrases:
        state = phrase[0]
        for word in phrase[1:-1]:
            state = steps.setdefault(state << 32 | word, first + len(steps))
        steps[state << 32 | phrase[-1]] = PHRASE
    table = with_room(new_pairs(), len(steps))
    add_pairs(np.array(list(steps), np.uint64), np.array(list(steps.values()), np.uint64), table)
    return table


@bare_jit
def mark_joins(tokens: Tokens, steps: PairTable, joined: Flags) -> None:
    """Mark the words that are joined to the one before; a word is in one phrase at most.

    What does not lead on begins anew with the last word read.
    """
    state, first = ABSENT, 0
    for i in range(len(tokens.ids)):
        word = np.int64(tokens.ids[i])
        step = 0
        if state != ABSENT and word != ABSENT and not tokens.opens[i]:
            step = np.int64(steps.slots[find_pair(pair_of(state, word), steps), 1])
        if step == PHRASE:
            joined[first + 1 : i + 1] = True
            state = ABSENT
        elif step != 0:
            state = step
        else:
            state, first = word, i


@bare_jit
def write_joined(text: Bytes, words: Words, joined: Flags, delimiter: Bytes, out: Bytes) -> int:
    """Write the text with phrases joined; return its size."""
    start, size = 0, 0
    for i in range(1, len(joined)):
        if joined[i]:
            size = copied(text, start, words.ends[i - 1], out, size)
            size = copied(delimiter, 0, len(delimiter), out, size)
            start = words.starts[i]
    return copied(text, start, len(text), out, size)


@inline_jit
def copied(source: Bytes, start: int, end: int, out: Bytes, size: int) -> int:
    """Copy source[start:end] behind the first ``size`` bytes; return their new number."""
    for i in range(end - start):
        out[size + i] = source[start + i]
    return size + end - start
