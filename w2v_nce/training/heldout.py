"""Text that is kept from training, and what it says of the model in the meantime."""

from __future__ import annotations

import math
from dataclasses import dataclass

from w2v_nce.config import TrainConfig
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.split import Part
from w2v_nce.errors import CorpusError
from w2v_nce.evaluation.examples import TextExamples
from w2v_nce.evaluation.likelihood import LikelihoodReport, Sums
from w2v_nce.model import Model

MOST_EXAMPLES = 5000
LEAST_EXAMPLES = 500
SCORES = 200_000_000  # of all words for all examples: more would take long with many words


@dataclass(frozen=True)
class HeldOutTick:
    """What the held-out text says after so many words of training."""

    words: int
    examples: int  # on which the figures rest: always the same ones
    loss: float  # what tells better from worse: NCE's, unless training leaves Z free
    nce_loss: float
    perplexity: float  # with scores normalised over the vocabulary
    mean_log_z: float
    sd_log_z: float
    is_best: bool = False  # no measurement before was better


class HeldOut:
    """Measures a model on examples of a text that are drawn once.

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

    def measure(self, model: Model, words: int) -> HeldOutTick:
        """Measure the model as it is now, after ``words`` words of training."""
        sums = Sums(model, full_text=False)
        for some in self.examples:
            sums.add(some)
        report = sums.report(0, 1.0)
        return HeldOutTick(
            words=words,
            examples=report.examples,
            loss=judged_by(report, model.config),
            nce_loss=report.nce_loss,
            perplexity=report.perplexity,
            mean_log_z=report.mean_log_z,
            sd_log_z=report.sd_log_z,
        )


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
