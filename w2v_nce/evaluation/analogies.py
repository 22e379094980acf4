"""Analogy questions: "a is to b as c is to what?" (Mikolov et al. 2013).

The protocol is that of word2vec's compute-accuracy: only the most frequent words take part, a
question with a word outside them is left out, and the three words of the question cannot be
its answer. How many questions are left out changes what an accuracy means, so every report
has the coverage too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from w2v_nce.embeddings import Embeddings, Matrix, unit_rows
from w2v_nce.evaluation.lookup import ABSENT, Lookup
from w2v_nce.evaluation.tasks import AnalogyTask, Question

BATCH = 1 << 25  # cosines at a time: 128 MiB
EPSILON = 1e-3  # Levy & Goldberg (2014), so that nothing is divided by zero
SYNTACTIC = "gram"  # how the names of Google's syntactic sections start


@dataclass(frozen=True)
class Score:
    """How many questions there are, were answered, and were answered correctly."""

    correct: int
    answered: int
    total: int

    @property
    def accuracy(self) -> float | None:
        """The share of correct answers among those given; None if none was."""
        return self.correct / self.answered if self.answered else None

    @property
    def coverage(self) -> float:
        """The share of questions whose words are all known."""
        return self.answered / self.total if self.total else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return {
            "accuracy": self.accuracy,
            "coverage": self.coverage,
            "correct": self.correct,
            "answered": self.answered,
            "total": self.total,
        }


@dataclass(frozen=True)
class AnalogyReport:
    """The scores of all sections."""

    sections: dict[str, Score]
    method: str
    vocabulary: int  # words that took part

    @property
    def semantic(self) -> Score:
        """All sections whose names do not start with "gram"."""
        return _sum([s for name, s in self.sections.items() if not name.startswith(SYNTACTIC)])

    @property
    def syntactic(self) -> Score:
        """All sections whose names start with "gram"."""
        return _sum([s for name, s in self.sections.items() if name.startswith(SYNTACTIC)])

    @property
    def total(self) -> Score:
        """All sections."""
        return _sum(list(self.sections.values()))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return {
            "kind": "analogies",
            "method": self.method,
            "vocabulary": self.vocabulary,
            "total": self.total.to_dict(),
            "semantic": self.semantic.to_dict(),
            "syntactic": self.syntactic.to_dict(),
            "sections": {name: score.to_dict() for name, score in self.sections.items()},
        }


def evaluate_analogies(
    embeddings: Embeddings,
    task: AnalogyTask,
    method: str = "add",
    restrict_vocab: int | None = 30000,
    fold_case: bool = True,
) -> AnalogyReport:
    """Answer all questions and count the right answers.

    ``method`` is "add" for 3CosAdd, the word nearest to b - a + c, or "mul" for 3CosMul (Levy &
    Goldberg 2014). ``restrict_vocab`` is the number of most frequent words that take part, None
    for all.
    """
    lookup = Lookup(embeddings, restrict_vocab, fold_case)
    unit = unit_rows(embeddings.vectors[: lookup.size])
    scores = {
        name: _score_section(unit, lookup, questions, method)
        for name, questions in task.sections.items()
    }
    return AnalogyReport(scores, method, lookup.size)


def _score_section(unit: Matrix, lookup: Lookup, questions: list[Question], method: str) -> Score:
    rows = np.array([[lookup.row(word) for word in question] for question in questions])
    known = rows[(rows != ABSENT).all(axis=1)]
    correct = int((answers(unit, known[:, :3], method) == known[:, 3]).sum())
    return Score(correct, len(known), len(rows))


def answers(unit: Matrix, questions: npt.NDArray[np.intp], method: str) -> npt.NDArray[np.intp]:
    """Return the row that answers each question, given the rows of a, b and c.

    ``unit`` is (V, d) with rows of length 1, ``questions`` is (n, 3).
    """
    found = np.empty(len(questions), np.intp)
    batch = max(BATCH // len(unit), 1)
    for start in range(0, len(questions), batch):
        rows = questions[start : start + batch]
        scores = _scores_mul(unit, rows) if method == "mul" else _scores_add(unit, rows)
        np.put_along_axis(scores, rows, -np.inf, axis=1)
        found[start : start + batch] = scores.argmax(axis=1)
    return found


def _scores_add(unit: Matrix, rows: npt.NDArray[np.intp]) -> Matrix:
    a, b, c = (unit[rows[:, i]] for i in range(3))
    return np.asarray((b - a + c) @ unit.T)


def _scores_mul(unit: Matrix, rows: npt.NDArray[np.intp]) -> Matrix:
    """Multiply and divide the cosines, moved to [0, 1]; in place, since they are large."""
    scores = (unit[rows[:, 1]] @ unit.T + 1) / 2
    scores *= (unit[rows[:, 2]] @ unit.T + 1) / 2
    scores /= (unit[rows[:, 0]] @ unit.T + 1) / 2 + np.float32(EPSILON)
    return np.asarray(scores)


def _sum(scores: list[Score]) -> Score:
    return Score(
        sum(score.correct for score in scores),
        sum(score.answered for score in scores),
        sum(score.total for score in scores),
    )
