"""The noise distribution Q: its draws, and the log(k Q) in the logit.

Both come from one table of whole numbers, so they agree to the last bit: the table has
2^m >= V columns of 2^32 units each, and word w owns units(w) of the 2^(m + 32) units.
Drawing takes m random bits for the column and 32 for the place in it (alias method:
Walker 1977, Vose 1991), hence Q(w) = units(w) / 2^(m + 32) exactly.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from w2v_nce.arrays import Doubles, Longs
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.errors import ConfigError, FormatError
from w2v_nce.files.word_lists import read_weights
from w2v_nce.kernels.state import COLUMN
from w2v_nce.settings.train_config import NOISE_DISTRIBUTIONS, TrainConfig
from w2v_nce.text import Cleaning


@dataclass(frozen=True)
class NoiseDistribution:
    """Q in whole numbers: ``units`` of each word, 2^(bits + 32) in all, at least one each."""

    units: Longs
    bits: int

    @classmethod
    def of_weights(cls, weights: Doubles) -> NoiseDistribution:
        """Share the units among V words in proportion to their weights.

        The noise may not be zero where the data are not (Gutmann & Hyvärinen 2012), so every
        word has at least one unit. The remainder of rounding goes to the word with most units.
        """
        bits = max((len(weights) - 1).bit_length(), 1)
        total = COLUMN << bits
        units = np.maximum(weights * (total / weights.sum()), 1.0).astype(np.int64)
        units[np.argmax(units)] += total - int(units.sum())
        return cls(units, bits)

    @classmethod
    def of_units(cls, units: Longs) -> NoiseDistribution:
        """Return the distribution of these units, which add up to a power of two."""
        return cls(units, int(units.sum()).bit_length() - 33)

    @property
    def probabilities(self) -> Doubles:
        """Q(w), exact within float64."""
        return self.units / float(COLUMN << self.bits)

    @cached_property
    def log_probabilities(self) -> Doubles:
        """Log Q(w)."""
        return np.asarray(np.log(self.probabilities))

    def log_kq(self, k: int) -> Doubles:
        """Return log(k Q(w))."""
        return np.asarray(self.log_probabilities + np.log(k))


def check_noise(kind: str) -> None:
    """Make sure that a noise distribution exists, before any work is done.

    Raises:
        ConfigError: if it is neither one of ours nor a file.
        FormatError: if the file is malformed.
    """
    if kind in NOISE_DISTRIBUTIONS:
        return
    if Path(kind).is_file():
        read_weights(Path(kind))
    else:
        raise ConfigError(
            f"is {kind!r}; choose one of {', '.join(NOISE_DISTRIBUTIONS)}, or name a file (there is"
            " none of this name)",
            "noise_dist",
        )


def noise_distribution(config: TrainConfig, vocabulary: Vocabulary) -> NoiseDistribution:
    """Return the noise distribution of the settings.

    Raises:
        FormatError: if it is to come from a file that is malformed or fits no word.
    """
    logs = np.log(noise_weights(config, vocabulary))  # no weight is zero
    return NoiseDistribution.of_weights(np.exp(config.power_of_noise * (logs - logs.max())))


def noise_weights(config: TrainConfig, vocabulary: Vocabulary) -> Doubles:
    """Return the weights of all words before the power is applied."""
    kind = config.noise_dist
    if kind == "unigram":
        return vocabulary.counts.astype(np.float64)
    if kind == "uniform":
        return np.ones(len(vocabulary))
    if kind == "log-uniform":  # of ranks, as TensorFlow's candidate sampler has it
        return np.log1p(1 / np.arange(1.0, len(vocabulary) + 1))
    return weights_from_file(kind, vocabulary, config.cleaning)


def weights_from_file(path: str, vocabulary: Vocabulary, cleaning: Cleaning) -> Doubles:
    """Return the weights that a file gives to the words of a vocabulary, cleaned like the text.

    A word that the file leaves out, or to which it gives zero, has the least positive weight in
    the file: noise that never comes could not be told from the word.
    """
    given: defaultdict[bytes, float] = defaultdict(float)
    for word, weight in read_weights(Path(path)).items():
        given[cleaning.clean(word)] += weight
    weights = np.array([given.get(word, 0.0) for word in vocabulary.words])
    if not weights.any():
        raise FormatError(
            f"{path} has no weight for any of the {len(vocabulary):,} words of the vocabulary"
        )
    return np.where(weights > 0, weights, min(filter(None, given.values())))
