"""Analogy questions: "a is to b as c is to what?" (Mikolov et al. 2013).

The protocol is that of word2vec's compute-accuracy: only the most frequent words take part, a
question with a word outside them is left out, and the three words of the question cannot be
its answer. How many questions are left out changes what an accuracy means, so every report
has the coverage too.

Where case is folded and several words become one, the most frequent of them alone takes part:
otherwise "paris" could answer a question about "Paris".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2v_nce.arrays import Indices, Matrix, unit_rows
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.embeddings.search import ABSENT, METHODS, combination
from w2v_nce.errors import ConfigError
from w2v_nce.evaluation.tasks import AnalogyTask, Lookup, Question

COSINES = 1 << 22  # per matrix product: 16 MiB; many small products would be slow
QUESTIONS = 512  # at a time, ...
CANDIDATES = 1024  # ... with as many words: 2 MiB of scores, which fit into a cache
SYNTACTIC = "gram"  # prefix of the names of Google's syntactic sections


@dataclass(frozen=True)
class Score:
    """The number of questions, of answers, and of correct answers."""

    correct: int
    answered: int
    total: int

    @classmethod
    def sum(cls, scores: Iterable[Score]) -> Score:
        """Count all questions of several scores."""
        counts = [(score.correct, score.answered, score.total) for score in scores]
        return cls(*(sum(column) for column in zip((0, 0, 0), *counts, strict=True)))

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
        return Score.sum(s for name, s in self.sections.items() if not name.startswith(SYNTACTIC))

    @property
    def syntactic(self) -> Score:
        """All sections whose names start with "gram"."""
        return Score.sum(s for name, s in self.sections.items() if name.startswith(SYNTACTIC))

    @property
    def total(self) -> Score:
        """All sections."""
        return Score.sum(self.sections.values())

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return {
            "task": "analogies",
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

    ``method`` is "add" for 3CosAdd, the word nearest to b - a + c (Mikolov et al. 2013), or
    "mul" for 3CosMul (Levy & Goldberg 2014). ``restrict_vocab`` is the number of most frequent
    words that take part, None or 0 for all. ``fold_case`` makes upper and lower case the same.

    Raises:
        ConfigError: if there is no such method.
    """
    if method not in METHODS:
        raise ConfigError(f"method is {method!r}; choose one of {', '.join(METHODS)}")
    lookup = Lookup(embeddings, max(restrict_vocab or 0, 0), fold_case)
    candidates = np.fromiter(lookup.rows.values(), np.intp)  # ascending: most frequent first
    unit = unit_rows(embeddings.stored[candidates])
    scores = {
        name: _score_section(unit, _places(lookup, candidates, questions), method)
        for name, questions in task.sections.items()
    }
    return AnalogyReport(scores, method, lookup.size)


def _places(lookup: Lookup, candidates: Indices, questions: list[Question]) -> Indices:
    """Return (n, 4): each question's words as places among the candidates, or ABSENT."""
    rows = np.array([lookup.row(word) for question in questions for word in question], np.intp)
    rows = rows.reshape(-1, 4)
    return np.where(rows == ABSENT, ABSENT, np.searchsorted(candidates, rows))


def _score_section(unit: Matrix, places: Indices, method: str) -> Score:
    known = places[(places != ABSENT).all(axis=1)]
    correct = int((answers(unit, known[:, :3], method) == known[:, 3]).sum())
    return Score(correct, len(known), len(places))


def answers(unit: Matrix, questions: Indices, method: str) -> Indices:
    """Return the row that answers each question, given the rows of a, b and c.

    ``unit`` is (V, d) with rows of length 1, ``questions`` is (n, 3). Of equally good answers
    the most frequent word, which is first, is taken; ABSENT if there is no fourth word.
    """
    batches = range(0, len(questions), QUESTIONS)
    found = [_answer_batch(unit, questions[i : i + QUESTIONS], method) for i in batches]
    return np.concatenate([np.empty(0, np.intp), *found])


def _answer_batch(unit: Matrix, questions: Indices, method: str) -> Indices:
    # Questions of a section repeat few words, whose cosines are computed once.
    asked, combine = combination(questions, method)
    everyone = np.arange(len(questions))
    best = np.full(len(questions), -np.inf, np.float32)
    found = np.full(len(questions), ABSENT, np.intp)
    for start, cosines in _cosines(unit, asked):
        scores = combine(cosines)
        _exclude(scores, questions - start)
        nearest = scores.argmax(axis=1)
        score = scores[everyone, nearest]
        better = score > best
        best[better], found[better] = score[better], nearest[better] + start
    return found


def _cosines(unit: Matrix, asked: Indices) -> Iterator[tuple[int, Matrix]]:
    """Yield the first of some candidates, and their cosines with the words of the questions."""
    wide = max(COSINES // len(asked), CANDIDATES)
    for start in range(0, len(unit), wide):
        cosines = unit[asked] @ unit[start : start + wide].T
        for column in range(0, cosines.shape[1], CANDIDATES):
            yield start + column, cosines[:, column : column + CANDIDATES]


def _exclude(scores: Matrix, rows: Indices) -> None:
    """Exclude the words of the questions from the answers."""
    question, word = np.nonzero((rows >= 0) & (rows < scores.shape[1]))
    scores[question, rows[question, word]] = -np.inf
