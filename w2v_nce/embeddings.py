"""Words and their vectors, for use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Longs
from w2v_nce.cleaning import Cleaning
from w2v_nce.errors import InputError
from w2v_nce.extras import require
from w2v_nce.records import Matrix, Records, Vectors
from w2v_nce.search import Doubles, row_lengths, unit_rows

if TYPE_CHECKING:
    from w2v_nce.neighbour_index import NeighbourIndex

__all__ = ["Embeddings", "Matrix", "UnknownWordError", "unit_rows"]


DERIVED = ("index", "unit", "lengths")  # attributes that are worked out when they are needed


class UnknownWordError(InputError, KeyError):
    """Words have no vectors; ``near`` has them all, each with known words spelt much like it."""

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
        """The known words that are spelt much like one of them."""
        return list(dict.fromkeys(word for each in self.near.values() for word in each))

    def __reduce__(self) -> tuple[Any, ...]:  # pickled as it was made, not from its message
        return type(self), (self.near, self.known)

    def __str__(self) -> str:  # KeyError would show the message in quotes
        return str(self.args[0])


class Embeddings:
    """Words, most frequent first, and a vector for each.

    >>> vectors = Embeddings(["tea", "milk", "rain"], [[2, 0], [3, 4], [0, -1]])
    >>> vectors["milk"]
    array([3., 4.], dtype=float32)
    >>> "coffee" in vectors, len(vectors), list(vectors)
    (False, 3, ['tea', 'milk', 'rain'])
    >>> round(vectors.similarity("tea", "milk"), 3)
    0.6
    >>> [word for word, cosine in vectors.neighbours("tea")]
    ['milk', 'rain']

    What gensim has in its ``KeyedVectors`` becomes ``Embeddings(kv.index_to_key, kv.vectors)``.

    Args:
        words: Decoded from UTF-8 with "surrogateescape", so that any bytes survive.
        vectors: (V, d), kept as float32; records of a file stay there until :attr:`vectors` is
            asked for. Of a word that comes twice, the first vector counts.
        counts: (V,) how often the words occur in the text; None where that is not known.
        lengths: (V,) float64, those of the vectors if they are known.
        cleaning: What was done to the text that the words are from; a word that is asked for is
            looked up as it is, and then as this makes it.

    Raises:
        ValueError: if there is not one vector for each word, or not one count.
    """

    def __init__(
        self,
        words: Sequence[str],
        vectors: Records | npt.ArrayLike,
        *,
        counts: Longs | None = None,
        lengths: Doubles | None = None,
        cleaning: Cleaning | None = None,
    ) -> None:
        self.words = words
        self.counts = counts
        self.cleaning = cleaning
        self.stored: Vectors = (
            vectors if isinstance(vectors, Records) else np.asarray(vectors, np.float32)
        )
        if len(self.stored.shape) != 2 or len(words) != len(self.stored):
            raise ValueError(f"{len(words)} words and vectors of shape {self.stored.shape}")
        if counts is not None and len(counts) != len(words):
            raise ValueError(f"{len(words)} words and {len(counts)} counts")
        if lengths is not None:
            self.lengths = lengths

    def __repr__(self) -> str:
        return f"<Embeddings: {len(self):,} words, {self.dim} dimensions>"

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled: all but what is worked out anew."""
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
        if isinstance(self.stored, Records):
            self.stored = self.stored[:]
            self.__dict__.pop("lengths", None)  # which follow if these are changed
        return self.stored

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

    def neighbours(
        self,
        words: str | Sequence[str],
        n: int = 10,
        restrict_vocab: int | None = None,
        index: NeighbourIndex | None = None,
    ) -> list[tuple[str, float]]:
        """Return the n words nearest to a word, or to the mean of several, with their cosines.

        The words themselves are excluded. The nearest come first; of equally near words, the more
        frequent. ``restrict_vocab`` is how many of the most frequent words may be answers. An
        ``index``, see :mod:`w2v_nce.neighbour_index`, is quicker, but may miss some.

        Raises:
            UnknownWordError: if a word has no vector.
            ConfigError: if an index is to search some of the words only.
        """
        from w2v_nce.queries import neighbours

        group = [words] if isinstance(words, str) else words
        return neighbours(self, [group], n, restrict_vocab, index)[0]

    def analogy(
        self,
        a: str,
        b: str,
        c: str,
        n: int = 10,
        method: str = "add",
        restrict_vocab: int | None = None,
    ) -> list[tuple[str, float]]:
        """Return the n best answers to "a is to b as c is to what?", with their scores.

        ``method`` is "add" for 3CosAdd or "mul" for 3CosMul; see :mod:`w2v_nce.analogy`.

        Raises:
            UnknownWordError: if a word has no vector.
            ConfigError: if there is no such method.
        """
        from w2v_nce.queries import analogies

        return analogies(self, [(a, b, c)], n, method, restrict_vocab)[0]

    def odd_one_out(self, words: Sequence[str]) -> str:
        """Return the word that is farthest, by cosine, from the mean of some words.

        Raises:
            UnknownWordError: if a word has no vector.
            InputError: if there are fewer than three different words.
        """
        from w2v_nce.queries import odd_ones_out

        return odd_ones_out(self, [words])[0][0][0]

    @classmethod
    def load(cls, path: str | Path) -> Embeddings:
        """Read a file of vectors in any format, or a model folder.

        See :mod:`w2v_nce.formats.vectors`; what a file is, its content tells.

        Raises:
            FormatError: if the file cannot be read or is malformed.
        """
        from w2v_nce.formats.vectors import load_vectors

        return load_vectors(path)

    def save(self, path: str | Path, kind: str | None = None) -> None:
        """Write a file in the format of its name, or in another.

        ``kind`` is "binary" or "text" for word2vec's formats, "glove" for text without a first
        line, "npy", "safetensors" or "projector"; see :mod:`w2v_nce.formats.vectors`.

        Raises:
            ConfigError: if there is no such format.
            OutputError: if the file cannot be opened.
            FormatError: if the format has no way to write one of the words.
            W2vNceError: if the disk does not take it.
        """
        from w2v_nce.formats.vectors import open_vectors_file

        with open_vectors_file(path, kind) as file:
            file.save(self)

    def to_gensim(self) -> Any:
        """Return gensim's ``KeyedVectors`` with these words and vectors, and counts if known.

        Raises:
            ConfigError: if gensim is not installed.
        """
        models = require("gensim.models", "to_gensim()", "gensim", "gensim")
        rows = sorted(self.index.values())
        keyed = models.KeyedVectors(self.dim)
        keyed.add_vectors([self.words[row] for row in rows], self.vectors[rows])
        if self.counts is not None:
            for row in rows:
                keyed.set_vecattr(self.words[row], "count", int(self.counts[row]))
        return keyed

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
        from w2v_nce.spelling import near_spellings

        return near_spellings(word, self.words, self.index)
