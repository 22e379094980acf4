"""Words that someone may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

FREQUENT = 20_000  # words that are compared as a whole
LETTERS_OF = 2_000  # words whose letters may be missing in another
LONGEST = 40  # letters; a word that is longer is not looked for


def near_spellings(word: str, words: Sequence[str], index: Mapping[str, int]) -> list[str]:
    """Return up to three known words that are spelt much like a word, the most frequent first.

    These are the word in other cases and what is one letter away; if there is none, whatever
    frequent word looks like it.

    Args:
        word: what is not known.
        words: the known words, most frequent first.
        index: the place of each.
    """
    if not 0 < len(word) <= LONGEST:
        return []
    letters = sorted(set("".join(words[:LETTERS_OF])))
    near = {each for each in _variants(word, letters) if each in index} - {word}
    if near:
        return sorted(near, key=index.__getitem__)[:3]
    alike = [each for each in words[:FREQUENT] if abs(len(each) - len(word)) <= 2]
    return difflib.get_close_matches(word, alike, 3, 0.7)


def _variants(word: str, letters: Sequence[str]) -> Iterator[str]:
    """Yield the word in other cases, and with one letter removed, moved, replaced or added."""
    yield from (word.lower(), word.upper(), word.capitalize(), word.title())
    for i in range(len(word) + 1):
        head, tail = word[:i], word[i:]
        if tail:
            yield head + tail[1:]
            yield head + tail[1:2] + tail[0] + tail[2:]
            yield from (head + letter + tail[1:] for letter in letters)
        yield from (head + letter + tail for letter in letters)
