"""Whole sentences: the probability of each word, and words for gaps.

The context of a word are its known neighbours, as many on each side as the window of training
allows.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from w2v_nce.arrays import Doubles, Reals
from w2v_nce.errors import ConfigError, InputError
from w2v_nce.model.model import Model
from w2v_nce.model.predictor import Predictor
from w2v_nce.text import split_words

GAP = "[?]"
WORDS_AT_ONCE = 4096  # bounds the memory for hidden vectors


def contexts_of(ids: Sequence[int], window: int) -> Iterator[list[int]]:
    """Yield the neighbours of every word."""
    for i in range(len(ids)):
        yield [*ids[max(0, i - window) : i], *ids[i + 1 : i + 1 + window]]


def score_sentences(
    model: Model, sentences: Sequence[Sequence[str]], normalize: str = "exact"
) -> list[list[float | None]]:
    """Return the log-probability of each word given its neighbours; None for unknown words.

    ``normalize`` is "exact" for a sum over the whole vocabulary, "fast" for the prediction of a
    calibrated model, "none" to trust the scores as they are.

    Raises:
        ConfigError: if ``normalize`` is none of these.
        InputError: if it is "fast" and the model is not calibrated.
    """
    predictor, window = model.predictor, model.config.window
    ids = [model.ids(sentence) for sentence in sentences]
    known = [[i for i in sentence if i is not None] for sentence in ids]
    normalizer = normalizer_of(predictor, normalize)
    pairs = (
        (word, context)
        for sentence in known
        for word, context in zip(sentence, contexts_of(sentence, window), strict=True)
    )
    logs: list[float] = []
    while some := list(itertools.islice(pairs, WORDS_AT_ONCE)):
        hidden = predictor.hidden([context for _, context in some])
        words = np.array([word for word, _ in some], np.int64)
        logs += (predictor.score(hidden, words) - normalizer(hidden)).tolist()
    values = iter(logs)
    return [[None if i is None else next(values) for i in sentence] for sentence in ids]


def normalizer_of(predictor: Predictor, normalize: str) -> Callable[[Reals], Doubles]:
    """Return the function that computes log Z, which is subtracted from scores.

    Raises:
        ConfigError: if ``normalize`` is none of these.
        InputError: if it is "fast" and the model is not calibrated.
    """
    if normalize == "exact":
        return predictor.log_normalizer
    if normalize == "fast":
        predictor.predicted_log_normalizer(predictor.hidden([]))  # fails early
        return predictor.predicted_log_normalizer
    if normalize == "none":
        return lambda hidden: np.zeros(len(hidden))
    raise ConfigError(f"normalize is {normalize!r}; choose one of exact, fast, none")


def fill_gaps(
    model: Model, sentences: Sequence[str], count: int = 10
) -> list[list[tuple[str, float]]]:
    """Return the most probable words for the gap ``[?]`` of each sentence, with probabilities.

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
    words, window = split_words(sentence), model.config.window
    if words.count(GAP) != 1:
        raise InputError(
            f"{sentence[:60]!r} has {words.count(GAP)} gaps; write {GAP} once, as a word of its own"
        )
    place = words.index(GAP)
    left, right = (
        [i for i in model.ids(side) if i is not None]
        for side in (words[:place], words[place + 1 :])
    )
    return [*left[-window:], *right[:window]]
