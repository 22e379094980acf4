"""The parameters of a model and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from w2v_nce.arrays import Reals, aligned_zeros, padded
from w2v_nce.config import TrainConfig
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.embeddings import Embeddings, unit_rows
from w2v_nce.kernels.contrast import Parameters
from w2v_nce.noise import NoiseDistribution

ROWS_AT_ONCE = 4096  # bounds the scratch memory of the initialisation


@dataclass(frozen=True)
class Model:
    """Input vectors, output vectors and biases of a vocabulary."""

    config: TrainConfig
    vocabulary: Vocabulary
    parameters: Parameters

    @classmethod
    def initial(
        cls, config: TrainConfig, vocabulary: Vocabulary, noise: NoiseDistribution
    ) -> Model:
        """Return the model at which training starts."""
        return cls(config, vocabulary, initial_parameters(config, noise))

    @property
    def input_vectors(self) -> Reals:
        """The (V, dim) input vectors, float32, without the padding: a view."""
        return self.parameters.input[:, : self.config.dim]

    @property
    def output_vectors(self) -> Reals:
        """The (V, dim) output vectors, likewise."""
        return self.parameters.output[:, : self.config.dim]

    @property
    def vectors(self) -> Reals:
        """The vectors that ``config.vectors`` asks for: (V, dim), for "concat" (V, 2 dim)."""
        kind = self.config.exported
        if kind == "concat":
            return np.hstack([unit_rows(self.input_vectors), unit_rows(self.output_vectors)])
        if kind == "sum":
            return self.input_vectors + self.output_vectors
        return self.output_vectors if kind == "output" else self.input_vectors

    @property
    def embeddings(self) -> Embeddings:
        """Words and vectors, for use and for writing."""
        words = [word.decode("utf-8", "surrogateescape") for word in self.vocabulary.words]
        return Embeddings(words, self.vectors)

    def has_learned(self) -> bool:
        """Tell whether any output vector has moved from zero, where all start."""
        return bool(self.parameters.output.any())

    def is_finite(self) -> bool:
        """Tell whether no parameter has become NaN or infinite."""
        # A sum is finite only if no term is NaN or infinite; it needs no copy of the matrix.
        with np.errstate(over="ignore", invalid="ignore"):
            sums = [np.sum(array, dtype=np.float64) for array in self.parameters]
        return bool(np.isfinite(sums).all())


def initial_parameters(
    config: TrainConfig, noise: NoiseDistribution, dtype: type[np.floating[Any]] = np.float32
) -> Parameters:
    """Return fresh parameters for the words of a vocabulary.

    Input vectors are uniform in ±0.5 / dim and output vectors zero, as in word2vec. The bias
    of NCE starts at log Q, so that every logit starts at -log k whatever the word's frequency;
    negative sampling has none, its bias stays zero.
    """
    size, stride = len(noise.units), padded(config.dim)
    parameters = Parameters(
        input=aligned_zeros(size, stride, dtype),
        output=aligned_zeros(size, stride, dtype),
        bias=np.zeros(size, dtype),
    )
    generator = np.random.Generator(np.random.PCG64(config.seed))
    for start in range(0, size, ROWS_AT_ONCE):
        rows = parameters.input[start : start + ROWS_AT_ONCE, : config.dim]
        rows[:] = (generator.random(rows.shape, np.float32) - np.float32(0.5)) / config.dim
    if config.loss == "nce":
        parameters.bias[:] = noise.log_probabilities
    return parameters
