"""word2vec's file formats, text and binary.

Both start with a line of two whole numbers, words and dimensions; then comes a record a word:

* text: the word and its numbers in decimal, separated by blanks, and a line end;
* binary: the word, a blank, its numbers as little-endian float32, and a line end, which some
  writers leave out.

Other programs write the text format without the first line. All of this is read, gzipped or
not, and told apart by what is in the file, not by its name.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

from w2v_nce.embeddings import Embeddings
from w2v_nce.errors import FormatError
from w2v_nce.formats.atomic import AtomicFile
from w2v_nce.formats.word2vec_reader import Source, read_source

GZIP_MAGIC = b"\x1f\x8b"
COMPRESSION_LEVEL = 6


def read_vectors(path: str | Path) -> Embeddings:
    """Read a file of vectors in any of the formats above.

    Raises:
        FormatError: if it cannot be read or is malformed, naming the line or byte.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            if file.peek(2)[:2] != GZIP_MAGIC:
                return read_source(Source(str(path), file, size))
            with gzip.open(file) as unpacked:
                return read_source(Source(str(path), cast(BinaryIO, unpacked), None))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FormatError(f"{path} is a damaged gzip file: {error}") from error
    except OSError as error:
        raise FormatError(f"cannot read vectors from {path}: {error.strerror or error}") from error


def is_binary_name(path: str | Path) -> bool:
    """Tell whether a file of this name is written in the binary format: ``*.bin``, ``*.bin.gz``."""
    return str(path).removesuffix(".gz").endswith(".bin")


class VectorsFile:
    """A file that vectors will be written to, opened beforehand; see :class:`AtomicFile`.

    Its name decides the format: binary if it ends in .bin or .bin.gz, text otherwise; .gz
    compresses. "-" is standard output, in text. The same vectors always give the same bytes.

    Raises:
        OutputError: if it cannot be opened.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = str(path)
        self.file = AtomicFile(path)

    def save(self, embeddings: Embeddings) -> None:
        """Write all words and vectors, and put the file in its place.

        Raises:
            W2vNceError: if the disk does not take it.
        """
        target = cast(BinaryIO, self.file)
        binary = is_binary_name(self.path)
        if self.path.endswith(".gz"):
            with gzip.GzipFile("", "wb", COMPRESSION_LEVEL, target, mtime=0) as packed:
                write_vectors(cast(BinaryIO, packed), embeddings, binary)
        else:
            write_vectors(target, embeddings, binary)
        self.file.commit()

    def __enter__(self) -> VectorsFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.file.close()


def write_vectors(file: BinaryIO, embeddings: Embeddings, binary: bool) -> None:
    """Write words and vectors in one of word2vec's formats.

    Nine digits are enough to tell any two float32 apart, so text loses nothing either.
    """
    file.write(f"{len(embeddings)} {embeddings.dim}\n".encode())
    line = " ".join(["%.9g"] * embeddings.dim)
    for word, vector in zip(embeddings.words, embeddings.vectors, strict=True):
        if binary:
            numbers = vector.astype("<f4").tobytes()
        else:
            numbers = (line % tuple(vector.tolist())).encode()
        file.write(word.encode("utf-8", "surrogateescape") + b" " + numbers + b"\n")
