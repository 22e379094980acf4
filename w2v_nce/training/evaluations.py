"""Evaluation sets that say in the meantime what the vectors are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from w2v_nce.embeddings import Embeddings
from w2v_nce.evaluation import (
    AnalogyReport,
    AnalogyTask,
    PairReport,
    PairTask,
    evaluate_analogies,
    evaluate_pairs,
    read_task,
)
from w2v_nce.model import Model


@dataclass(frozen=True)
class EvalTick:
    """What an evaluation set says of the vectors after so many words of training."""

    words: int
    file: str
    report: AnalogyReport | PairReport
    is_best: bool = False  # it decides what is best, and no measurement before was better

    @property
    def task(self) -> str:
        """What kind of set it is: "analogies" or "similarity"."""
        return "analogies" if isinstance(self.report, AnalogyReport) else "similarity"

    @property
    def score(self) -> float | None:
        """The accuracy, from 0 to 1, or Spearman's correlation; None where there is none."""
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
        """What is lower for better vectors."""
        return None if self.score is None else -self.score


class Evaluations:
    """Evaluation sets, read beforehand.

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
