"""Descriptions of files of vectors and of model folders."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.errors import FormatError
from w2v_nce.files.compression import MAGIC_SIZE, recognise
from w2v_nce.files.inputs import STANDARD_INPUT
from w2v_nce.files.model_folder import read_model
from w2v_nce.files.vectors import MODEL, format_of_content
from w2v_nce.files.word2vec import kind_of
from w2v_nce.settings.train_config import TrainConfig


@dataclass(frozen=True)
class Norms:
    """Statistics of the lengths of vectors."""

    smallest: float
    median: float
    largest: float
    mean: float
    zeros: int  # vectors of length 0
    of_mean: float  # length of the mean vector; 0 if vectors point in all directions


@dataclass(frozen=True)
class ModelInfo:
    """The settings and the corpus of a model."""

    config: TrainConfig
    corpus_words: int
    corpus_types: int
    calibrated: bool


@dataclass(frozen=True)
class VectorsInfo:
    """A file of vectors."""

    format: str
    compression: str | None
    size: int  # bytes on the disk
    words: int
    dim: int
    norms: Norms
    most_frequent: list[str]
    model: ModelInfo | None  # of a model folder

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return dataclasses.asdict(self)


def describe(path: str | Path, n: int = 10) -> VectorsInfo:
    """Describe a file of vectors or a model folder, with its n most frequent words.

    Raises:
        FormatError: if it cannot be read or is malformed.
    """
    place = Path(path)
    if path == STANDARD_INPUT or (place.exists() and not (place.is_file() or place.is_dir())):
        raise FormatError(f"{path} is neither a file nor a folder; save it to a file first")
    model = None
    if place.is_dir():
        embeddings, model = _open_model(path)
    else:
        embeddings = Embeddings.load(path)
    kind, compression = _kind(path)
    return VectorsInfo(
        format=kind,
        compression=compression,
        size=_size(place),
        words=len(embeddings),
        dim=embeddings.dim,
        norms=_norms(embeddings),
        most_frequent=list(embeddings.words[:n]),
        model=model,
    )


def _open_model(folder: str | Path) -> tuple[Embeddings, ModelInfo]:
    model = read_model(folder)
    info = ModelInfo(
        config=model.config,
        corpus_words=model.corpus_words,
        corpus_types=model.corpus_types,
        calibrated=model.calibrations is not None,
    )
    return Embeddings.of_model(model), info


def _kind(path: str | Path) -> tuple[str, str | None]:
    """Return the format and the compression of a file that has been read."""
    kind = format_of_content(path)
    if kind == MODEL:
        return kind, None
    with Path(path).open("rb") as file:
        compression = recognise(str(path), file.read(MAGIC_SIZE))
    if kind == "text":
        kind = kind_of(path)
    return kind, compression.name if compression else None


def _size(path: Path) -> int:
    files = path.iterdir() if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)


def _norms(embeddings: Embeddings) -> Norms:
    lengths = embeddings.lengths
    return Norms(
        smallest=float(lengths.min()),
        median=float(np.median(lengths)),
        largest=float(lengths.max()),
        mean=float(lengths.mean()),
        zeros=int((lengths == 0).sum()),
        of_mean=float(np.linalg.norm(embeddings.vectors.mean(axis=0, dtype=np.float64))),
    )
