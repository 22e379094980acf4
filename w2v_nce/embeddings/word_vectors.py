"""Words and their vectors, looked up by word."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Doubles, Longs, Matrix, Vectors, row_lengths, unit_rows
from w2v_nce.errors import InputError
from w2v_nce.files.stored_vectors import MappedRows
from w2v_nce.text import Cleaning

DERIVED = ("index", "unit", "lengths")  # attributes computed on first access
FREQUENT = 20_000  # words compared as a whole
LETTERS_OF = 2_000  # words whose letters are tried
LONGEST = 40  # letters; longer words get no suggestions


class UnknownWordError(InputError, KeyError):
    """Words without vectors; ``near`` maps each to known words with a similar spelling."""

    def __init__(self, near: Mapping[str, Sequence[str]], known: int) -> None:
        hints = {word: f"near: {', '.join(each)}" for word, each in near.items() if each}
        if len(near) == 1:
            [word] = near
            text = "; ".join([f"{word!r} is not among the {known:,} words", *hints.values()])
        else:
            named = [f"{word!r} ({hints[word]})" if word in hints else repr(word) for word in near]
            text = f"{', '.join(named)} are not among the {known:,} words"
        super().__init__(text)
        self.near = {word: list(each) for word, each in near.items()}
        self.known = known

    @property
    def suggestions(self) -> list[str]:
        """The known words with a spelling similar to one of them."""
        return list(dict.fromkeys(word for each in self.near.values() for word in each))

    def __reduce__(self) -> tuple[Any, ...]:  # by its arguments, not its message
        return type(self), (self.near, self.known)

    def __str__(self) -> str:  # KeyError would show the message in quotes
        return str(self.args[0])


class WordVectors:
    """The lookups of :class:`~w2v_nce.embeddings.embeddings.Embeddings`, without its queries."""

    def __init__(
        self,
        words: Sequence[str],
        vectors: MappedRows | npt.ArrayLike,
        *,
        counts: Longs | None = None,
        lengths: Doubles | None = None,
        cleaning: Cleaning | None = None,
    ) -> None:
        self.words = words
        self.counts = counts
        self.cleaning = cleaning
        self.stored: Vectors = (
            vectors if isinstance(vectors, MappedRows) else np.asarray(vectors, np.float32)
        )
        if len(self.stored.shape) != 2 or len(words) != len(self.stored):
            raise ValueError(f"{len(words)} words and vectors of shape {self.stored.shape}")
        if counts is not None and len(counts) != len(words):
            raise ValueError(f"{len(words)} words and {len(counts)} counts")
        if lengths is not None:
            self.lengths = lengths

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self):,} words, {self.dim} dimensions>"

    def __getstate__(self) -> dict[str, Any]:
        """Return the state to pickle, without derived attributes."""
        return {name: value for name, value in vars(self).items() if name not in DERIVED}

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[str]:
        """Iterate the words."""
        return iter(self.words)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self._find(word) is not None

    def __getitem__(self, word: str) -> Matrix:
        """Return the (d,) vector of a word.

        Raises:
            UnknownWordError: if it has none.
        """
        row = self.row(word)
        return np.asarray(self.stored[row : row + 1][0])

    @property
    def vectors(self) -> Matrix:
        """The (V, d) vectors; those of a word2vec file are read into memory at first use."""
        if isinstance(self.stored, MappedRows):
            self.stored = self.stored[:]
            self.__dict__.pop("lengths", None)  # recomputed, in case the vectors are changed
        return cast("Matrix", self.stored)

    @property
    def dim(self) -> int:
        """The number of dimensions."""
        return int(self.stored.shape[1])

    @cached_property
    def index(self) -> dict[str, int]:
        """The row of every word."""
        return dict(zip(reversed(self.words), range(len(self) - 1, -1, -1), strict=True))

    @cached_property
    def unit(self) -> Matrix:
        """The (V, d) vectors scaled to length 1; a vector of zeros stays as it is."""
        return unit_rows(self.vectors)

    @cached_property
    def lengths(self) -> Doubles:
        """The (V,) lengths of the vectors."""
        return row_lengths(self.stored)

    def similarity(self, a: str, b: str) -> float:
        """Return the cosine of the vectors of two words; 0 if one of them is zero.

        Raises:
            UnknownWordError: if a word has no vector.
        """
        one, other = unit_rows(self.stored[self.rows([a, b])])
        return float(one @ other)

    def row(self, word: str) -> int:
        """Return the row of a word.

        Raises:
            UnknownWordError: if it has none; with near spellings of words that have.
        """
        return self.rows([word])[0]

    def rows(self, words: Iterable[str]) -> list[int]:
        """Return the rows of some words.

        Raises:
            UnknownWordError: naming all that have none; with near spellings of words that have.
        """
        found = [(word, self._find(word)) for word in words]
        unknown = {word: self._near(word) for word, row in found if row is None}
        if unknown:
            raise UnknownWordError(unknown, len(self))
        return [row for _, row in found if row is not None]

    def _find(self, word: str) -> int | None:
        if self.cleaning is None or word in self.index:
            return self.index.get(word)
        return self.index.get(self.cleaning.clean_word(word).decode("utf-8", "surrogateescape"))

    def _near(self, word: str) -> list[str]:
        return near_spellings(word, self.words, self.index)


def near_spellings(word: str, words: Sequence[str], index: Mapping[str, int]) -> list[str]:
    """Return up to three known words with a similar spelling, the most frequent first.

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
