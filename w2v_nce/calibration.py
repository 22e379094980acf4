"""Calibrating a trained model: how sharp its predictions should be, and log Z without a sum."""

from __future__ import annotations

from typing import NamedTuple

from w2v_nce.arrays import Doubles, Ids, Longs, Reals
from w2v_nce.log_normalizer import Fit, LogNormalizer, fit_log_normalizer
from w2v_nce.probability import Predictor
from w2v_nce.sharpness import Sharpness, fit_sharpness

# Sharpness has two numbers to be learned, and a rough idea of log Z is enough for it.
MOST_EXAMPLES = 8_000
ROUGHLY = 32  # directions


class Calibration(NamedTuple):
    """What is known of hidden vectors from their log Z, and of that."""

    untouched: LogNormalizer  # for hidden vectors as training has left them
    sharpness: Sharpness
    shift: float  # what all scores lose, so that log Z is 0 on average
    sharpened: LogNormalizer  # for hidden vectors multiplied by what their sharpness says

    def sharpen(self, hidden: Reals) -> Reals:
        """Return hidden vectors, (n, dim), as long as they should be."""
        return hidden * self.sharpness.factors(self.untouched.predict(hidden))

    def log_normalizer(self, hidden: Reals) -> Doubles:
        """Return the predicted log Z of sharpened hidden vectors, (n, dim)."""
        return self.sharpened.predict(hidden) - self.shift


class Calibrations(NamedTuple):
    """One for text as it is, one for text with frequent words dropped as in training."""

    full_text: Calibration
    as_trained: Calibration


def calibrate(predictor: Predictor, hidden: Reals, words: Longs | Ids) -> tuple[Calibration, Fit]:
    """Calibrate for contexts like these, (n, dim), and the words in them, (n,).

    Returns the calibration and how its last prediction of log Z was found.
    """
    some = slice(None, None, max(len(hidden) // MOST_EXAMPLES, 1))
    untouched = fit_log_normalizer(predictor, hidden[some], ROUGHLY).function
    log_z = untouched.predict(hidden)
    sharpness = fit_sharpness(predictor, hidden[some], words[some], log_z[some])
    sharpened = hidden * sharpness.factors(log_z)
    fit = fit_log_normalizer(predictor, sharpened)
    shift = float(fit.function.predict(sharpened).mean())
    return Calibration(untouched, sharpness, shift, fit.function), fit
