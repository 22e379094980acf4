"""Words and their vectors, with queries and files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from w2v_nce.arrays import Reals, unit_rows
from w2v_nce.embeddings import queries
from w2v_nce.embeddings.index import NeighbourIndex
from w2v_nce.embeddings.word_vectors import WordVectors
from w2v_nce.errors import require
from w2v_nce.files.model_folder import StoredModel, read_model
from w2v_nce.files.vectors import open_vectors_file, read_vectors


class Embeddings(WordVectors):
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
        vectors: (V, d), kept as float32; mapped rows stay in their file until :attr:`vectors` is
            accessed. If a word is repeated, its first vector counts.
        counts: (V,) how often the words occur in the text; None if unknown.
        lengths: (V,) float64 lengths of the vectors, if known.
        cleaning: How the text was cleaned; words are looked up as they are, then cleaned.

    Raises:
        ValueError: if there is not one vector for each word, or not one count.
    """

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
        ``index``, see :mod:`w2v_nce.embeddings.index`, is quicker, but may miss some.

        Raises:
            UnknownWordError: if a word has no vector.
            ConfigError: if an index is to search some of the words only.
        """
        group = [words] if isinstance(words, str) else words
        return queries.neighbours(self, [group], n, restrict_vocab, index)[0]

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

        ``method`` is "add" for 3CosAdd or "mul" for 3CosMul; see :mod:`w2v_nce.embeddings.search`.

        Raises:
            UnknownWordError: if a word has no vector.
            ConfigError: if there is no such method.
        """
        return queries.analogies(self, [(a, b, c)], n, method, restrict_vocab)[0]

    def odd_one_out(self, words: Sequence[str]) -> str:
        """Return the word that is farthest, by cosine, from the mean of some words.

        Raises:
            UnknownWordError: if a word has no vector.
            InputError: if there are fewer than three different words.
        """
        return queries.odd_ones_out(self, [words])[0][0][0]

    @classmethod
    def load(cls, path: str | Path) -> Embeddings:
        """Read a file of vectors in any format, or a model folder.

        See :mod:`w2v_nce.files.vectors`; what a file is, its content tells.

        Raises:
            FormatError: if the file cannot be read or is malformed.
        """
        if Path(path).is_dir():
            return cls.of_model(read_model(path))
        stored = read_vectors(path)
        return cls(stored.words, stored.vectors, lengths=stored.lengths)

    @classmethod
    def of_model(cls, model: StoredModel) -> Embeddings:
        """Return the vectors that the settings of a model export."""
        config = model.config
        return cls(
            [word.decode("utf-8", "surrogateescape") for word in model.words],
            exported_vectors(model.input, model.output, config.exported),
            counts=model.counts,
            cleaning=config.cleaning,
        )

    def save(self, path: str | Path, kind: str | None = None) -> None:
        """Write a file in the format of its name, or in another.

        ``kind`` is "binary" or "text" for word2vec's formats, "glove" for text without a first
        line, "npy", "safetensors" or "projector"; see :mod:`w2v_nce.files.vectors`.

        Raises:
            ConfigError: if there is no such format.
            OutputError: if the file cannot be opened.
            FormatError: if the format has no way to write one of the words.
            W2vNceError: if the disk does not take it.
        """
        with open_vectors_file(path, kind) as file:
            file.save(self.words, self.vectors)

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


def exported_vectors(input_vectors: Reals, output_vectors: Reals, kind: str) -> Reals:
    """Return the vectors of a model that ``kind`` names: (V, dim), for "concat" (V, 2 dim)."""
    if kind == "concat":
        return np.hstack([unit_rows(input_vectors), unit_rows(output_vectors)])
    if kind == "sum":
        return input_vectors + output_vectors
    return output_vectors if kind == "output" else input_vectors
