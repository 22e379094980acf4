"""Where the words of a text are."""

from __future__ import annotations

import numpy as np

from w2v_nce.arrays import Bytes, Ids
from w2v_nce.kernels.bits import CHUNK, lowest_bit, spaces
from w2v_nce.kernels.jit import bare_jit, inline_jit

SPACE = np.uint8(32)
TAB = np.uint8(9)  # the first of five: tab, line feed, vertical tab, form feed, return
CONTROLS = np.uint8(5)
ONE = np.uint64(1)


@bare_jit
def find_words(text: Bytes, starts: Ids, ends: Ids) -> int:
    """Note where each word of a text starts and ends; return how many there are.

    Words are what ``bytes.split()`` returns. The white space is found 64 bytes at a time, so
    there is no branch that depends on the length of a word.
    """
    count, start = 0, 0
    for chunk in range(0, len(text) + 1, CHUNK):
        bits = spaces_from(text, chunk)
        while bits != 0:
            end = chunk + lowest_bit(bits)
            bits &= bits - ONE
            starts[count], ends[count] = start, end
            count += end > start
            start = end + 1
    return count


@inline_jit
def spaces_from(text: Bytes, chunk: int) -> np.uint64:
    """Return which of the next 64 bytes are white space; the first behind the text is, too."""
    if chunk + CHUNK <= len(text):
        return spaces(text, chunk)
    bits = ONE << np.uint64(len(text) - chunk)
    for position in range(chunk, len(text)):
        if is_space(text[position]):
            bits |= ONE << np.uint64(position - chunk)
    return bits


@inline_jit
def is_space(byte: np.uint8) -> bool:
    """Tell the six ASCII whitespace characters from all other bytes, as bytes.split() does."""
    return byte == SPACE or np.uint8(byte - TAB) < CONTROLS
