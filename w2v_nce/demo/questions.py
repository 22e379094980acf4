"""The questions about the demo world: analogies and similar words, derived from the tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, permutations, product
from random import Random
from typing import TypeVar

from w2v_nce.demo import tables
from w2v_nce.demo.tables import Row

T = TypeVar("T")
MAX_QUESTIONS = 500  # per section

#: Section -> the table and its two columns. Names that start with "gram" are syntactic,
#: as in Google's file.
SECTIONS: dict[str, tuple[tuple[Row, ...], int, int]] = {
    "capital-countries": (tables.COUNTRIES, 1, 0),
    "family": (tables.PEOPLE, 0, 1),
    "gram1-comparative": (tables.ADJECTIVES, 0, 1),
    "gram2-present-participle": (tables.VERBS, 0, 1),
    "gram3-past-tense": (tables.VERBS, 0, 2),
    "gram4-nationality-adjective": (tables.COUNTRIES, 0, 2),
    "gram5-plural": (tables.NOUNS, 0, 1),
}

#: The scores of a pair, from 0 to 10: synonyms share all of their company, words of a topic
#: most of it, words of a category (two capitals, two plurals) only the grammar.
SYNONYM, TOPIC, CATEGORY, UNRELATED = 9.5, 7.0, 5.5, 1.0
PAIRS = {SYNONYM: 30, TOPIC: 30, CATEGORY: 40, UNRELATED: 50}  # how many of each


def analogies(rng: Random) -> dict[str, list[tuple[str, str, str, str]]]:
    """Ask ``a : b :: c : d`` for all ordered pairs of rows, or a sample of them, by section."""
    questions = {}
    for section, (rows, left, right) in SECTIONS.items():
        every = [
            (one.forms[left], one.forms[right], other.forms[left], other.forms[right])
            for one, other in permutations(rows, 2)
        ]
        questions[section] = _sample(rng, every, MAX_QUESTIONS)
    return questions


def similar_pairs(rng: Random) -> list[tuple[str, str, float]]:
    """Score pairs of words by what the tables say of them; no pair occurs twice."""
    return [
        (*pair, score)
        for score, pairs in (
            (SYNONYM, [(row.forms[0], row.forms[1]) for row in tables.SYNONYMS]),
            (TOPIC, _within(_topics())),
            (CATEGORY, _within(_categories())),
            (UNRELATED, _across()),
        )
        for pair in _sample(rng, pairs, PAIRS[score])
    ]


def _categories() -> list[tuple[str, ...]]:
    """List words of the same kind: the countries, the capitals, the past tenses and so on."""
    listed = (tables.COUNTRIES, tables.PEOPLE, tables.VERBS, tables.NOUNS, tables.ADJECTIVES)
    return [
        column for table in listed for column in zip(*(row.forms for row in table), strict=True)
    ]


def _topics() -> list[tuple[str, ...]]:
    """List words about the same subject, without its name."""
    return [row.traits for row in tables.TOPICS]


def _within(groups: Iterable[Sequence[str]]) -> list[tuple[str, str]]:
    return [pair for group in groups for pair in combinations(group, 2)]


def _across() -> list[tuple[str, str]]:
    """Pair words that share nothing: from two topics, or from a topic and a category."""
    topics = _topics()
    groups = topics + _categories()
    return [
        pair
        for index, topic in enumerate(topics)
        for other in groups[index + 1 :]
        for pair in product(topic, other)
    ]


def _sample(rng: Random, items: list[T], limit: int) -> list[T]:
    """Keep at most ``limit`` items, drawn at random, in their order."""
    if len(items) <= limit:
        return items
    keyed = sorted((rng.random(), index) for index in range(len(items)))
    return [items[index] for index in sorted(index for _, index in keyed[:limit])]
