"""The inputs that the names of a corpus stand for: files, patterns, folders, streams, URLs."""

from __future__ import annotations

import glob
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from w2v_nce.errors import CorpusError

STANDARD_INPUT = "-"
URL_MARK = "://"
DESCRIPTOR = re.compile(r"/(?:dev|proc/self)/fd/(\d+)")


class ByteReader(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes | None:
        """Return up to ``size`` bytes; none at the end."""

    def close(self) -> None:
        """Release its resources."""


class Input(Protocol):
    """Something with bytes in it."""

    @property
    def name(self) -> str:
        """Its name for users."""

    @property
    def size(self) -> int | None:
        """Its bytes as stored; None if unknown before reading."""

    @property
    def repeatable(self) -> bool:
        """Whether it can be read more than once."""

    def open(self) -> ByteReader:
        """Start reading.

        Raises:
            OSError: if it cannot be read.
            CorpusError: if it cannot be read again.
        """


class FileInput:
    """A regular file."""

    repeatable = True

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path)
        self.size: int | None = path.stat().st_size

    def open(self) -> ByteReader:
        """Start reading."""
        return self.path.open("rb", buffering=0)


class StreamInput:
    """Standard input, a pipe or a socket: readable once, of unknown size."""

    repeatable = False
    size = None

    def __init__(self, name: str, place: Path | int) -> None:
        self.name = name
        self.place = place  # a path, or the number of an open file
        self.opened = False

    def open(self) -> ByteReader:
        """Start reading, without a buffer: a thread that waits for bytes then holds no lock."""
        refuse_reading_again(self.name, self.opened)
        self.opened = True
        place = os.dup(self.place) if isinstance(self.place, int) else self.place
        return open(place, "rb", buffering=0)  # noqa: PTH123 - a number is no Path


def refuse_reading_again(name: str, opened: bool) -> None:
    """Make sure that a stream is not opened twice.

    Raises:
        CorpusError: if it is.
    """
    if opened:
        raise CorpusError(f"{name} can be read only once; save it to a file first")


def expand(arguments: Iterable[str | Path]) -> list[Input]:
    """Return the inputs that some names stand for, in order.

    A name is "-" for standard input, a URL, a file, a pattern that no file has as its name, a
    folder (all regular files below it, sorted, without hidden ones), or a pipe or the like. A
    :class:`Path` is never "-" nor a URL.

    Raises:
        CorpusError: naming what stands for nothing.
    """
    arguments = list(arguments)
    if arguments.count(STANDARD_INPUT) > 1:
        raise CorpusError("standard input is named twice; it can be read only once")
    return [each for argument in arguments for each in _inputs(argument)]


def _inputs(argument: str | Path) -> Iterator[Input]:
    if argument == STANDARD_INPUT:
        yield _standard_input()
    elif isinstance(argument, str) and URL_MARK in argument:
        yield from remote_inputs(argument)
    else:
        try:
            yield from map(_input_at, _paths(Path(argument)))
        except OSError as error:
            raise CorpusError(f"{error.filename or argument}: {error.strerror or error}") from error


def _standard_input() -> StreamInput:
    try:
        if sys.stdin is None:  # closed by the shell: `<&-`
            raise OSError
        return StreamInput("standard input", sys.stdin.fileno())
    except (OSError, ValueError):
        raise CorpusError("standard input is closed; name a file") from None


def _input_at(path: Path) -> Input:
    mode = path.stat().st_mode
    if stat.S_ISREG(mode):
        return FileInput(path)
    descriptor = DESCRIPTOR.fullmatch(str(path))
    if stat.S_ISSOCK(mode) and descriptor:  # it cannot be opened by its name
        return StreamInput(str(path), int(descriptor[1]))
    return StreamInput(str(path), path)


def _paths(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted(_files_below(path))
        if not files:
            raise CorpusError(f"{path} is a folder without files; hidden ones do not count")
        return files
    if os.path.lexists(path) or not glob.has_magic(str(path)):
        return [path]
    found = sorted(map(Path, glob.glob(str(path), recursive=True)))  # noqa: PTH207 - for **
    files = [file for each in found for file in (_files_below(each) if each.is_dir() else [each])]
    if not files:
        raise CorpusError(f"{path}: no file has such a name")
    return list(dict.fromkeys(files))  # ** finds folders and their content


def _files_below(folder: Path) -> Iterator[Path]:
    def fail(error: OSError) -> None:
        raise error

    for root, folders, files in os.walk(folder, onerror=fail):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(root, name) for name in sorted(files) if not name.startswith("."))
        yield from (path for path in paths if path.is_file())


WEB = ("http://", "https://")
SILENCE = 60  # seconds without data after which a web server is given up


class RemoteInput:
    """A file behind a URL. It is fetched once."""

    repeatable = False
    size = None

    def __init__(self, name: str, file: Any) -> None:
        self.name = name
        self.file = file  # fsspec's OpenFile
        self.opened = False

    def open(self) -> ByteReader:
        """Start fetching."""
        refuse_reading_again(self.name, self.opened)
        self.opened = True
        with reporting(self.name):
            return RemoteReader(self.name, self.file.open())


class RemoteReader:
    """The bytes behind a URL."""

    def __init__(self, name: str, file: Any) -> None:
        self.name = name
        self.file = file

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; none at the end."""
        with reporting(self.name):
            data: bytes = self.file.read(size)
        return data

    def close(self) -> None:
        """Close the connection."""
        self.file.close()


def remote_inputs(url: str) -> Iterator[RemoteInput]:
    """Yield the files that a URL stands for: itself, or those that match if it has a ``*``.

    Raises:
        CorpusError: if fsspec or what it needs is not installed, or nothing matches.
    """
    try:
        import fsspec
    except ImportError:
        raise CorpusError(
            f"{url}: reading URLs needs fsspec: pip install 'w2v-nce[remote]'"
        ) from None
    with reporting(url):
        files = fsspec.open_files(url, "rb", expand="*" in url, **_options(url))
    if not files:
        raise CorpusError(f"{url}: no file has such a name")
    for file in files:
        yield RemoteInput(file.full_name if "*" in url else url, file)


def _options(url: str) -> dict[str, Any]:
    if not url.startswith(WEB):
        return {}
    import aiohttp

    # One request per file, without a limit on its time: many servers do not support ranges, and
    # training from a stream is slower than the network.
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=SILENCE, sock_read=SILENCE)
    return {"block_size": 0, "client_kwargs": {"timeout": timeout}}


@contextmanager
def reporting(url: str) -> Iterator[None]:
    """Turn errors into one line.

    Raises:
        CorpusError: for any error, since every kind of storage has its own kinds of error.
    """
    try:
        yield
    except CorpusError:
        raise
    except ImportError as error:
        raise CorpusError(f"{url}: {error}") from error
    except FileNotFoundError as error:
        raise CorpusError(f"{url}: not found ({error.__cause__ or error})") from error
    except Exception as error:
        raise CorpusError(f"{url}: {error or type(error).__name__}") from error
