"""The noise distribution Q: what is drawn, and the log(k Q) that stands in the logit.

Both come from one table of whole numbers, so they agree to the last bit: the table has
2^m >= V columns of 2^32 units each, and word w owns units(w) of the 2^(m + 32) units.
Drawing takes m random bits for the column and 32 for the place in it (alias method:
Walker 1977, Vose 1991), hence Q(w) = units(w) / 2^(m + 32) exactly.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Longs
from w2v_nce.kernels.alias import COLUMN, AliasTable, Noise, fill_columns


def unigram_weights(counts: Longs, power: float) -> npt.NDArray[np.float64]:
    """Return count^power for every word: the noise of word2vec with power = 0.75."""
    return counts.astype(np.float64) ** power


def units_of(weights: npt.NDArray[np.float64]) -> tuple[Longs, int]:
    """Share 2^(m + 32) units among V words in proportion to their weights, at least one each.

    Returns (units, m). The noise may not be zero where the data are not: Gutmann & Hyvärinen
    (2012). What rounding leaves over goes to the word with most units.
    """
    bits = max((len(weights) - 1).bit_length(), 1)
    total = COLUMN << bits
    units = np.maximum(weights * (total / weights.sum()), 1.0).astype(np.int64)
    units[np.argmax(units)] += total - int(units.sum())
    return units, bits


def unigram_units(counts: Longs, power: float) -> tuple[Longs, int]:
    """Return the units, and m, of words drawn in proportion to count^power."""
    return units_of(unigram_weights(counts, power))


def probabilities(units: Longs) -> npt.NDArray[np.float64]:
    """Return Q(w), exact as far as float64 can hold it."""
    return units / float(units.sum())


def alias_table(units: Longs, bits: int) -> AliasTable:
    """Lay out the units in columns such that each column belongs to two words at most."""
    remaining = np.zeros(1 << bits, np.int64)
    remaining[: len(units)] = units
    columns = np.zeros((1 << bits, 2), np.uint32)
    fill_columns(remaining, columns, np.empty_like(remaining), np.empty_like(remaining))
    return AliasTable(columns, np.uint64(64 - bits))


def make_noise(counts: Longs, power: float, k: int, loss: str) -> Noise:
    """Return the noise of a vocabulary for a loss with ``k`` noise words per example."""
    units, bits = unigram_units(counts, power)
    offset = np.zeros(len(units), np.float32)
    if loss == "nce":
        offset = log_noise(units, k)
    return Noise(alias_table(units, bits), offset)


def log_noise(units: Longs, k: int = 1) -> npt.NDArray[np.float32]:
    """Return log(k Q(w)) for every word."""
    return np.log(k * probabilities(units)).astype(np.float32)
