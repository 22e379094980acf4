"""Questions to word vectors, many at a time: neighbours, analogies, the odd one out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TypeAlias

import numpy as np

from w2v_nce.arrays import Indices, Matrix, unit_rows
from w2v_nce.embeddings.index import NeighbourIndex
from w2v_nce.embeddings.search import ABSENT, Combine, Found, combination, search
from w2v_nce.embeddings.word_vectors import WordVectors
from w2v_nce.errors import ConfigError, InputError

Scored: TypeAlias = list[tuple[str, float]]
QUESTION = 3  # words: a, b and c


def neighbours(
    embeddings: WordVectors,
    groups: Sequence[Sequence[str]],
    n: int = 10,
    restrict_vocab: int | None = None,
    index: NeighbourIndex | None = None,
) -> list[Scored]:
    """Return for each group of words the n words nearest to all of it, with their cosines.

    What is near to several words is near to the mean of their unit vectors. The words themselves
    are left out; of equally near words, the more frequent comes first. ``restrict_vocab`` is how
    many of the most frequent words may be answers, None or 0 for all. An ``index`` is quicker among
    many words, but may miss some.

    Raises:
        UnknownWordError: naming all words that have no vector.
        InputError: if a group is empty.
        ConfigError: if an index is to search some of the words only.
    """
    if index and restrict_vocab:
        raise ConfigError(
            "cannot be combined with an index, which searches all words", "restrict_vocab"
        )
    if not all(groups):
        raise InputError("there is no word to find neighbours of")
    rows = _rows(embeddings, groups)
    means = [unit_rows(embeddings.stored[group]).mean(axis=0) for group in rows]
    excluded = np.full((len(rows), max(map(len, rows), default=0)), ABSENT, np.intp)
    for group, places in zip(rows, excluded, strict=True):
        places[: len(group)] = group
    asked = unit_rows(np.array(means, np.float32).reshape(len(means), embeddings.dim))
    if index:
        found = index.search(embeddings, asked, max(min(n, len(embeddings)), 0), excluded)
        return _named(embeddings, found)
    return _search(embeddings, asked, n, excluded, restrict_vocab)


def analogies(
    embeddings: WordVectors,
    questions: Sequence[Sequence[str]],
    n: int = 10,
    method: str = "add",
    restrict_vocab: int | None = None,
) -> list[Scored]:
    """Return for each three words a, b, c the n best answers to "a is to b as c is to what?".

    The score is that of ``method``: cos(b) - cos(a) + cos(c) for "add", for "mul" the product of
    the cosines with b and c over that with a, all shifted to [0, 1]. The three words are no
    answers.

    Raises:
        UnknownWordError: naming all words that have no vector.
        InputError: if a question does not have three words.
        ConfigError: if there is no such method.
    """
    for question in questions:
        if len(question) != QUESTION:
            raise InputError(
                f"{' '.join(question)[:60]!r} has {len(question)} words; an analogy takes three,"
                " as in: man king woman"
            )
    rows = np.array(_rows(embeddings, questions), np.intp).reshape(-1, QUESTION)
    asked, combine = combination(rows, method)
    unit = unit_rows(embeddings.stored[asked])
    return _search(embeddings, unit, n, rows, restrict_vocab, combine)


def odd_ones_out(embeddings: WordVectors, groups: Sequence[Sequence[str]]) -> list[Scored]:
    """Return the words of each group with their cosines to its mean, the odd one first.

    The mean is that of the unit vectors.

    Raises:
        UnknownWordError: naming all words that have no vector.
        InputError: if a group has fewer than three different words.
    """
    distinct = [list(dict.fromkeys(group)) for group in groups]
    for group, words in zip(groups, distinct, strict=True):
        if len(words) < 3:
            raise InputError(
                f"{' '.join(group)[:60]!r}: the odd one out takes three different words or more"
            )
    found = []
    for words, rows in zip(distinct, _rows(embeddings, distinct), strict=True):
        unit = unit_rows(embeddings.stored[rows])
        cosines = unit @ unit_rows(unit.mean(axis=0, keepdims=True))[0]
        order = np.argsort(cosines, kind="stable").tolist()
        found.append([(words[i], float(cosines[i])) for i in order])
    return found


def _rows(embeddings: WordVectors, groups: Sequence[Sequence[str]]) -> list[list[int]]:
    """Return the rows of the words in each group.

    Raises:
        UnknownWordError: naming all words that have none.
    """
    rows = iter(embeddings.rows(word for group in groups for word in group))
    return [list(islice(rows, len(group))) for group in groups]


def _search(
    embeddings: WordVectors,
    asked: Matrix,
    n: int,
    excluded: Indices,
    limit: int | None,
    combine: Combine = lambda cosines: cosines,
) -> list[Scored]:
    """Search among the most frequent words, and name what is found."""
    size = min(limit or len(embeddings), len(embeddings))
    lengths = embeddings.lengths[:size]
    found = search(embeddings.stored, lengths, asked, max(min(n, size), 0), excluded, combine)
    return _named(embeddings, found)


def _named(embeddings: WordVectors, found: Found) -> list[Scored]:
    return [
        [(embeddings.words[i], score) for i, score in zip(rows, scores, strict=True) if i != ABSENT]
        for rows, scores in zip(found.rows.tolist(), found.scores.tolist(), strict=True)
    ]
