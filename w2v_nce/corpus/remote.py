"""URLs as inputs, through fsspec: https://, s3://, gs:// and whatever else it knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from w2v_nce.corpus.inputs import ByteReader, refuse_reading_again
from w2v_nce.errors import CorpusError

WEB = ("http://", "https://")
SILENCE = 60  # seconds after which a web server is given up


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

    # One request for all of a file, which may take as long as it likes: many servers know no
    # parts, and training from a stream is slower than the network.
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=SILENCE, sock_read=SILENCE)
    return {"block_size": 0, "client_kwargs": {"timeout": timeout}}


@contextmanager
def reporting(url: str) -> Iterator[None]:
    """Turn what goes wrong into one line.

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
