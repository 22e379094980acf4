"""Pseudo-words: a vocabulary of syllables whose frequencies follow Zipf's law."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, product
from random import Random

FILLER_WORDS = 5_000

_ONSETS = (*"bdfgklmnprstvz", "br", "dr", "fl", "gr", "kl", "pl", "sk", "st", "tr")
_VOWELS = tuple("aiou")  # no "e": it would spell too many English words
_CODAS = ("", "l", "m", "n", "r", "s", "sh")
_BATCH = 10_000  # words drawn at once: choices() is several times faster per word that way


def pseudo_words(rng: Random, taken: frozenset[str], count: int = FILLER_WORDS) -> list[str]:
    """Make ``count`` distinct words of two syllables, the shortest first, none in ``taken``."""
    syllables = ["".join(parts) for parts in product(_ONSETS, _VOWELS, _CODAS)]
    words: dict[str, None] = {}  # a dict keeps the order, a set would follow the hash seed
    while len(words) < count:
        word = "".join(rng.choices(syllables, k=2))
        if word not in taken:
            words[word] = None
    return sorted(words, key=len)  # as in any language, the frequent words are the short ones


def zipf_stream(rng: Random, words: list[str]) -> Iterator[str]:
    """Draw words for ever, the one at rank ``r`` (from 1) with probability ~ ``1 / r``."""
    cumulative = list(accumulate(1.0 / rank for rank in range(1, len(words) + 1)))
    while True:
        yield from rng.choices(words, cum_weights=cumulative, k=_BATCH)
