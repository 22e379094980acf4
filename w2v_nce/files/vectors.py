"""Vectors in any format, in and out.

What is read is told by what is in the file, but for TensorBoard's ``.tsv``, which is told by its
name; what is written, by the name or by the caller.
"""

from __future__ import annotations

from pathlib import Path

from w2v_nce.errors import ConfigError
from w2v_nce.files.compressed import plain_name
from w2v_nce.files.matrix import NUMPY_MAGIC, MatrixFile, read_matrix, words_file
from w2v_nce.files.stored_vectors import StoredVectors
from w2v_nce.files.word2vec import VectorsFile, is_binary_name, read_word2vec

MODEL = "model"

#: Names of the formats, and the suffixes of matrix files.
MATRICES = {"npy": ".npy", "safetensors": ".safetensors", "projector": ".tsv"}

FORMATS = ("binary", "text", "glove", *MATRICES)

#: How each is told to people.
FORMAT_NAMES = {
    "binary": "word2vec binary",
    "text": "word2vec text",
    "glove": "text without a first line, as GloVe writes it",
    "npy": "NumPy matrix, words beside it",
    "safetensors": "safetensors, words beside it",
    "projector": "TensorBoard projector, words beside it",
    "model": "model folder",
}

VectorsTarget = VectorsFile | MatrixFile


def format_of_name(path: str | Path) -> str:
    """Return the format that files of this name are written in."""
    name = plain_name(path)
    for kind, suffix in MATRICES.items():
        if name.endswith(suffix):
            return kind
    return "binary" if is_binary_name(name) else "text"


def format_of_content(path: str | Path) -> str:
    """Return the format of a file, or "model" for a folder; "text" is any of word2vec's."""
    place = Path(path)
    if place.is_dir():
        return MODEL
    if not place.is_file():
        return "text"  # a pipe must not be looked into; what is missing, its reader will say
    if format_of_name(path) == "projector":
        return "projector"
    with place.open("rb") as file:
        head = file.read(16)
    if head.startswith(NUMPY_MAGIC):
        return "npy"
    # safetensors: the length of the header in 8 bytes, then its JSON.
    return "safetensors" if head[4:9] == b"\0\0\0\0{" else "text"


def read_vectors(path: str | Path) -> StoredVectors:
    """Read vectors from a file of any format.

    Raises:
        FormatError: if they cannot be read or are malformed.
    """
    try:
        kind = format_of_content(path)
    except OSError:
        kind = "text"  # whose reader will say what is wrong
    if kind in MATRICES:
        suffix = MATRICES[kind]
        return read_matrix(path, suffix)
    return read_word2vec(path)


def files_of_vectors(path: str | Path, kind: str | None = None) -> list[Path]:
    """Return the files that :func:`open_vectors_file` writes: the vectors, perhaps the words."""
    suffix = MATRICES.get(kind or format_of_name(path))
    return [Path(path)] if suffix is None else [Path(path), words_file(path, suffix)]


def open_vectors_file(path: str | Path, kind: str | None = None) -> VectorsTarget:
    """Open a file to write vectors to, in the format of its name unless ``kind`` is another.

    Raises:
        ConfigError: if there is no such format.
        OutputError: if the file cannot be opened.
    """
    kind = kind or format_of_name(path)
    if kind not in FORMATS:
        raise ConfigError(f"format is {kind!r}; choose one of {', '.join(FORMATS)}")
    if kind in MATRICES:
        return MatrixFile(path, MATRICES[kind])
    return VectorsFile(path, kind == "binary", header=kind != "glove")
