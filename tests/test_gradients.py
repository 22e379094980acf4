"""The real kernels' updates against numeric gradients of the loss, in float64."""

from __future__ import annotations

import numpy as np
import pytest

from tests import naive
from tests.helpers import random_setup, scratch_for
from w2v_nce.kernels.cbow import train_cbow
from w2v_nce.kernels.skipgram import train_skipgram
from w2v_nce.objective import initial_nce_loss, initial_ns_loss

KERNELS = {"skipgram": train_skipgram, "cbow": train_cbow}
IDS = np.array([0, 3, 1, 2, -1, 5, 4, 4, 0, 6], np.int32)
SEED = 11
TINY = 1e-7  # a learning rate at which the order of the updates does not matter


def loss_of(setup, architecture: str) -> float:
    """The summed loss of all examples, without learning."""
    trainer = naive.Trainer(setup, 0.0, SEED)
    getattr(trainer, architecture)(IDS.tolist())
    return sum(trainer.losses)


def numeric_gradient(setup, architecture: str, parameter: np.ndarray) -> np.ndarray:
    """Central differences over every number of a parameter."""
    gradient, step = np.zeros_like(parameter), 1e-5
    for place in np.ndindex(parameter.shape):
        value = parameter[place]
        parameter[place] = value + step
        above = loss_of(setup, architecture)
        parameter[place] = value - step
        below = loss_of(setup, architecture)
        parameter[place] = value
        gradient[place] = (above - below) / (2 * step)
    return gradient


@pytest.mark.parametrize("loss", ["nce", "ns"])
@pytest.mark.parametrize("architecture", KERNELS)
def test_update_is_the_negative_gradient(architecture: str, loss: str) -> None:
    setup = random_setup(loss, dim=3)
    gradients = [numeric_gradient(setup, architecture, each) for each in setup.parameters]
    if loss == "ns":
        gradients[2][:] = 0  # negative sampling has no bias to learn
    before = [array.copy() for array in setup.parameters]
    KERNELS[architecture](IDS, setup, TINY, np.uint64(SEED), scratch_for(setup))
    for array, old, gradient in zip(setup.parameters, before, gradients, strict=True):
        np.testing.assert_allclose((array - old)[:, ...] / TINY, -gradient, rtol=1e-4, atol=1e-5)
    assert np.abs(gradients[0]).max() > 0.1


@pytest.mark.parametrize("k", [1, 5, 25])
def test_initial_loss_of_nce_is_the_closed_form(k: int) -> None:
    setup = random_setup("nce", k=k)
    setup.parameters.output[:] = 0
    setup.parameters.bias[:] = setup.noise.offset - np.log(k)
    for architecture, kernel in KERNELS.items():
        loss, measured = kernel(IDS, setup, 0.0, np.uint64(SEED), scratch_for(setup))
        assert loss / measured == pytest.approx(initial_nce_loss(k), rel=1e-6), architecture


def test_published_values_of_the_initial_loss() -> None:
    assert [round(initial_nce_loss(k), 3) for k in (5, 10, 25)] == [2.703, 3.351, 4.239]
    assert round(initial_ns_loss(5), 3) == 4.159
