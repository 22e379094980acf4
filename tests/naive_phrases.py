"""Slow, obvious twins of the search for phrases, on lists of words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator

Words = tuple[bytes, ...]


def candidate(words: list[bytes], start: int, connectors: Iterable[bytes]) -> Words:
    """The words from one up to the next that is no connector; () if there is none."""
    for end in range(start + 1, len(words)):
        if words[start] not in connectors and words[end] not in connectors:
            return tuple(words[start : end + 1])
    return ()


def sentences(texts: list[bytes]) -> Iterator[list[bytes]]:
    for text in texts:
        for line in text.split(b"\n"):
            yield line.split()


def score_of(name: str, pair: int, left: int, right: int, words: int, min_count: int) -> float:
    if name == "count":
        return (pair - min_count) / (left * right) * words
    return math.log(pair * words / (left * right)) / math.log(words / pair)


def find(
    texts: list[bytes], score: str, threshold: float, min_count: int, connectors: Iterable[bytes]
) -> dict[Words, tuple[int, float]]:
    """The phrases with their counts and scores."""
    words: Counter[bytes] = Counter()
    pairs: Counter[Words] = Counter()
    for sentence in sentences(texts):
        words.update(sentence)
        pairs.update(candidate(sentence, i, connectors) for i in range(len(sentence)))
    del pairs[()]
    found = {}
    for pair, count in pairs.items():
        rate = score_of(score, count, words[pair[0]], words[pair[-1]], words.total(), min_count)
        if count >= min_count and rate > threshold:
            found[pair] = (count, rate)
    return found


def join(words: list[bytes], phrases: Iterable[Words], connectors: Iterable[bytes]) -> list[Words]:
    """The words in groups: those of a phrase together."""
    groups, i = [], 0
    while i < len(words):
        pair = candidate(words, i, connectors)
        group = pair if pair in phrases else (words[i],)
        groups.append(group)
        i += len(group)
    return groups


def join_text(
    text: bytes, phrases: Iterable[Words], connectors: Iterable[bytes], delimiter: bytes
) -> bytes:
    """The text with the white space in phrases replaced, line by line."""
    lines = []
    for line in text.split(b"\n"):
        gaps = re.split(rb"[^ \t\r\v\f]+", line)
        out = gaps[0]
        words = iter(gaps[1:])
        for group in join(line.split(), phrases, connectors):
            following = [next(words) for _ in group]
            out += delimiter.join(group) + following[-1]
        lines.append(out)
    return b"\n".join(lines)
