"""Outputs: how a hidden vector is contrasted with words. The interface of a loss.

:mod:`w2v_nce.kernels.pair` and :mod:`w2v_nce.kernels.ranking` implement it; another loss is
another file. The mathematics and its names are in :mod:`w2v_nce.settings.losses`. All of these
functions update output vectors and biases in place.
"""

from __future__ import annotations

from typing import Any

from w2v_nce.kernels.jit import dispatched
from w2v_nce.kernels.state import Batch, Scratch


@dispatched
def contrast(loss: Any, target: int, rate: float, scratch: Scratch, measure: bool) -> float:
    """Tell ``target`` apart from the noise words, given ``scratch.hidden``.

    Leaves in ``scratch.error`` minus the gradient for the hidden vector. Returns the loss before
    the update, if asked to measure.
    """
    raise NotImplementedError


@dispatched
def begin_batch(loss: Any, batch: Batch, size: int) -> None:
    """Prepare for the true words of a batch, whose hidden vectors are all there."""


@dispatched
def shift_targets(loss: Any, batch: Batch, row: int, stride: int, pairs: int) -> None:
    """Subtract from the first true words' logits what they compete with, if it is not 0.

    The hidden vector of the i-th pair stands in the row: row + i stride.
    """


@dispatched
def weight_of(loss: Any, batch: Batch, first: int, pairs: int) -> float:
    """Return the weight of the noise for a hidden vector with some of the true words."""
    return pairs


@dispatched
def write_noise_steps(loss: Any, batch: Batch, size: int, rate: float, measure: bool) -> float:
    """Write to ``batch.step`` the steps of all noise words for all hidden vectors.

    Returns the loss, if asked to measure.
    """
    raise NotImplementedError
