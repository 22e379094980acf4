"""Vectors as a matrix, with their words in a file beside it.

    v.npy          NumPy's format     v.npy.vocab.txt          a word on each line; what comes after
    v.safetensors  one tensor         v.safetensors.vocab.txt  a tab, such as a count, is not read
    v.tsv          numbers with tabs  v.metadata.tsv           a word on each line

The last is what TensorBoard's embedding projector loads. Matrices in NumPy's format are mapped
into memory when they are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from w2v_nce.arrays import Matrix
from w2v_nce.errors import FormatError, InputError, OutputError, require
from w2v_nce.files.atomic import STANDARD_OUTPUT, Discardable
from w2v_nce.files.compressed import CompressedFile, Writer, plain_name
from w2v_nce.files.reading import shown
from w2v_nce.files.stored_vectors import StoredVectors
from w2v_nce.files.word_lists import NumberedLines, read_first_fields

NUMBERS_AT_ONCE = 1 << 20
TENSOR = "vectors"


class MatrixFormat(NamedTuple):
    """A kind of matrix file."""

    suffix: str  # of its name
    words: str  # suffix of the file of words instead
    magic: re.Pattern[bytes] | None  # of its content; None if only its name tells it
    read: Callable[[Path], Matrix]
    write: Callable[[Writer, Matrix], None]
    prepare: Callable[[], object] = lambda: None  # fails if a library that writes it is missing
    packable: bool = False


class MatrixFile(Discardable):
    """A matrix and the file of its words, opened beforehand; see :class:`AtomicFile`.

    Raises:
        OutputError: if one of them cannot be opened.
        ConfigError: if the library that writes it is missing.
    """

    def __init__(self, path: str | Path, kind: MatrixFormat) -> None:
        self.kind = kind
        if plain_name(path) != str(path) and not kind.packable:
            raise OutputError(f"{path}: {kind.suffix} files are not compressed; drop the suffix")
        if str(path) in STANDARD_OUTPUT:
            raise OutputError("standard output has no room for words beside vectors; name a file")
        kind.prepare()
        self.file = CompressedFile(path)
        try:
            self.words = CompressedFile(words_file(path, kind))
        except InputError:
            self.file.discard()
            raise

    def save(self, words: Sequence[str], vectors: Matrix) -> None:
        """Write words and vectors, and put the files in their places.

        Raises:
            FormatError: if there is no way to write one of the words.
            W2vNceError: if the disk does not take it.
        """
        self.words.write(b"".join(_line(word) for word in words))
        self.kind.write(self.file, vectors)
        self.words.commit()
        self.file.commit()

    def discard(self) -> None:
        """Remove what was written, unless it is complete."""
        self.file.discard()
        self.words.discard()


def words_file(path: str | Path, kind: MatrixFormat) -> Path:
    """Return the path of the words of a matrix file."""
    plain = plain_name(path)
    packed = str(path)[len(plain) :]
    return Path(plain.removesuffix(kind.suffix) + kind.words + packed)


def read_matrix(path: str | Path, kind: MatrixFormat) -> StoredVectors:
    """Read a matrix and its words.

    Raises:
        FormatError: if one of the files cannot be read or is malformed, or they do not match.
    """
    matrix = kind.read(Path(path))
    beside = words_file(path, kind)
    if not beside.is_file():
        raise FormatError(
            f"{path}: there is no file of its words; put them, one on each line, in {beside}"
        )
    words = [word.decode("utf-8", "surrogateescape") for word in read_first_fields(beside)]
    if len(words) != len(matrix):
        raise FormatError(f"{path} has {len(matrix):,} vectors, but {beside} {len(words):,} words")
    for start in range(0, len(matrix), rows := _rows(matrix)):
        finite = np.isfinite(matrix[start : start + rows]).all(axis=1)
        if not finite.all():
            row = start + int(finite.argmin())
            raise FormatError(f"{path}: a number is NaN or infinite, of {words[row]!r}")
    return StoredVectors(words, matrix)


def _line(word: str) -> bytes:
    if not word or any(mark in word for mark in "\t\r\n") or word.startswith("\ufeff"):
        raise FormatError(f"the word {word!r} is empty or has a tab or line end in it: a file of"
                          " words, one a line, cannot hold it")  # fmt: skip
    return word.encode("utf-8", "surrogateescape") + b"\n"


def _rows(matrix: Matrix) -> int:
    """Return the number of rows to process at once."""
    return max(NUMBERS_AT_ONCE // max(int(matrix.shape[1]), 1), 1)


def _checked(path: Path, array: Any) -> Matrix:
    """Return an array as a matrix of float32, still mapped if it is.

    Raises:
        FormatError: if it is something else.
    """
    if not isinstance(array, np.ndarray) or array.ndim != 2 or 0 in array.shape:
        raise FormatError(f"{path} holds no matrix with a row for each word")
    if array.dtype.kind != "f":
        raise FormatError(f"{path} holds {array.dtype}; real numbers are needed")
    with np.errstate(over="ignore"):  # infinity is reported by the caller
        matrix: Matrix = array.astype(np.float32, copy=False)
    return matrix


def _read_numpy(path: Path) -> Matrix:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise FormatError(f"{path}: {error.strerror or error}") from error
    except MemoryError:
        raise
    except Exception as error:  # NumPy's parsers raise anything for a damaged header
        raise FormatError(
            f"{path} is not a NumPy array, or only a part of one: {str(error)[:80]}"
        ) from error
    return _checked(path, array)


def _write_numpy(file: Writer, vectors: Matrix) -> None:
    np.lib.format.write_array(file, vectors, allow_pickle=False)


def _read_safetensors(path: Path) -> Matrix:
    library = _safetensors()
    try:
        with library.safe_open(path, "numpy") as file:
            names = list(file.keys())
            name = TENSOR if TENSOR in names else names[0] if len(names) == 1 else None
            if name is None:
                raise FormatError(
                    f"{path} holds {len(names)} tensors: {', '.join(names)[:60]}; which has the"
                    f" vectors? Name it {TENSOR!r}"
                )
            return _checked(path, file.get_tensor(name))
    except OSError as error:
        raise FormatError(f"{path}: {error.strerror or error}") from error
    except (library.SafetensorError, TypeError, AttributeError) as error:
        raise FormatError(f"{path} cannot be read as safetensors: {error}") from error


def _write_safetensors(file: Writer, vectors: Matrix) -> None:
    library = _safetensors(".numpy")
    file.write(library.save({TENSOR: np.ascontiguousarray(vectors)}))


def _safetensors(submodule: str = "") -> Any:
    what = "a .safetensors file"
    return require(f"safetensors{submodule}", what, "safetensors", "safetensors")


def _read_numbers(path: Path) -> Matrix:
    rows: list[Matrix] = []
    lines = NumberedLines(path)
    for line in lines:
        try:
            row: Matrix = np.array(line.split(b"\t"), np.float64).astype(np.float32)
        except ValueError:
            row = np.empty(0, np.float32)
        if len(row) == 0 or (rows and len(row) != len(rows[0])):
            many = f"{len(rows[0])} numbers" if rows else "numbers"
            lines.fail(f"{many} with tabs between are expected, found {shown(line)}")
        rows.append(row)
    return _checked(path, np.array(rows, np.float32))


def _write_numbers(file: Writer, vectors: Matrix) -> None:
    form = b"\t".join([b"%.9g"] * vectors.shape[1]) + b"\n"
    for start in range(0, len(vectors), rows := _rows(vectors)):
        part = vectors[start : start + rows].tolist()
        file.write(b"".join([form % tuple(row) for row in part]))


NUMPY = MatrixFormat(".npy", ".npy.vocab.txt", re.compile(rb"\x93NUMPY"), _read_numpy, _write_numpy)
SAFETENSORS = MatrixFormat(
    ".safetensors",
    ".safetensors.vocab.txt",
    re.compile(rb".{4}\0{4}\{", re.DOTALL),  # the length of the header in 8 bytes, then its JSON
    _read_safetensors,
    _write_safetensors,
    prepare=_safetensors,
)
PROJECTOR = MatrixFormat(
    ".tsv", ".metadata.tsv", None, _read_numbers, _write_numbers, packable=True
)
