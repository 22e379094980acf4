"""Vectors or a model that training starts from."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from w2v_nce.arrays import Longs
from w2v_nce.corpus.vocabulary import Vocabulary, united
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.errors import ConfigError, FormatError
from w2v_nce.model.model import Model

#: The settings on which the meaning of a model's parameters depends.
OF_MODEL = (
    "architecture", "loss", "combiner", "normalizer", "dim", "lowercase", "encoding_errors"
)  # fmt: skip


@dataclass(frozen=True)
class Pretrained:
    """Vectors or a model from which some words take their first parameters.

    Vectors set the input vectors of their words. A model sets all parameters of its words, which
    are then the vocabulary, unless it is to be ``extended`` by the words of the new text.
    """

    name: str
    source: Embeddings | Model
    extended: bool = False

    @classmethod
    def load(cls, path: str | Path, extended: bool = False) -> Pretrained:
        """Open a file of vectors or a model folder.

        Raises:
            FormatError: if it is neither, or malformed.
            ConfigError: if vectors are to be extended, which have no vocabulary.
        """
        if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir() raises where it may not look
            return cls(str(path), Model.load(path), extended)
        if extended:
            raise ConfigError(f"needs the words of a model; {path} is none", "extended")
        return cls(str(path), Embeddings.load(path))

    @property
    def dim(self) -> int:
        """The size of the vectors."""
        source = self.source
        return source.dim if isinstance(source, Embeddings) else source.config.dim

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that a run takes over, unless it is given others."""
        if isinstance(self.source, Model):
            settings = asdict(self.source.config)
            return {name: settings[name] for name in OF_MODEL}
        return {"dim": self.dim}

    @property
    def has_vocabulary(self) -> bool:
        """Whether it decides which words are trained."""
        return isinstance(self.source, Model)

    @property
    def words(self) -> list[bytes]:
        """The words that have vectors."""
        if isinstance(self.source, Model):
            return self.source.vocabulary.words
        return [word.encode("utf-8", "surrogateescape") for word in self.source.words]

    def vocabulary(self, counted: Vocabulary) -> Vocabulary:
        """Return the words to be trained, given those of the text."""
        if not isinstance(self.source, Model):
            return counted
        old = self.source.vocabulary
        return united(old, counted) if self.extended else old

    def fill(self, model: Model) -> None:
        """Set the parameters of a new model for the words that are known.

        Raises:
            ConfigError: if the vectors have another size.
            FormatError: if none of the words is in the vocabulary.
        """
        if self.dim != model.config.dim:
            raise ConfigError(
                f"is {model.config.dim}, but the vectors of {self.name} have {self.dim} numbers;"
                " leave it out",
                "dim",
            )
        index = model.vocabulary.index
        pairs = [(index[word], row) for row, word in enumerate(self.words) if word in index]
        if not pairs:
            raise FormatError(
                f"{self.name} has none of the words of the text; is it the right one?"
            )
        ids, rows = np.array(pairs, np.int64).T
        if isinstance(self.source, Model):
            copy_words(self.source, rows, model, ids)
        else:
            model.input_vectors[ids] = self.source.stored[rows]


def copy_words(source: Model, rows: Longs, model: Model, ids: Longs) -> None:
    """Copy the parameters of some words from one model to another.

    Biases and normalisers are taken if both models have them.
    """
    model.input_vectors[ids] = source.input_vectors[rows]
    model.output_vectors[ids] = source.output_vectors[rows]
    if "ns" not in (source.config.loss, model.config.loss):
        model.bias[ids] = source.bias[rows]
    if source.normalizer is None or source.config.normalizer != model.config.normalizer:
        return
    if model.config.normalizer == "constant":
        model.parameters.log_z[:] = source.normalizer[0]
    else:
        model.parameters.input[ids, model.config.dim] = source.normalizer[rows]


def frozen_ids(words: Iterable[bytes], model: Model) -> Longs:
    """Return the ids of words whose input vectors are not trained.

    Raises:
        FormatError: if the vocabulary has none of them.
    """
    index = model.vocabulary.index
    cleaned = map(model.config.cleaning.clean, words)
    ids = sorted({index[word] for word in cleaned if word in index})
    if not ids:
        raise FormatError("none of the words of `freeze` is in the vocabulary")
    return np.array(ids, np.int64)
