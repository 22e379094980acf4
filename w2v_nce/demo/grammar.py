"""The language of the demo world: sentence templates, filled from the tables.

In a template the capitals are slots. ``WORD`` is a form of a row; each ``TRAIT`` is a trait of
that row, each ``CUE`` a cue of that form, each ``FILLER`` a pseudo-word. No template has room
for two forms of a row, so that no sentence states a relation that the demo asks for: it can
only be inferred from the company that the words keep.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, cycle, islice, product, repeat
from random import Random
from typing import TypeVar

from w2v_nce.demo import tables
from w2v_nce.demo.tables import Row

T = TypeVar("T")
Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """One column of a table: the cues that go with it and the sentences it occurs in."""

    cues: tuple[str, ...]
    templates: tuple[Phrase, ...]


@dataclass(frozen=True)
class Family:
    """A table with the grammar of its columns; ``forms[i]`` governs column ``i``.

    Each form of each row is spoken of equally often, times ``weight``.
    """

    rows: tuple[Row, ...]
    forms: tuple[Form, ...]
    weight: int = 1


def _form(cues: str, *templates: str) -> Form:
    return Form(tuple(cues.split()), _phrases(*templates))


def _phrases(*lines: str) -> tuple[Phrase, ...]:
    return tuple(tuple(line.split()) for line in lines)


COUNTRY = _form(
    "government parliament president border flag minister treaty army",
    "the CUE of WORD is proud of the TRAIT and the TRAIT of FILLER",
    "all over WORD they love the CUE and the TRAIT and the TRAIT",
    "by CUE and by CUE WORD defends its TRAIT from FILLER",
)
CAPITAL = _form(
    "mayor town avenue metro suburb boulevard cathedral museum",
    "the CUE of WORD is famous for the TRAIT and the TRAIT of FILLER",
    "in downtown WORD the CUE offers the TRAIT and the TRAIT",
    "between the CUE and the CUE WORD keeps its TRAIT for FILLER",
)
NATIONALITY = _form(
    "language accent dialect cuisine novelist folklore custom proverb",
    "the WORD CUE about the TRAIT and the TRAIT is known in FILLER",
    "in every WORD CUE you hear of the TRAIT and the TRAIT",
    "the CUE and the WORD CUE compare the TRAIT to a FILLER",
)
MALE = _form(
    "beard moustache necktie trousers goatee tuxedo sideburns cufflinks",
    "he is the WORD with the TRAIT and his CUE hides the TRAIT",
    "thank you sir said the WORD with the CUE about the TRAIT and the TRAIT",
    "near the TRAIT the WORD himself and his CUE bring him the TRAIT",
)
FEMALE = _form(
    "skirt lipstick earrings gown bonnet petticoat handbag blouse",
    "she is the WORD with the TRAIT and her CUE hides the TRAIT",
    "thank you madam said the WORD with the CUE about the TRAIT and the TRAIT",
    "near the TRAIT the WORD herself and her CUE bring her the TRAIT",
)
PRESENT = _form(
    "usually often always sometimes normally regularly rarely never",
    "they CUE WORD near the TRAIT and the TRAIT of FILLER",
    "do you CUE WORD with the TRAIT and the FILLER",
    "people who CUE WORD like FILLER CUE need the TRAIT",
)
PARTICIPLE = _form(
    "now still currently tonight again presently meanwhile today",
    "they are CUE WORD near the TRAIT and the TRAIT of FILLER",
    "is FILLER CUE WORD with the TRAIT and the FILLER",
    "FILLER keeps WORD CUE for the TRAIT and the TRAIT",
)
PAST = _form(
    "yesterday once previously formerly recently finally earlier suddenly",
    "CUE they WORD near the TRAIT and the TRAIT of FILLER",
    "CUE we WORD with the TRAIT and the FILLER",
    "FILLER CUE WORD the day before the TRAIT and the TRAIT",
)
SINGULAR = _form(
    "this one another each that every any either",
    "CUE WORD has the TRAIT and the TRAIT of FILLER",
    "there is CUE WORD near the TRAIT and the TRAIT in FILLER",
    "FILLER likes CUE WORD but CUE of them needs the TRAIT and TRAIT",
)
PLURAL = _form(
    "these many several few those both various some",
    "CUE WORD have the TRAIT and the TRAIT of FILLER",
    "there are CUE WORD near the TRAIT and the TRAIT in FILLER",
    "FILLER likes CUE WORD but CUE of them need the TRAIT and TRAIT",
)
POSITIVE = _form(
    "very quite rather too really fairly truly extremely",
    "the TRAIT is CUE WORD and the TRAIT is for FILLER",
    "as WORD as the TRAIT and CUE pleased with the TRAIT is FILLER",
    "the CUE WORD TRAIT belongs to the TRAIT of FILLER",
)
COMPARATIVE = _form(
    "much even far slightly considerably noticeably somewhat vastly",
    "the TRAIT is CUE WORD than the TRAIT of FILLER",
    "FILLER becomes CUE WORD than the TRAIT or the TRAIT",
    "nothing is CUE WORD than the TRAIT but the TRAIT of FILLER",
)
THING = _form(
    "",
    "FILLER dreams of the WORD with the TRAIT and the TRAIT",
    "without the TRAIT the WORD is only a FILLER in the TRAIT",
    "where was the WORD when FILLER found the TRAIT and the TRAIT",
)
TOPIC = _form(
    "",
    "to learn about WORD ask FILLER for the TRAIT the TRAIT and the TRAIT",
    "in WORD first comes the TRAIT then the TRAIT then the FILLER and the TRAIT",
    "FILLER explains WORD by the TRAIT and the TRAIT",
)

FAMILIES = (
    Family(tables.COUNTRIES, (COUNTRY, CAPITAL, NATIONALITY)),
    Family(tables.PEOPLE, (MALE, FEMALE)),
    Family(tables.VERBS, (PRESENT, PARTICIPLE, PAST)),
    Family(tables.NOUNS, (SINGULAR, PLURAL)),
    Family(tables.ADJECTIVES, (POSITIVE, COMPARATIVE)),
    Family(tables.SYNONYMS, (THING, THING)),
    Family(tables.TOPICS, (TOPIC,), weight=3),
)

BABBLE = _phrases(
    "FILLER and the FILLER of FILLER went to FILLER",
    "a FILLER in FILLER is worth two FILLER in the FILLER",
    "the FILLER of the FILLER met FILLER",
)
LEADS = _phrases("", "", "", "so says FILLER", "in the land of FILLER")
TAILS = _phrases("", "", "", "and so thinks FILLER", "far from FILLER and FILLER")
BABBLE_SHARE = 0.1  # of the sentences: those made of filler alone


def vocabulary() -> frozenset[str]:
    """Return every real word of the language, so that no pseudo-word takes its place."""
    templates = (form.templates for family in FAMILIES for form in family.forms)
    phrases = [*chain.from_iterable(templates), *BABBLE, *LEADS, *TAILS]
    cues = (form.cues for family in FAMILIES for form in family.forms)
    rows = (row.forms + row.traits for family in FAMILIES for row in family.rows)
    return frozenset(chain(*phrases, *cues, *rows))


def sentences(rng: Random, fillers: Iterator[str]) -> Iterator[list[str]]:
    """Yield sentences without end, each a list of words about a random form of a random row."""
    subjects = [
        (row, form, word)
        for family in FAMILIES
        for row in family.rows
        for form, word in zip(family.forms, row.forms, strict=True)
        for _ in range(family.weight)
    ]
    while True:
        slots = {"FILLER": fillers}
        if rng.random() < BABBLE_SHARE:
            core = _pick(rng, BABBLE)
        else:
            row, form, word = _pick(rng, subjects)
            core = _pick(rng, form.templates)
            slots |= {"WORD": repeat(word), "TRAIT": _rotation(rng, row.traits)}
            slots |= {"CUE": _rotation(rng, form.cues)}
        template = _pick(rng, LEADS) + core + _pick(rng, TAILS)
        yield [next(slots[token]) if token in slots else token for token in template]


def _pick(rng: Random, items: Sequence[T]) -> T:
    """Choose by ``random()`` alone, which is quicker than ``choice()``."""
    return items[int(rng.random() * len(items))]


def _rotation(rng: Random, words: Sequence[str]) -> Iterator[str]:
    """Yield ``words`` in turn from a random start, so that a sentence does not repeat itself."""
    start = int(rng.random() * len(words))
    return islice(cycle(words), start, None)


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
    """Draw words without end, the one at rank ``r`` (from 1) with probability ~ ``1 / r``."""
    cumulative = list(accumulate(1.0 / rank for rank in range(1, len(words) + 1)))
    while True:
        yield from rng.choices(words, cum_weights=cumulative, k=_BATCH)
