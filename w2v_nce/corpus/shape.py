"""What a text looks like, as far as it is nearly always a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

ENOUGH = 100  # words, to judge by
NEARLY_ALL = 0.8  # of the words


@dataclass
class Shape:
    """How many words some text has, and what kind of words."""

    words: int = 0
    letters: int = 0  # words of a single character
    alone: int = 0  # words that have a line for themselves

    def __add__(self, other: Shape) -> Shape:
        return Shape(
            self.words + other.words, self.letters + other.letters, self.alone + other.alone
        )

    def look_at(self, text: bytes) -> None:
        """Take a piece of text into account."""
        for line in text.split(b"\n"):
            words = line.split()
            self.words += len(words)
            self.alone += len(words) == 1
            self.letters += sum(is_character(word) for word in words)

    def warnings(self, name: str) -> Iterator[str]:
        """Yield what is probably wrong with a corpus of this name."""
        if self.words < ENOUGH:
            return
        if self.letters > NEARLY_ALL * self.words:
            yield (
                f"{name}: {self.letters / self.words:.0%} of the words are a single character;"
                " put white space between words, not between characters"
            )
        if self.alone > NEARLY_ALL * self.words:
            yield (
                f"{name}: {self.alone / self.words:.0%} of the words have a line for themselves,"
                " and so no neighbours to learn from; put sentences on lines"
            )


def is_character(word: bytes) -> bool:
    """Tell whether a word is a single character of UTF-8, or a single byte."""
    return len(word) <= 4 and len(word.decode("utf-8", "replace")) == 1
