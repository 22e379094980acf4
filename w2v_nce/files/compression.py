"""The text in an input; its first bytes tell whether and how it is compressed."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from w2v_nce.errors import CorpusError, W2vNceError
from w2v_nce.files.inputs import ByteReader, Input

MAGIC_SIZE = 16  # first bytes of a file, enough to recognise its compression
PIECE_SIZE = 1 << 16  # compressed bytes read at a time


class Decompressor(Protocol):
    """Decompresses one member of a file, as those of Python's bz2 and lzma do."""

    @property
    def eof(self) -> bool:
        """Whether the end of the member has been reached."""

    @property
    def needs_input(self) -> bool:
        """Whether more bytes are needed before there can be more text."""

    @property
    def unused_data(self) -> bytes:
        """The bytes after the end of the member."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Take some bytes and return at most ``max_length`` bytes of text."""


class Format(NamedTuple):
    """A kind of compression."""

    name: str
    magic: re.Pattern[bytes]
    decompressor: Callable[[], Callable[[], Decompressor]]  # imports and returns its class


class ZlibDecompressor:
    """Python's own decompression of gzip, with the interface of bz2."""

    def __init__(self) -> None:
        self.member = zlib.decompressobj(16 + zlib.MAX_WBITS)  # 16: with gzip's header and checksum
        self.needs_input = True

    @property
    def eof(self) -> bool:
        """Whether the end of the member has been reached."""
        return self.member.eof

    @property
    def unused_data(self) -> bytes:
        """The bytes after the end of the member."""
        return self.member.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Take some bytes and return at most ``max_length`` bytes of text."""
        text = self.member.decompress(self.member.unconsumed_tail + data, max_length)
        self.needs_input = len(text) < max_length
        return text


def _gzip() -> Callable[[], Decompressor]:
    try:
        from isal import igzip_lib
    except ImportError:
        return ZlibDecompressor
    return lambda: igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)


def _bzip2() -> Callable[[], Decompressor]:
    import bz2

    return bz2.BZ2Decompressor


def _xz() -> Callable[[], Decompressor]:
    import lzma

    return lzma.LZMADecompressor


def _zstd() -> Callable[[], Decompressor]:
    decompressor: Callable[[], Decompressor] = zstd_library("reading").ZstdDecompressor
    return decompressor


def zstd_library(doing: str) -> Any:
    """Import the module for zstd, for reading or for writing.

    Raises:
        CorpusError: if it is not installed.
    """
    try:
        from compression import zstd  # Python 3.14
    except ImportError:
        try:
            from backports import zstd
        except ImportError:
            raise CorpusError(
                f"{doing} zstd needs Python 3.14 or backports.zstd: pip install 'w2v-nce[zstd]'"
            ) from None
    return zstd


COMPRESSIONS = (
    Format("gzip", re.compile(rb"\x1f\x8b"), _gzip),
    Format("bzip2", re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"), _bzip2),
    Format("xz", re.compile(rb"\xfd7zXZ\x00"), _xz),
    Format("zstd", re.compile(rb"\x28\xb5\x2f\xfd"), _zstd),
)

UNREADABLE = (
    ("a zip archive", re.compile(rb"PK\x03\x04")),
    ("a 7z archive", re.compile(rb"7z\xbc\xaf\x27\x1c")),
    ("compressed by lz4", re.compile(rb"\x04\x22\x4d\x18")),
    ("compressed by compress", re.compile(rb"\x1f\x9d")),
)


class StoredBytes:
    """The bytes of an input as stored: counted, and readable in advance."""

    def __init__(self, source: Input) -> None:
        self.name = source.name
        self.count = 0  # bytes that have been read
        self.seen = b""  # bytes that look() has returned, not yet read
        try:
            self.file: ByteReader = source.open()
        except OSError as error:
            raise CorpusError(f"{self.name}: {error.strerror or error}") from error

    def look(self, size: int) -> bytes:
        """Return the next bytes without reading them; fewer only at the end."""
        while len(self.seen) < size and (data := self._read(size - len(self.seen))):
            self.seen += data
        return self.seen

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes; none at the end.

        Raises:
            CorpusError: if the input cannot be read.
        """
        data = self.seen[:size] or self._read(size)
        self.seen = self.seen[size:]
        self.count += len(data)
        return data

    def _read(self, size: int) -> bytes:
        try:
            return self.file.read(size) or b""
        except OSError as error:
            raise CorpusError(f"{self.name}: {error.strerror or error}") from error


