"""Evaluation of vectors and of probabilities."""

from w2v_nce.evaluation.analogies import AnalogyReport, evaluate_analogies
from w2v_nce.evaluation.similarity import PairReport, evaluate_pairs
from w2v_nce.evaluation.tasks import AnalogyTask, PairTask, read_task

__all__ = [
    "AnalogyReport",
    "AnalogyTask",
    "PairReport",
    "PairTask",
    "evaluate_analogies",
    "evaluate_pairs",
    "read_task",
]
