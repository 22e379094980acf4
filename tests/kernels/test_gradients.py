"""The real kernels' updates against numeric gradients of the loss, in float64."""

from __future__ import annotations

import numpy as np
import pytest

from tests import naive
from tests.helpers import KERNELS, Case, Problem, windows_of
from w2v_nce.settings.losses import initial_nce_loss, initial_ns_loss

IDS = [0, 3, 1, 2, -1, 5, 4, 4, 0, 6]
SEED = 11
TINY = 1e-7  # a learning rate at which the order of the updates does not matter


def loss_of(problem, case: Case) -> float:
    """The summed loss of all pairs, without learning."""
    trainer = naive.Trainer(problem, 0.0, SEED)
    getattr(trainer, case.twin)(naive.windows(IDS, problem.window, naive.Random(1)))
    return trainer.loss


def numeric_gradient(problem, case: Case, parameter: np.ndarray) -> np.ndarray:
    """Central differences over every number of a parameter."""
    gradient, step = np.zeros_like(parameter), 1e-5
    for place in np.ndindex(parameter.shape):
        value = parameter[place]
        parameter[place] = value + step
        above = loss_of(problem, case)
        parameter[place] = value - step
        below = loss_of(problem, case)
        parameter[place] = value
        gradient[place] = (above - below) / (2 * step)
    return gradient


@pytest.mark.parametrize(
    ("loss", "normalizer"),
    [
        ("ns", "one"),
        ("nce", "one"),
        ("nce", "constant"),
        ("nce", "per-word"),
        ("sampled-softmax", "one"),
    ],
)
@pytest.mark.parametrize("case", KERNELS, ids=lambda case: case.twin)
def test_update_is_the_negative_gradient(case: Case, loss: str, normalizer: str) -> None:
    problem = Problem(loss, dim=3, normalizer=normalizer)
    gradients = [numeric_gradient(problem, case, each) for each in problem.parameters]
    gradients[2] *= problem.bias_rate * problem.is_corrected  # negative sampling has no bias
    if normalizer == "per-word":
        gradients[1][:, 3] = 0  # always -1
    gradients[3] *= normalizer == "constant"
    if case.in_batches:
        gradients[3] /= problem.batch  # the mean, so that it does not overshoot
    before = [array.copy() for array in problem.parameters]
    case.run(problem, windows_of(IDS, problem.window), TINY, SEED)
    for array, old, gradient in zip(problem.parameters, before, gradients, strict=True):
        np.testing.assert_allclose((array - old) / TINY, -gradient, rtol=1e-4, atol=1e-5)
    assert np.abs(gradients[0]).max() > 0.1


@pytest.mark.parametrize("k", [1, 5, 25])
def test_initial_loss_of_nce_is_the_closed_form(k: int) -> None:
    problem = Problem("nce", k=k)
    problem.parameters.output[:] = 0
    problem.parameters.bias[:] = problem.offset - np.log(k)
    for case in KERNELS:
        loss, measured = case.run(problem, windows_of(IDS, problem.window), 0.0, SEED)
        assert loss / measured == pytest.approx(initial_nce_loss(k), rel=1e-6), case.twin


def test_published_values_of_the_initial_loss() -> None:
    assert [round(initial_nce_loss(k), 3) for k in (5, 10, 25)] == [2.703, 3.351, 4.239]
    assert round(initial_ns_loss(5), 3) == 4.159
