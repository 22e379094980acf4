"""Files written piece by piece, compressed if their names say so."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path
from typing import Protocol

from w2v_nce.errors import CorpusError, OutputError
from w2v_nce.files.atomic import AtomicFile, Discardable
from w2v_nce.files.compression import zstd_library

GZIP_LEVEL = 6
SUFFIXES = (".gz", ".xz", ".zst")
UNWRITTEN = (".bz2", ".zip")  # compression by which we do not write


class Writer(Protocol):
    """An object that bytes can be written to."""

    def write(self, data: bytes, /) -> int:
        """Take some bytes."""


class Compressor(Writer, Protocol):
    """A wrapper that compresses bytes on their way to a file."""

    def close(self) -> None:
        """Write the remaining bytes."""


def plain_name(path: str | Path) -> str:
    """Return the name of a file without a suffix for compression."""
    name = str(path)
    return next((name.removesuffix(end) for end in SUFFIXES if name.endswith(end)), name)


class CompressedFile(Discardable):
    """A file opened beforehand, see :class:`AtomicFile`; .gz, .xz and .zst compress.

    The same content always gives the same bytes.

    Raises:
        OutputError: if it cannot be opened, its name promises another compression, or the
            library that compresses it is missing.
    """

    def __init__(self, path: str | Path) -> None:
        if str(path).endswith(UNWRITTEN):
            ends = f"{', '.join(SUFFIXES[:-1])} and {SUFFIXES[-1]} are"
            raise OutputError(f"{path}: {Path(path).suffix} is not written; {ends}")
        self.file = AtomicFile(path)
        try:
            self.packed = _compressor(str(path), self.file)
        except CorpusError as error:
            self.file.discard()
            raise OutputError(f"{path}: {error}") from None

    def write(self, data: bytes, /) -> int:
        """Write some bytes.

        Raises:
            W2vNceError: if the disk does not take them.
        """
        (self.packed or self.file).write(data)
        return len(data)

    def commit(self) -> None:
        """Put the file in its place.

        Raises:
            W2vNceError: if the disk does not take it.
        """
        if self.packed is not None:
            self.packed.close()
        self.file.commit()

    def discard(self) -> None:
        """Remove the file unless it is committed."""
        self.file.discard()


def _compressor(name: str, file: AtomicFile) -> Compressor | None:
    if name.endswith(".gz"):
        # Neither name nor time, so that equal contents give equal files.
        return gzip.GzipFile("", "wb", GZIP_LEVEL, file, mtime=0)
    if name.endswith(".xz"):
        return lzma.LZMAFile(file, "wb")  # type: ignore[arg-type]  # it only writes
    if name.endswith(".zst"):
        compressor: Compressor = zstd_library("writing").ZstdFile(file, "wb")
        return compressor
    return None