class Members:
    """The text in compressed bytes: one member after the other."""

    def __init__(self, stored: StoredBytes, compression: Format) -> None:
        self.stored = stored
        try:
            self.new_member = compression.decompressor()
        except CorpusError as error:
            raise CorpusError(f"{stored.name}: {error}") from None
        self.member: Decompressor | None = None
        self.data = b""  # compressed bytes that no member has taken yet

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes of text; none at the end.

        Raises:
            EOFError: if the bytes end within a member.
            Exception: of the library, if they are damaged.
        """
        text = b""
        while not text:
            if self.member is None and not self._begin():
                return b""
            assert self.member is not None
            if self.member.needs_input and not self.data:
                self.data = self.stored.read(PIECE_SIZE)
                if not self.data:
                    raise EOFError
            text = self.member.decompress(self.data, size)
            self.data = b""
            if self.member.eof:
                self.data, self.member = self.member.unused_data, None
        return text

    def _begin(self) -> bool:
        """Begin the next member, if there is one; zeros may come before it."""
        self.data = self.data.lstrip(b"\0")
        while not self.data:
            piece = self.stored.read(PIECE_SIZE)
            if not piece:
                return False
            self.data = piece.lstrip(b"\0")
        self.member = self.new_member()
        return True


class TextStream:
    """The bytes of the text in an input.

    Raises:
        CorpusError: if the input cannot be opened or is compressed in a way that we cannot read.
    """

    def __init__(self, source: Input) -> None:
        self.name = source.name
        self.stored = StoredBytes(source)
        self.compression = recognise(self.name, self.stored.look(MAGIC_SIZE))
        self.text = Members(self.stored, self.compression) if self.compression else self.stored
        self.count = 0  # bytes of text that have been read

    def __enter__(self) -> TextStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.stored.file.close()

    def read(self, size: int) -> bytes:
        """Return ``size`` bytes of text; fewer only at the end.

        Raises:
            CorpusError: if the input cannot be read, is damaged, cut off, or compressed twice.
        """
        buffer = io.BytesIO()
        while (missing := size - buffer.tell()) > 0 and (data := self._read(missing)):
            buffer.write(data)
        text = buffer.getvalue()
        if self.compression and self.count == 0 and (inner := recognise(self.name, text)):
            raise CorpusError(
                f"{self.name} is compressed twice ({inner.name} in {self.compression.name});"
                " unpack it once"
            )
        self.count += len(text)
        return text

    def _read(self, size: int) -> bytes:
        if self.compression is None:
            return self.text.read(size)
        kind = self.compression.name
        try:
            return self.text.read(size)
        except (W2vNceError, MemoryError):  # not raised by the library
            raise
        except EOFError:
            raise CorpusError(
                f"{self.name} is cut off: its {kind} data stop at byte {self.stored.count:,}, and"
                " more should follow; get all of it"
            ) from None
        except Exception as error:  # every library raises its own
            raise CorpusError(
                f"{self.name} is damaged: invalid {kind} data near byte {self.stored.count:,},"
                f" after {self.count:,} bytes of text ({error}); get it anew"
            ) from error


def is_compressed(name: str, head: bytes) -> bool:
    """Return whether a file that begins with these bytes is compressed.

    Raises:
        CorpusError: if it is, in a way that we cannot read.
    """
    return recognise(name, head) is not None


def recognise(name: str, head: bytes) -> Format | None:
    """Return the compression of a file that begins with these bytes, or None.

    Raises:
        CorpusError: if it is, in a way that we cannot read.
    """
    for what, magic in UNREADABLE:
        if magic.match(head):
            raise CorpusError(f"{name} is {what}; unpack it first")
    return next((each for each in COMPRESSIONS if each.magic.match(head)), None)
