"""Evaluations of a model while it is trained, and the choice of the best."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from w2v_nce.corpus.examples import TextExamples
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.windows import Part
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.errors import CorpusError
from w2v_nce.evaluation.analogies import AnalogyReport, evaluate_analogies
from w2v_nce.evaluation.likelihood import LikelihoodReport, Sums
from w2v_nce.evaluation.similarity import PairReport, evaluate_pairs
from w2v_nce.evaluation.tasks import AnalogyTask, PairTask, read_task
from w2v_nce.kernels.state import Parameters
from w2v_nce.model.model import Model
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.ticks import EvalTick, HeldOutTick


class Evaluations:
    """Evaluation sets, read before training.

    Raises:
        FormatError: if one of the files cannot be read or is malformed.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self.tasks = [read_task(path) for path in paths]
        names = [Path(path).name for path in paths]
        self.names = names if len(set(names)) == len(names) else list(paths)

    def measure(self, model: Model, words: int) -> list[EvalTick]:
        """Evaluate the vectors that would be written now, as ``w2v-nce eval`` would."""
        if not self.tasks:
            return []
        embeddings = model.embeddings
        return [
            EvalTick(words, name, evaluated(embeddings, task))
            for name, task in zip(self.names, self.tasks, strict=True)
        ]


def evaluated(embeddings: Embeddings, task: AnalogyTask | PairTask) -> AnalogyReport | PairReport:
    """Evaluate vectors on a task of either kind."""
    if isinstance(task, AnalogyTask):
        return evaluate_analogies(embeddings, task)
    return evaluate_pairs(embeddings, task)


MOST_EXAMPLES = 5000
LEAST_EXAMPLES = 500
SCORES = 200_000_000  # of all words for all examples: more would take long with many words


class HeldOut:
    """Examples of held-out text, drawn once, on which models are measured.

    The text is a part of the corpus, or all of it if ``part`` is None.

    Raises:
        CorpusError: if the text cannot be read or has no word with a neighbour.
    """

    def __init__(self, model: Model, corpus: Corpus, part: Part | None) -> None:
        config = model.config
        limit = max(min(MOST_EXAMPLES, SCORES // len(model.vocabulary)), LEAST_EXAMPLES)
        self.examples = list(
            TextExamples(model.config, model.vocabulary, corpus, limit, full_text=False, part=part)
        )
        if not self.examples:
            raise CorpusError(f"`heldout={config.heldout}` leaves nothing to measure; take more")

    def measure(self, model: Model, words: int) -> HeldOutTick:
        """Measure the model as it is now, after ``words`` words of training."""
        sums = Sums(model, full_text=False)
        for some in self.examples:
            sums.add(some)
        report = sums.report(0, 1.0)
        return HeldOutTick(
            words=words,
            examples=report.examples,
            loss=deciding_loss(report, model.config),
            nce_loss=report.nce_loss,
            perplexity=report.perplexity,
            mean_log_z=report.mean_log_z,
            sd_log_z=report.sd_log_z,
        )


def held_out_corpus(config: TrainConfig, corpus: Corpus) -> Corpus:
    """Return the corpus of the held-out text: one of its own, or the one that is trained on.

    Raises:
        CorpusError: if it cannot be read.
    """
    if config.heldout is None or config.held_out_share:
        return corpus
    return Corpus.open([config.heldout], corpus.spool_dir)


def part_of(config: TrainConfig, held_out: bool, chunk_size: int) -> Part | None:
    """Return the part of the corpus that is held out, or that is trained on; None for all of it."""
    share = config.held_out_share
    return Part(share, held_out, config.seed, chunk_size) if share else None


def deciding_loss(report: LikelihoodReport, config: TrainConfig) -> float:
    """Return the loss that decides: NCE's, or log perplexity where training leaves Z free."""
    if config.loss in ("softmax", "sampled-softmax"):
        return math.log(report.perplexity)
    return report.nce_loss


class ValidationState(NamedTuple):
    """The result of all measurements so far: all that a resumed run needs of them."""

    best: float = math.inf  # the lowest loss
    failures: int = 0  # measurements since
    interval: int = 0  # the evaluation interval under way, by number
    words: int = 0  # trained before the last measurement
    kept: Parameters | None = None  # those of the lowest loss


Measurement = HeldOutTick | EvalTick


class Validation:
    """Measures a model at the end of every evaluation interval, and remembers the best.

    The loss on held-out text decides if there is some, else the first evaluation set.
    """

    def __init__(
        self,
        model: Model,
        held_out: HeldOut | None,
        evaluations: Evaluations,
        state: ValidationState | None = None,
    ) -> None:
        self.model, self.held_out, self.evaluations = model, held_out, evaluations
        self.patience, self.keep_best = model.config.patience, model.config.keep_best
        self.state = state or ValidationState()
        self.evals: list[EvalTick] = []  # of the parameters that are kept, or else of the last

    def begin(self, interval: int) -> None:
        """Begin an evaluation interval."""
        self.state = self.state._replace(interval=interval)

    def measure(self, words: int) -> list[Measurement]:
        """Measure the model after this many words of training, unless that has been done."""
        if words == self.state.words:
            return []
        evals = self.evaluations.measure(self.model, words)
        ticks: list[Measurement] = [*evals]
        if self.held_out:
            ticks.insert(0, self.held_out.measure(self.model, words))
        is_best = self._note(ticks[0].loss, words)
        if is_best:
            ticks[0] = dataclasses.replace(ticks[0], is_best=True)
        if is_best or not self.keep_best:
            self.evals = evals
        return ticks

    def _note(self, loss: float | None, words: int) -> bool:
        """Update the state; return whether no earlier loss was lower.

        The state changes as a whole, so that a signal finds all of it done, or nothing.
        """
        best, failures, interval, _, kept = self.state
        is_best = loss is not None and loss < best
        if loss is not None:
            best, failures = (loss, 0) if is_best else (best, failures + 1)
        if is_best and self.keep_best:
            kept = Parameters(*(np.copy(each) for each in self.model.parameters))
        self.state = ValidationState(best, failures, interval, words, kept)
        return is_best

    @property
    def is_out_of_patience(self) -> bool:
        """Whether the last ``patience`` measurements were no better than an earlier one."""
        return self.patience is not None and self.state.failures >= self.patience

    def restore_best(self) -> None:
        """Give the model the best parameters, if they were kept."""
        if self.state.kept is not None:
            for array, kept in zip(self.model.parameters, self.state.kept, strict=True):
                array[:] = kept
