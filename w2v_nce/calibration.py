"""Calibrating a trained model: its predictions' sharpness and balance, and log Z without a sum."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v_nce.arrays import Doubles, Ids, Longs, Reals
from w2v_nce.balance import fit_balance
from w2v_nce.log_normalizer import Fit, LogNormalizer, fit_log_normalizer
from w2v_nce.probability import Predictor
from w2v_nce.sharpness import Sharpness, fit_sharpness

MOST_EXAMPLES = 8_000  # for sharpness, which has but two numbers to be learned


class Calibration(NamedTuple):
    """What is known of hidden vectors from their log Z, and of that."""

    untouched: LogNormalizer  # for hidden vectors as training has left them
    sharpness: Sharpness
    bias: Reals  # (V,): what is added to the scores of all words
    sharpened: LogNormalizer  # for these scores, and hidden vectors as sharp as they should be

    def sharpen(self, hidden: Reals) -> Reals:
        """Return hidden vectors, (n, dim), as long as they should be."""
        return hidden * self.sharpness.factors(self.untouched.predict(hidden))

    def log_normalizer(self, hidden: Reals) -> Doubles:
        """Return the predicted log Z of sharpened hidden vectors, (n, dim)."""
        return self.sharpened.predict(hidden)


class Calibrations(NamedTuple):
    """One for text as it is, one for text with frequent words dropped as in training."""

    full_text: Calibration
    as_trained: Calibration


def calibrate(predictor: Predictor, hidden: Reals, words: Longs | Ids) -> tuple[Calibration, Fit]:
    """Calibrate for contexts like these, (n, dim), and the words in them, (n,).

    Returns the calibration and how its last prediction of log Z was found.
    """
    some = slice(None, None, max(len(hidden) // MOST_EXAMPLES, 1))
    untouched = fit_log_normalizer(predictor, hidden[some]).function
    log_z = untouched.predict(hidden)
    sharpness = fit_sharpness(predictor, hidden[some], words[some], log_z[some])
    sharpened = hidden * sharpness.factors(log_z)
    bias = fit_balance(predictor, sharpened, words)
    fit = fit_log_normalizer(predictor.with_bias(bias), sharpened)
    shift = float(fit.function.predict(sharpened).mean())  # so that log Z is 0 on average
    bias -= np.float32(shift)
    return Calibration(untouched, sharpness, bias, fit.function.shifted(-shift)), fit
