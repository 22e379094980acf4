"""Selecting phrases among the candidates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from w2v_nce.arrays import Doubles, Longs
from w2v_nce.corpus.phrases.candidates import WORD_BITS, WORD_MASK, Candidates, Numbers, links_of
from w2v_nce.settings.phrase_config import PhraseConfig


@dataclass(frozen=True)
class Phrase:
    """Words that are joined; in a later pass, some may themselves have been joined before."""

    words: tuple[bytes, ...]  # the first, connectors if any, the last
    count: int  # occurrences in this order
    score: float


class WordCounts(NamedTuple):
    """The words that can be part of a phrase, by number, and how many words there are."""

    words: list[bytes]
    counts: Longs
    total: int  # running words of the text, all others included


def select_phrases(
    seen: Candidates, known: WordCounts, config: PhraseConfig, threshold: float
) -> list[Phrase]:
    """Return the candidates that are frequent enough and score above the threshold.

    The best come first, equals in the order of their bytes.
    """
    frequent = seen.pairs.slots[seen.pairs.slots[:, 1] >= config.min_count]
    keys, counts = frequent[:, 0], frequent[:, 1].astype(np.int64)
    links = links_of(seen.chains)
    scores = score_pairs(keys, counts, links, known, config)
    good = np.flatnonzero(scores > threshold)
    links_list = links.tolist()
    names = [words_of_pair(key, links_list, known.words) for key in keys[good].tolist()]
    phrases = map(Phrase, names, counts[good].tolist(), scores[good].tolist())
    return sorted(phrases, key=lambda phrase: (-phrase.score, phrase.words))


def score_pairs(
    keys: Numbers, counts: Longs, links: Numbers, known: WordCounts, config: PhraseConfig
) -> Doubles:
    """Return the scores of pairs; a chain counts as its first word."""
    size = len(known.words)
    lefts = (keys >> WORD_BITS).astype(np.int64)
    while np.any(chained := lefts >= size):
        lefts[chained] = links[lefts[chained] - size] >> WORD_BITS
    rights = (keys & WORD_MASK).astype(np.int64)
    return SCORES[config.score](
        counts.astype(np.float64),
        known.counts[lefts].astype(np.float64),
        known.counts[rights].astype(np.float64),
        known.total,
        config.min_count,
    )


def words_of_pair(key: int, links: list[int], words: list[bytes]) -> tuple[bytes, ...]:
    """Return the words of a pair, chains spelled out."""
    left, word = divmod(key, 1 << int(WORD_BITS))
    if left < len(words):
        return words[left], words[word]
    return *words_of_pair(links[left - len(words)], links, words), words[word]


Score = Callable[[Doubles, Doubles, Doubles, int, int], Doubles]


def count_score(
    pairs: Doubles, lefts: Doubles, rights: Doubles, words: int, min_count: int
) -> Doubles:
    """Return how much more often than by chance pairs occur; arrays are counts."""
    return (pairs - min_count) / (lefts * rights) * words


def npmi_score(
    pairs: Doubles, lefts: Doubles, rights: Doubles, words: int, min_count: int
) -> Doubles:
    """Return the normalised pointwise mutual information of pairs; arrays are counts."""
    share = pairs / words
    result: Doubles = np.log(share / (lefts / words * (rights / words))) / -np.log(share)
    return result


SCORES: Mapping[str, Score] = {"count": count_score, "npmi": npmi_score}
