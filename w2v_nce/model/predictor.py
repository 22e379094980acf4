"""Probabilities of the words in a context.

The score of a word w in a context with the hidden vector h is

    s(w, h) = h · v_w + b_w.

After training with NCE it is log P(w | h) itself, nearly: with Z(h) = Σ_w exp(s(w, h)), the
probabilities s − log Z(h) are exact, and log Z(h) stays near 0. Scores learned by negative sampling
are shifted by log(k Q(w)), which is added here (Levy & Goldberg 2014). A learned normaliser is one
more component of h, with the weight -1 in every output vector.

The hidden vector of a context is what CBOW is trained on: the sum of its words' input vectors
over the root of their number, or their mean. In skip-gram each word of a context predicts on its
own, and the mean stands for the geometric mean of their predictions. A calibrated model makes it
longer or shorter by a temperature, so that predictions are neither too sure nor too unsure.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from w2v_nce.arrays import Doubles, Ids, Longs, Reals, log_sum_exp
from w2v_nce.errors import InputError
from w2v_nce.kernels.examples import context_shares
from w2v_nce.model.calibration import Calibration

SCORES_AT_ONCE = 1 << 22  # numbers; four times as many leave the caches and take twice as long


class Candidates(NamedTuple):
    """The most probable words of some contexts, best first."""

    words: Longs  # (n, count): their ids
    log_probabilities: Doubles  # (n, count)


class Predictor:
    """Log-probabilities of words in contexts, both as ids.

    Args:
        input_vectors: (V, dim) float32.
        output_vectors: (V, dim) float32.
        offset: (V,) float32, added to the product of a hidden and an output vector.
        root: Whether the sum of n input vectors is divided by the root of n, else by n.
        normalizer: (V,) learned for each word and subtracted from scores, if there is one.
        calibration: Corrects hidden vectors, if the model is calibrated.
    """

    def __init__(
        self,
        input_vectors: Reals,
        output_vectors: Reals,
        offset: Reals,
        *,
        root: bool,
        normalizer: Reals | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        self.input, self.output, self.offset = input_vectors, output_vectors, offset
        self.root = root
        self.normalizer = normalizer
        self.calibration = calibration

    def with_bias(self, bias: Reals) -> Predictor:
        """Return a predictor that adds a number to the scores of each word, (V,)."""
        other = copy.copy(self)
        other.offset = self.offset + bias
        return other

    @property
    def width(self) -> int:
        """The size of hidden vectors."""
        return int(self.input.shape[1]) + (self.normalizer is not None)

    def hidden(self, contexts: Sequence[Sequence[int]]) -> Reals:
        """Return the (n, dim) hidden vectors; that of a context without words is zero."""
        sizes = np.array([len(context) for context in contexts], np.int64)
        places = np.array([word for context in contexts for word in context], np.int64)
        return self.combined(places, sizes)

    def combined(self, words: Longs | Ids, sizes: Longs) -> Reals:
        """Return the (n, dim) hidden vectors of contexts that are concatenated in ``words``.

        ``sizes`` holds the number of words of each. A learned normaliser makes it (n, dim + 1).
        """
        hidden = self._untouched(words, sizes)
        return hidden if self.calibration is None else self.calibration.scale(hidden)

    def _untouched(self, words: Longs | Ids, sizes: Longs) -> Reals:
        result = np.zeros((len(sizes), self.width), np.float32)
        filled = np.flatnonzero(sizes)
        if len(filled):
            starts = (np.cumsum(sizes) - sizes)[filled]
            shares, dim = context_shares(sizes[filled], self.root), self.input.shape[1]
            result[filled, :dim] = np.add.reduceat(self.input[words], starts) * shares[:, None]
            if self.normalizer is not None:
                result[filled, dim] = np.add.reduceat(self.normalizer[words], starts) * shares
        return result

    def scores(self, hidden: Reals) -> Iterator[tuple[slice, Reals]]:
        """Yield the scores of all words, some rows at a time: (which rows, (rows, V) float32)."""
        rows = max(SCORES_AT_ONCE // len(self.offset), 1)
        for start in range(0, len(hidden), rows):
            which = slice(start, min(start + rows, len(hidden)))
            dim = self.input.shape[1]
            scores = hidden[which, :dim] @ self.output.T
            scores += self.offset
            if self.normalizer is not None:
                scores -= hidden[which, dim:]
            yield which, scores

    def score(self, hidden: Reals, words: Longs | Ids) -> Doubles:
        """Return the score of one word for each hidden vector: log-probabilities if Z = 1."""
        dim = self.input.shape[1]
        products = np.einsum("ij,ij->i", hidden[:, :dim], self.output[words], dtype=np.float64)
        return np.asarray(products + self.offset[words] - hidden[:, dim:].sum(axis=1))

    def log_normalizer(self, hidden: Reals) -> Doubles:
        """Return log Z of each hidden vector, summed over the whole vocabulary."""
        result = np.empty(len(hidden))
        for which, scores in self.scores(hidden):
            result[which] = log_sum_exp(scores)
        return result

    def predicted_log_normalizer(self, hidden: Reals) -> Doubles:
        """Return the log Z that the calibration predicts, without a sum over the vocabulary.

        Raises:
            InputError: if the model is not calibrated.
        """
        if self.calibration is None:
            raise InputError(
                "the model is not calibrated; 'w2v-nce calibrate MODEL TEXT' does it, or"
                " 'train --calibrate'"
            )
        return self.calibration.log_normalizer(hidden)

    def log_probability(self, hidden: Reals, words: Longs | Ids) -> Doubles:
        """Return the log-probability of one word for each hidden vector."""
        return self.score(hidden, words) - self.log_normalizer(hidden)

    def best(self, hidden: Reals, count: int) -> Candidates:
        """Return the most probable words; of equally probable ones, the more frequent first."""
        count = min(count, len(self.offset))
        words = np.empty((len(hidden), count), np.int64)
        logs = np.empty((len(hidden), count))
        for which, scores in self.scores(hidden):
            normalizer = log_sum_exp(scores)
            for row, row_scores in enumerate(scores):
                least = np.partition(row_scores, -count)[-count]
                top = np.flatnonzero(row_scores >= least)  # more than count if some are equal
                words[which.start + row] = top[np.argsort(-row_scores[top], kind="stable")][:count]
            values = np.take_along_axis(scores, words[which], axis=1)
            logs[which] = values - normalizer[:, None]
        return Candidates(words, logs)


def probabilities_of(scores: Reals, log_z: Doubles) -> Reals:
    """Turn the scores of all words in (n,) contexts into their probabilities, in place."""
    scores -= log_z[:, None].astype(np.float32)
    return np.exp(scores, out=scores)
