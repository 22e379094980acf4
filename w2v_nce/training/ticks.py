"""The progress of a run, as it is reported: plain data that needs no Numba."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from w2v_nce.evaluation.analogies import AnalogyReport
from w2v_nce.evaluation.similarity import PairReport


@dataclass(frozen=True)
class TrainingTick:
    """The progress of training."""

    words: int  # trained so far, over all epochs
    total_words: int  # as counted; if the counts are not those of the text, there may be more
    seconds: float  # of training, without compilation and evaluation
    learning_rate: float
    loss: float | None  # mean per example since the last tick; None if none was measured
    epoch_loss: float | None  # the same since the present epoch began

    @property
    def words_per_second(self) -> float:
        """The mean speed of training."""
        return self.words / self.seconds if self.seconds > 0 else 0.0

    @property
    def share(self) -> float:
        """The share of the work that is done."""
        return min(self.words / self.total_words, 1.0)


@dataclass(frozen=True)
class HeldOutTick:
    """A measurement on held-out text."""

    words: int  # trained so far
    examples: int  # measured: the same ones every time
    loss: float  # decides which parameters are best: NCE's, or log perplexity where Z is free
    nce_loss: float
    perplexity: float  # with scores normalised over the vocabulary
    mean_log_z: float
    sd_log_z: float
    is_best: bool = False  # no earlier measurement was better


@dataclass(frozen=True)
class EvalTick:
    """The result of an evaluation set."""

    words: int  # trained so far
    file: str
    report: AnalogyReport | PairReport
    is_best: bool = False  # it decides, and no earlier measurement was better

    @property
    def task(self) -> str:
        """The kind of evaluation set: "analogies" or "similarity"."""
        return "analogies" if isinstance(self.report, AnalogyReport) else "similarity"

    @property
    def score(self) -> float | None:
        """The accuracy, from 0 to 1, or Spearman's correlation; None if it is undefined."""
        if isinstance(self.report, AnalogyReport):
            return self.report.total.accuracy
        return self.report.spearman

    @property
    def coverage(self) -> float:
        """The share of the questions or pairs whose words are all known."""
        if isinstance(self.report, AnalogyReport):
            return self.report.total.coverage
        return self.report.coverage

    @property
    def loss(self) -> float | None:
        """The negative score: lower for better vectors."""
        return None if self.score is None else -self.score


@dataclass(frozen=True)
class CheckpointTick:
    """A checkpoint has been written."""

    path: Path
