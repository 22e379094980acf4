"""Random numbers that depend on nothing but a seed and a position.

SplitMix64 (Steele, Lea & Flood 2014): the state is a counter, the output a hash of it. Every
block of text has a stream of its own, so results do not depend on which thread takes it.
"""

from __future__ import annotations

import numpy as np

from w2v_nce.kernels.jit import jit

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
def stream(seed: int, epoch: int, block: int) -> np.uint64:
    """Return the initial state of the random numbers of one block in one epoch."""
    state = mix(np.uint64(seed) + INCREMENT)
    state = mix(state + np.uint64(epoch) + INCREMENT)
    return mix(state + np.uint64(block) + INCREMENT)


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
