"""The exact softmax against its numeric gradient and a sum that is written out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.helpers import Problem, windows_of
from w2v_nce.kernels import softmax
from w2v_nce.kernels.examples import example_count
from w2v_nce.kernels.softmax import SoftmaxRoom, train_softmax
from w2v_nce.settings.train_config import TrainConfig

IDS = [0, 3, 1, 2, -1, 5, 4, 4, 0, 6]
DIM = 3


def loss_of(problem, windows, architecture: str) -> float:
    loss = 0.0
    for centre, word in enumerate(windows.words):
        places = [p for p in range(windows.left[centre], windows.right[centre]) if p != centre]
        pairs = [(windows.words[places], word)]
        if architecture == "skipgram":
            pairs = [([word], windows.words[place]) for place in places]
        for context, target in pairs:
            hidden = problem.parameters.input[context].sum(axis=0) / math.sqrt(len(context))
            scores = problem.parameters.output @ hidden + problem.parameters.bias
            loss -= scores[target] - math.log(sum(map(math.exp, scores)))
    return loss


@pytest.mark.parametrize("architecture", ["cbow", "skipgram"])
def test_update_is_the_negative_gradient(architecture: str) -> None:
    problem, windows = Problem("softmax", DIM), windows_of(IDS, 3)
    gradients = []
    for parameter in problem.parameters[:3]:
        gradient = np.zeros_like(parameter)
        for place in np.ndindex(parameter.shape):
            value = parameter[place]
            parameter[place] = value + 1e-5
            above = loss_of(problem, windows, architecture)
            parameter[place] = value - 1e-5
            gradient[place] = (above - loss_of(problem, windows, architecture)) / 2e-5
            parameter[place] = value
        gradient[..., DIM:] *= parameter.ndim == 1  # padding stays zero
        gradients.append(gradient)
    before = [array.copy() for array in problem.parameters]
    expected = loss_of(problem, windows, architecture)
    room = SoftmaxRoom(DIM)
    loss, count = train_softmax(windows, problem.setup(architecture), 1e-7, np.uint64(1), room)
    assert loss == pytest.approx(expected)
    assert count == example_count(architecture, windows)
    for array, old, gradient in zip(problem.parameters, before, gradients, strict=False):
        np.testing.assert_allclose((array - old) / 1e-7, -gradient, rtol=1e-4, atol=1e-5)


def test_batches_make_no_difference_to_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for batch in (2, 64):
        monkeypatch.setattr(softmax, "BATCH", batch)
        problem = Problem("softmax", DIM)
        train_softmax(
            windows_of(IDS, 3), problem.setup("cbow"), 1e-6, np.uint64(1), SoftmaxRoom(DIM)
        )
        results.append(problem.parameters)
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-9)


def test_one_thread_trains_the_softmax() -> None:
    assert TrainConfig(loss="softmax", threads=4).thread_count == 1
