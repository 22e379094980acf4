"""What is measured while a model is trained, and which measurement was the best."""

from __future__ import annotations

import dataclasses

import numpy as np

from w2v_nce.formats.checkpoint import JudgeState
from w2v_nce.kernels.contrast import Parameters
from w2v_nce.model import Model
from w2v_nce.training.evaluations import EvalTick, Evaluations
from w2v_nce.training.heldout import HeldOut, HeldOutTick

Measurement = HeldOutTick | EvalTick


class Judge:
    """Measures a model at the end of every leg of a run, and remembers the best.

    What decides is the loss on held-out text if there is some, else the first evaluation.
    ``state`` is all that another run needs to go on.
    """

    def __init__(
        self,
        model: Model,
        held_out: HeldOut | None,
        evaluations: Evaluations,
        state: JudgeState | None = None,
    ) -> None:
        self.model, self.held_out, self.evaluations = model, held_out, evaluations
        self.patience, self.keep_best = model.config.patience, model.config.keep_best
        self.state = state or JudgeState()
        self.evals: list[EvalTick] = []  # of the parameters that are kept, or else of the last

    def begin(self, leg: int) -> None:
        """Note that a leg is under way."""
        self.state = self.state._replace(leg=leg)

    def measure(self, words: int) -> list[Measurement]:
        """Measure the model as it is now, after so many words, unless that has been done."""
        if words == self.state.words:
            return []
        evals = self.evaluations.measure(self.model, words)
        ticks: list[Measurement] = [*evals]
        if self.held_out:
            ticks.insert(0, self.held_out.measure(self.model, words))
        is_best = self.note(ticks[0].loss, words)
        if is_best:
            ticks[0] = dataclasses.replace(ticks[0], is_best=True)
        if is_best or not self.keep_best:
            self.evals = evals
        return ticks

    def note(self, loss: float | None, words: int) -> bool:
        """Take a measurement into account; tell whether none before was better.

        The state changes as a whole, so that a signal finds all of it done, or nothing.
        """
        best, failures, leg, _, kept = self.state
        is_best = loss is not None and loss < best
        if loss is not None:
            best, failures = (loss, 0) if is_best else (best, failures + 1)
        if is_best and self.keep_best:
            kept = Parameters(*(np.copy(each) for each in self.model.parameters))
        self.state = JudgeState(best, failures, leg, words, kept)
        return is_best

    @property
    def is_enough(self) -> bool:
        """Whether nothing has become better for as many measurements as there is patience for."""
        return self.patience is not None and self.state.failures >= self.patience

    def restore_best(self) -> None:
        """Give the model back the parameters that did best, if they were to be kept."""
        if self.state.kept is not None:
            for array, kept in zip(self.model.parameters, self.state.kept, strict=True):
                array[:] = kept
