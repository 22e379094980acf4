"""Whole sentences: the probability of each word, and gaps to be filled.

The context of a word are its known neighbours, as many on each side as the window of training
allows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from w2v_nce.errors import InputError
from w2v_nce.model import Model

GAP = "[?]"


def contexts_of(ids: Sequence[int], window: int) -> list[list[int]]:
    """Return the neighbours of every word."""
    return [[*ids[max(0, i - window) : i], *ids[i + 1 : i + 1 + window]] for i in range(len(ids))]


def score_sentences(
    model: Model, sentences: Sequence[Sequence[str]], normalize: str = "exact"
) -> list[list[float | None]]:
    """Return the log-probability of each word given its neighbours; None for unknown words.

    ``normalize`` is "exact" for a sum over the whole vocabulary, "fast" for the prediction of a
    calibrated model, "none" to trust the scores as they are.

    Raises:
        InputError: if "fast" is asked of a model that is not calibrated.
    """
    predictor, window = model.predictor, model.config.window
    ids = [model.vocabulary.ids(sentence) for sentence in sentences]
    known = [[i for i in sentence if i is not None] for sentence in ids]
    contexts = [context for sentence in known for context in contexts_of(sentence, window)]
    words = np.array([i for sentence in known for i in sentence], np.int64)
    hidden = predictor.hidden(contexts)
    logs = predictor.score(hidden, words)
    if normalize == "exact":
        logs -= predictor.log_normalizer(hidden)
    elif normalize == "fast":
        logs -= predictor.predicted_log_normalizer(hidden)
    values = iter(logs.tolist())
    return [[None if i is None else next(values) for i in sentence] for sentence in ids]


def fill_gaps(
    model: Model, sentences: Sequence[str], count: int = 10
) -> list[list[tuple[str, float]]]:
    """Return the most probable words for the gap ``[?]`` of each sentence, and how probable.

    Raises:
        InputError: naming a sentence that does not have exactly one gap.
    """
    contexts = [gap_context(model, sentence) for sentence in sentences]
    return model.named(model.predictor.best(model.predictor.hidden(contexts), count))


def gap_context(model: Model, sentence: str) -> list[int]:
    """Return the ids of the known neighbours of the gap in a sentence.

    Raises:
        InputError: if it does not have exactly one gap.
    """
    words, window = sentence.split(), model.config.window
    if words.count(GAP) != 1:
        raise InputError(
            f"{sentence[:60]!r} has {words.count(GAP)} gaps; write {GAP} once, as a word of its own"
        )
    place = words.index(GAP)
    left, right = (
        [i for i in model.vocabulary.ids(side) if i is not None]
        for side in (words[:place], words[place + 1 :])
    )
    return [*left[-window:], *right[:window]]
