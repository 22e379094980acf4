"""Finding the words of a text, and keys for them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Bytes, Ids
from w2v_nce.kernels.jit import bare_jit, inline_jit
from w2v_nce.kernels.random import HALF, INCREMENT, mix
from w2v_nce.kernels.simd import BYTES_AT_ONCE, eight_bytes, lowest_bit, spaces

SPACE = np.uint8(32)
TAB = np.uint8(9)  # the first of five: tab, line feed, vertical tab, form feed, return
CONTROLS = np.uint8(5)
ONE = np.uint64(1)


@bare_jit
def find_words(text: Bytes, starts: Ids, ends: Ids) -> int:
    """Write where each word of a text starts and ends; return the number of words.

    Words are what ``bytes.split()`` returns. The white space is found 64 bytes at a time, so
    there is no branch that depends on the length of a word.
    """
    count, start = 0, 0
    for first in range(0, len(text) + 1, BYTES_AT_ONCE):
        bits = spaces_from(text, first)
        while bits != 0:
            end = first + lowest_bit(bits)
            bits &= bits - ONE
            starts[count], ends[count] = start, end
            count += end > start
            start = end + 1
    return count


@inline_jit
def spaces_from(text: Bytes, first: int) -> np.uint64:
    """Return a bit for each of the next 64 bytes: 1 for white space and the end of the text."""
    if first + BYTES_AT_ONCE <= len(text):
        return spaces(text, first)
    bits = ONE << np.uint64(len(text) - first)
    for position in range(first, len(text)):
        if is_space(text[position]):
            bits |= ONE << np.uint64(position - first)
    return bits


@inline_jit
def is_space(byte: np.uint8) -> bool:
    """Return whether a byte is ASCII white space, as bytes.split() defines it."""
    return byte == SPACE or np.uint8(byte - TAB) < CONTROLS


PIECE = 8  # bytes processed together
LENGTH_SHIFT = np.uint64(56)  # the top byte of a key
LONG_WORD = np.uint64(1 << 63)
ALL_BITS = np.uint64(2**64 - 1)
FACTOR = INCREMENT  # odd, its bits well mixed


@inline_jit
def piece_of(text: Bytes, start: int, end: int) -> np.uint64:
    """Return the first eight bytes of text[start:end] as a number, or all if they are fewer."""
    size = min(end - start, PIECE)
    if start + PIECE <= len(text):
        return eight_bytes(text, start) & (ALL_BITS >> np.uint64(8 * (PIECE - size)))
    piece = np.uint64(0)
    for position in range(start + size - 1, start - 1, -1):
        piece = (piece << np.uint64(8)) | np.uint64(text[position])
    return piece


@inline_jit
def key_of(text: Bytes, start: int, end: int) -> np.uint64:
    """Return a number that stands for the word text[start:end] and is never 0.

    A word of up to seven bytes is its own key: the bytes and their number. Longer words have
    hashes, marked as such, which may coincide; see :func:`check_of`.
    """
    size = np.uint64(end - start)
    if end - start < PIECE:
        return piece_of(text, start, end) | (size << LENGTH_SHIFT)
    key = size
    for position in range(start, end, PIECE):
        key = mix(key ^ piece_of(text, position, end))
    return key | LONG_WORD


@inline_jit
def check_of(text: Bytes, start: int, end: int) -> np.uint64:
    """Return 32 bits that distinguish long words with the same key; 0 for short words.

    They come from a second hash. With the key that makes 95 bits: of a billion words, none of which
    was made to have the same as another, two are taken for one with a chance of 1 in 80 billion.
    """
    if end - start < PIECE:
        return np.uint64(0)
    check = np.uint64(end - start)
    for position in range(start, end, PIECE):
        check = (check ^ piece_of(text, position, end)) * FACTOR
        check ^= check >> HALF
    return check >> HALF


class Words(NamedTuple):
    """The words of a text: the i-th is text[starts[i] : ends[i]]."""

    starts: Ids
    ends: Ids
    keys: npt.NDArray[np.uint64]  # see key_of


def new_words(size: int) -> Words:
    """Return room for the words of a text of ``size`` bytes."""
    count = size // 2 + 1
    starts, ends = np.empty((2, count), np.int32)
    return Words(starts, ends, np.empty(count, np.uint64))


def read_words(text: Bytes, room: Words) -> Words:
    """Find the words of a text and their keys; return the part of the room that is in use."""
    count = find_words(text, room.starts, room.ends)
    words = Words(room.starts[:count], room.ends[:count], room.keys[:count])
    write_keys(text, words)
    return words


@bare_jit
def write_keys(text: Bytes, words: Words) -> None:
    """Write the keys of words whose places are known."""
    for i in range(len(words.keys)):
        words.keys[i] = key_of(text, words.starts[i], words.ends[i])
