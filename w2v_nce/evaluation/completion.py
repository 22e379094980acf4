"""Sentence completion: which of some candidates fits a gap (Zweig & Burges 2011).

CBOW takes the candidate that is most probable given its neighbours. Skip-gram takes the one that
makes its neighbours most probable, as Mnih & Kavukcuoglu (2013) do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from w2v_nce.errors import FormatError
from w2v_nce.evaluation.tasks import read_text
from w2v_nce.model.model import Model
from w2v_nce.model.sentences import GAP, gap_context
from w2v_nce.text import BLANKS, split_words


@dataclass(frozen=True)
class Completion:
    """A sentence with a gap, the word that belongs there, and others."""

    sentence: str
    answer: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class CompletionReport:
    """Results of sentence completion."""

    questions: int
    known: int  # whose answers the model knows
    correct: int
    chance: float  # expected share of correct answers when guessing

    @property
    def accuracy(self) -> float:
        """The share of correct answers among all questions."""
        return self.correct / self.questions

    def to_dict(self) -> dict[str, Any]:
        """Return all figures for JSON."""
        return {"task": "completion", **asdict(self), "accuracy": self.accuracy}


def read_questions(path: str | Path) -> list[Completion]:
    """Read lines of a sentence with a gap ``[?]``, the right word and others, between tabs.

    Empty lines and lines that start with # are skipped.

    Raises:
        FormatError: naming the file and the line that is no question.
    """
    questions = []
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip(BLANKS) or line.startswith("#"):
            continue
        sentence, *candidates = (field.strip(BLANKS) for field in line.split("\t"))
        if split_words(sentence).count(GAP) != 1 or len(candidates) < 2 or not all(candidates):
            raise FormatError(
                f"{path}, line {number}: {line[:60]!r} is not a sentence with one {GAP}, its word"
                " and other words, with tabs between"
            )
        questions.append(Completion(sentence, candidates[0], tuple(candidates[1:])))
    if not questions:
        raise FormatError(f"{path} holds no questions")
    return questions


def evaluate_completion(model: Model, questions: Sequence[Completion]) -> CompletionReport:
    """Answer all questions; a candidate that the model does not know is never chosen.

    An answer counts only if it beats all others: a tie is wrong.
    """
    known = correct = 0
    for question in questions:
        context = gap_context(model, question.sentence)
        answer, *others = scores_of(model, context, [question.answer, *question.others])
        known += answer > -np.inf
        correct += answer > max(others)
    guessing = [1 / (1 + len(question.others)) for question in questions]
    return CompletionReport(len(questions), known, correct, float(np.mean(guessing)))


def scores_of(model: Model, context: list[int], candidates: list[str]) -> list[float]:
    """Return a score for each candidate in a context; -inf for unknown words."""
    predictor = model.predictor
    scores = []
    for word in model.ids(candidates):
        if word is None:
            scores.append(-np.inf)
        elif model.config.architecture == "cbow":
            scores.append(float(predictor.score(predictor.hidden([context]), np.array([word]))[0]))
        else:
            hidden = np.repeat(predictor.hidden([[word]]), len(context), axis=0)
            normalizer = predictor.log_normalizer(hidden[:1]).sum() * len(context)
            scores.append(float(predictor.score(hidden, np.array(context)).sum() - normalizer))
    return scores
