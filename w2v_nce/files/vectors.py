"""Vectors in any format, in and out.

The content of a file tells its format, except TensorBoard's ``.tsv``, which its name tells. A file
is written in the format of its name unless the caller names another.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeAlias

from w2v_nce.errors import ConfigError, OutputError
from w2v_nce.files.compressed import plain_name
from w2v_nce.files.matrix import (
    NUMPY,
    PROJECTOR,
    SAFETENSORS,
    MatrixFile,
    MatrixFormat,
    read_matrix,
    words_file,
)
from w2v_nce.files.stored_vectors import StoredVectors
from w2v_nce.files.word2vec import VectorsFile, read_word2vec

VectorsTarget: TypeAlias = VectorsFile | MatrixFile


class VectorFormat(NamedTuple):
    """A format that vectors are written in and read from."""

    name: str
    description: str  # for people
    suffix: str | None  # of files that are written in it unless told otherwise
    open: Callable[[str | Path], VectorsTarget]
    read: Callable[[str | Path], StoredVectors] = read_word2vec  # for all of word2vec's formats
    matrix: MatrixFormat | None = None  # with words in a file beside it


def _matrix(name: str, description: str, kind: MatrixFormat) -> VectorFormat:
    opener, reader = partial(MatrixFile, kind=kind), partial(read_matrix, kind=kind)
    return VectorFormat(name, f"{description}, words beside it", kind.suffix, opener, reader, kind)


TEXT = VectorFormat("text", "word2vec text", None, partial(VectorsFile, binary=False))

#: All formats by name.
FORMATS = {
    each.name: each
    for each in (
        VectorFormat("binary", "word2vec binary", ".bin", partial(VectorsFile, binary=True)),
        TEXT,
        VectorFormat(
            "glove",
            "text without a first line, as GloVe writes it",
            None,
            partial(VectorsFile, binary=False, header=False),
        ),
        _matrix("npy", "NumPy matrix", NUMPY),
        _matrix("safetensors", "safetensors", SAFETENSORS),
        _matrix("projector", "TensorBoard projector", PROJECTOR),
    )
}

MODEL = "model"

#: How formats are called in messages.
FORMAT_NAMES = {each.name: each.description for each in FORMATS.values()} | {MODEL: "model folder"}


def format_of_name(path: str | Path) -> str:
    """Return the format that files of this name are written in."""
    name = plain_name(path)
    suffixed = (each for each in FORMATS.values() if each.suffix and name.endswith(each.suffix))
    return next(suffixed, TEXT).name


def format_of_content(path: str | Path) -> str:
    """Return the format of a file, or "model" for a folder; "text" is any of word2vec's."""
    place = Path(path)
    if place.is_dir():
        return MODEL
    if not place.is_file():
        return TEXT.name  # pipes must not be read here, and the reader reports missing files
    if format_of_name(path) == "projector":
        return "projector"
    with place.open("rb") as file:
        head = file.read(16)
    for each in FORMATS.values():
        if each.matrix and each.matrix.magic and each.matrix.magic.match(head):
            return each.name
    return TEXT.name


def read_vectors(path: str | Path) -> StoredVectors:
    """Read vectors from a file of any format.

    Raises:
        FormatError: if they cannot be read or are malformed.
    """
    try:
        kind = format_of_content(path)
    except OSError:
        kind = TEXT.name  # whose reader reports the problem
    return FORMATS.get(kind, TEXT).read(path)


def files_of_vectors(path: str | Path, kind: str | None = None) -> list[Path]:
    """Return the files that :func:`open_vectors_file` writes: the vectors, perhaps the words."""
    matrix = FORMATS[kind or format_of_name(path)].matrix
    return [Path(path)] if matrix is None else [Path(path), words_file(path, matrix)]


def open_vectors_file(path: str | Path, kind: str | None = None) -> VectorsTarget:
    """Open a file to write vectors to, in the format of its name unless ``kind`` is another.

    Raises:
        ConfigError: if there is no such format.
        OutputError: if the file cannot be opened, or would later be taken for a matrix.
    """
    by_name = FORMATS[format_of_name(path)]
    if kind and kind not in FORMATS:
        raise ConfigError(f"format is {kind!r}; choose one of {', '.join(FORMATS)}")
    chosen = FORMATS[kind] if kind else by_name
    if by_name.matrix and not chosen.matrix:
        raise OutputError(
            f"{path}: a {by_name.suffix} file is not in word2vec's format; write a .bin file, which"
            " 'w2v-nce convert' makes such a file of"
        )
    return chosen.open(path)
