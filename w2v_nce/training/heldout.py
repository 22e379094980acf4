"""Text that is kept from training, and what it says of the model in the meantime."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from w2v_nce.config import TrainConfig
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.split import Part
from w2v_nce.errors import CorpusError
from w2v_nce.evaluation.examples import TextExamples
from w2v_nce.evaluation.likelihood import LikelihoodReport, Sums
from w2v_nce.formats.checkpoint import HeldOutState
from w2v_nce.kernels.contrast import Parameters
from w2v_nce.model import Model

MOST_EXAMPLES = 5000
LEAST_EXAMPLES = 500
SCORES = 200_000_000  # of all words for all examples: more would take long with many words


@dataclass(frozen=True)
class HeldOutTick:
    """What the held-out text says after so many words of training."""

    words: int
    examples: int  # on which the figures rest: always the same ones
    nce_loss: float
    perplexity: float  # with scores normalised over the vocabulary
    mean_log_z: float
    sd_log_z: float
    is_best: bool  # no measurement before was better


class HeldOut:
    """Measures a model on examples of a text that are drawn once, and remembers the best.

    The text is that of the part of the corpus, or all of it if there are no parts.

    Raises:
        CorpusError: if the text cannot be read or has no word with a neighbour.
    """

    def __init__(self, model: Model, corpus: Corpus, part: Part | None) -> None:
        config = model.config
        limit = max(min(MOST_EXAMPLES, SCORES // len(model.vocabulary)), LEAST_EXAMPLES)
        self.examples = list(TextExamples(model, corpus, limit, full_text=False, part=part))
        if not self.examples:
            raise CorpusError(f"--heldout {config.heldout} leaves nothing to measure; take more")
        self.model, self.patience = model, config.patience
        self.kept: Parameters | None = None
        self.keep_best = config.keep_best
        self.best = math.inf  # the lowest loss
        self.failures = 0  # measurements since
        self.leg = (-1, -1)  # after which the last measurement was

    @property
    def state(self) -> HeldOutState:
        """What the measurements have said so far."""
        return HeldOutState(self.best, self.failures, self.leg, self.kept)

    def restore(self, state: HeldOutState) -> None:
        """Go on where another run has stopped."""
        self.best, self.failures, self.leg, self.kept = state

    def measure(self, words: int, leg: tuple[int, int] = (-1, -1)) -> HeldOutTick:
        """Measure the model as it is now, after ``words`` words of training and this leg of it."""
        sums = Sums(self.model, full_text=False)
        for some in self.examples:
            sums.add(some)
        report = sums.report(0, 1.0)
        loss = judged_by(report, self.model.config)
        is_best = loss < self.best
        if is_best and self.keep_best:  # first what takes long, so that no signal comes in between
            self.kept = Parameters(*(np.copy(each) for each in self.model.parameters))
        self.best = min(loss, self.best)
        self.failures = 0 if is_best else self.failures + 1
        self.leg = leg
        return HeldOutTick(
            words=words,
            examples=report.examples,
            nce_loss=report.nce_loss,
            perplexity=report.perplexity,
            mean_log_z=report.mean_log_z,
            sd_log_z=report.sd_log_z,
            is_best=is_best,
        )

    @property
    def is_enough(self) -> bool:
        """Whether the loss has not fallen for as many measurements as there is patience for."""
        return self.patience is not None and self.failures >= self.patience

    def restore_best(self) -> None:
        """Give the model back the parameters that did best, if they were to be kept."""
        if self.kept is not None:
            for array, kept in zip(self.model.parameters, self.kept, strict=True):
                array[:] = kept


def held_out_corpus(config: TrainConfig, corpus: Corpus) -> Corpus:
    """Return the corpus that has the held-out text: one of its own, or that which is trained on.

    Raises:
        CorpusError: if it cannot be read.
    """
    if config.heldout is None or config.held_out_share:
        return corpus
    return Corpus.open([config.heldout], corpus.spool_dir)


def part_of(config: TrainConfig, held_out: bool, block_size: int) -> Part | None:
    """Return the part of the corpus that is held out, or the one that is trained on.

    None stands for all of it.
    """
    share = config.held_out_share
    return Part(share, held_out, config.seed, block_size) if share else None


def judged_by(report: LikelihoodReport, config: TrainConfig) -> float:
    """Return the loss that tells better from worse: NCE's, unless training leaves Z free."""
    if config.loss in ("softmax", "sampled-softmax"):
        return math.log(report.perplexity)
    return report.nce_loss
