"""Words as numbers, so that most can be compared at once."""

from __future__ import annotations

import numpy as np

from w2v_nce.arrays import Bytes
from w2v_nce.kernels.bits import eight_bytes
from w2v_nce.kernels.jit import inline_jit
from w2v_nce.kernels.random import HALF, INCREMENT, mix

PIECE = 8  # bytes that are looked at together
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
    """Return 32 bits by which long words with the same key are told apart; 0 for a short one.

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
