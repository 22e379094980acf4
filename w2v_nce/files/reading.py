"""Files of vectors and words opened for reading, compressed or not."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, NoReturn

from w2v_nce.errors import CorpusError, FormatError
from w2v_nce.files.compression import MAGIC_SIZE, TextStream, is_compressed
from w2v_nce.files.inputs import STANDARD_INPUT, ByteReader

BUFFER = 1 << 20  # bytes


class OpenFile(NamedTuple):
    """A file open for reading, and its name and size."""

    name: str
    file: BinaryIO
    size: int | None  # bytes; None if unknown before reading


@contextlib.contextmanager
def opened(path: str | Path) -> Iterator[OpenFile]:
    """Open a file, or standard input for "-"; gzip, bzip2, xz and zstd are unpacked.

    Raises:
        FormatError: if it cannot be read or is damaged, in the ``with`` block, too.
    """
    try:
        with _file(path) as file:
            name = "standard input" if path == STANDARD_INPUT else str(path)
            if not is_compressed(name, file.peek(MAGIC_SIZE)[:MAGIC_SIZE]):
                yield OpenFile(name, file, _size(file))
                return
            unpacked = _Unpacked(TextStream(_Opened(name, file)))
            with io.BufferedReader(unpacked, BUFFER) as buffered:
                yield OpenFile(name, buffered, None)
    except CorpusError as error:
        raise FormatError(str(error)) from error
    except OSError as error:
        raise FormatError(f"cannot read {path}: {error.strerror or error}") from error


def _file(path: str | Path) -> io.BufferedReader:
    """Open a file; standard input under a descriptor of its own, so that it may be closed."""
    if path != STANDARD_INPUT:
        return Path(path).open("rb")
    if sys.stdin is None:  # closed by the shell: `<&-`
        raise FormatError("standard input is closed; name a file")
    return os.fdopen(os.dup(sys.stdin.fileno()), "rb")


def fail(source: OpenFile, place: str, problem: str) -> NoReturn:
    """Raise the error that names the file, the place and the problem."""
    raise FormatError(f"{source.name}{place}: {problem}")


def shown(line: bytes) -> str:
    """Return the beginning of some bytes, for a message."""
    text = line[:40].decode("utf-8", "backslashreplace").strip()
    return repr(text + "…" if len(line) > 40 else text)


def _size(file: BinaryIO) -> int | None:
    """Return the size of a file; a pipe has none."""
    status = os.fstat(file.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None


class _Opened:
    """A file that is already open, as an input of a corpus."""

    size = None
    repeatable = False

    def __init__(self, name: str, file: ByteReader) -> None:
        self.name = name
        self.file = file

    def open(self) -> ByteReader:
        return self.file


class _Unpacked(io.RawIOBase):
    """A stream of text as a Python file."""

    def __init__(self, stream: TextStream) -> None:
        self.stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self.stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
