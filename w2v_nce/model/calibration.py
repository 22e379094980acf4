"""Calibrations of a trained model: temperature, prior correction, and log Z without a sum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Doubles, Reals, log_sum_exp

MOST = 2.0  # of |log T|; larger ones never occurred


class Temperature(NamedTuple):
    """The temperature T of a context: log(1 / T) = level + slope · log Z."""

    level: float = 0.0
    slope: float = 0.0

    def inverse(self, log_z: Doubles) -> Reals:
        """Return the 1 / T of contexts with these log Z, (n, 1) float32."""
        logs = np.clip(self.level + self.slope * log_z, -MOST, MOST)
        return np.asarray(np.exp(logs), np.float32)[:, None]


class Quadratic(NamedTuple):
    """f(h) = constant + linear · h + hᵀ quadratic h."""

    constant: float
    linear: Doubles  # (dim,)
    quadratic: Doubles  # (dim, dim)

    def predict(self, hidden: Reals) -> Doubles:
        """Return the value for each hidden vector."""
        h = hidden.astype(np.float64)
        return np.asarray(
            self.constant + h @ self.linear + np.einsum("ij,ij->i", h @ self.quadratic, h)
        )


class LogNormalizer(NamedTuple):
    """log Z(h) = log(Σ exp(head h + offset) + exp(tail(h)))."""

    head: Reals  # (m, dim): the output vectors of the most frequent words
    offset: Reals  # (m,): added to their products with h
    tail: Quadratic

    def predict(self, hidden: Reals) -> Doubles:
        """Return the predicted log Z of each hidden vector."""
        of_tail = self.tail.predict(hidden)
        if not len(self.head):
            return of_tail
        of_head = log_sum_exp(hidden @ self.head.T + self.offset)
        return np.asarray(np.logaddexp(of_head, of_tail))

    def shifted(self, change: float) -> LogNormalizer:
        """Return a function that predicts a log Z larger by a constant."""
        tail = self.tail._replace(constant=self.tail.constant + change)
        return self._replace(offset=self.offset + np.float32(change), tail=tail)


class Calibration(NamedTuple):
    """Corrections of a model's predictions for one kind of text."""

    untouched: LogNormalizer  # for hidden vectors as trained
    temperature: Temperature  # as a function of that log Z
    prior_correction: Reals  # (V,): added to the scores of all words
    scaled: LogNormalizer  # for corrected scores and hidden vectors

    def scale(self, hidden: Reals) -> Reals:
        """Return hidden vectors, (n, dim), divided by the temperatures of their contexts."""
        return hidden * self.temperature.inverse(self.untouched.predict(hidden))

    def log_normalizer(self, hidden: Reals) -> Doubles:
        """Return the predicted log Z of scaled hidden vectors, (n, dim)."""
        return self.scaled.predict(hidden)


class Calibrations(NamedTuple):
    """A calibration for full text, and one for text with frequent words dropped as in training."""

    full_text: Calibration
    as_trained: Calibration

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the calibrations as named arrays, for a file, whose older names are kept."""
        arrays: dict[str, npt.NDArray[Any]] = {}
        for name, calibration in self._asdict().items():
            arrays[f"{name}_bias"] = calibration.prior_correction
            arrays[f"{name}_sharpness"] = np.array(calibration.temperature)
            functions = {"untouched": calibration.untouched, "sharpened": calibration.scaled}
            for which, function in functions.items():
                parts = {"head": function.head, "offset": function.offset}
                parts |= {part: np.array(each) for part, each in function.tail._asdict().items()}
                arrays |= {f"{name}_{which}_{part}": value for part, value in parts.items()}
        return arrays

    @classmethod
    def of_arrays(
        cls, arrays: Mapping[str, npt.NDArray[Any]], words: int, dim: int
    ) -> Calibrations:
        """Return the calibrations of a model with this vocabulary and size of hidden vectors.

        Raises:
            ValueError: if the arrays are not those of such a model.
        """
        try:
            return cls(*(_calibration(arrays, name, words, dim) for name in cls._fields))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(str(error)) from error


def _calibration(
    arrays: Mapping[str, npt.NDArray[Any]], name: str, words: int, dim: int
) -> Calibration:
    def function(which: str) -> LogNormalizer:
        start = f"{name}_{which}_"
        head = arrays[start + "head"].reshape(-1, dim)
        tail = Quadratic(
            float(arrays[start + "constant"]),
            arrays[start + "linear"].reshape(dim),
            arrays[start + "quadratic"].reshape(dim, dim),
        )
        return LogNormalizer(head, arrays[start + "offset"].reshape(len(head)), tail)

    level, slope = arrays[f"{name}_sharpness"].tolist()
    return Calibration(
        untouched=function("untouched"),
        temperature=Temperature(level, slope),
        prior_correction=arrays[f"{name}_bias"].reshape(words).astype(np.float32),
        scaled=function("sharpened"),
    )
