"""Text files as a stream of blocks of whole words."""

from __future__ import annotations

import io
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from w2v_nce.errors import CorpusError
from w2v_nce.text import BYTE_ORDER_MARK

BLOCK_SIZE = 1 << 17  # bytes: some 25,000 English words, milliseconds of training
MAX_WORD_SIZE = 1 << 30  # bytes: places in a block are 32-bit numbers
WHITESPACE = b" \t\n\r\v\f"
COMPRESSED = {
    b"\x1f\x8b": "gzip",
    b"BZh91AY&SY": "bzip2",  # 9: the block size, and the default
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}


class TextBlock(NamedTuple):
    """A piece of a text file that starts and ends between words, where it can between lines."""

    path: Path
    offset: int  # of its first byte in the file
    text: bytes


@dataclass(frozen=True)
class Corpus:
    """Text files that can be read again and again."""

    paths: tuple[Path, ...]
    size: int  # bytes of all files

    @classmethod
    def open(cls, paths: Iterable[str | Path]) -> Corpus:
        """Check that every path names a text file that can be read.

        Raises:
            CorpusError: naming the first path that is missing, unreadable or not text.
        """
        files = tuple(Path(path) for path in paths)
        if not files:
            raise CorpusError("no corpus given; name at least one text file")
        return cls(files, sum(_check(path) for path in files))

    @property
    def name(self) -> str:
        """The path, or the first of several and how many more there are."""
        more = len(self.paths) - 1
        return str(self.paths[0]) + (f" and {more} more" if more else "")

    def blocks(self, block_size: int = BLOCK_SIZE) -> Iterator[TextBlock]:
        """Read all files once, in order.

        Blocks depend on nothing but the bytes of the files and ``block_size``. A block ends
        after the last line end that fits; in a longer line after the last word that fits; a
        longer word makes the block grow.

        Raises:
            CorpusError: if a file cannot be read or turns out not to be text.
        """
        for path in self.paths:
            try:
                with path.open("rb", buffering=0) as file:
                    yield from _blocks(path, file, block_size)
            except OSError as error:
                raise CorpusError(f"{path}: {error.strerror or error}") from error


def _check(path: Path) -> int:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise CorpusError(f"{path} is a directory; name the text files in it")
        if not stat.S_ISREG(status.st_mode):
            raise CorpusError(
                f"{path} is not a regular file; the corpus is read several times, so save it first"
            )
        with path.open("rb") as file:
            _refuse_binary(path, 0, file.read(4096))
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror or error}") from error
    return status.st_size


def _blocks(path: Path, file: io.RawIOBase, block_size: int) -> Iterator[TextBlock]:
    offset, rest, wanted = 0, b"", block_size
    while data := file.read(max(wanted - len(rest), 1)):
        if offset == 0 and not rest:
            data, offset = _without_byte_order_mark(data)
        _refuse_binary(path, offset + len(rest), data)
        text = rest + data
        end = _last_boundary(text) if len(text) >= wanted else 0
        if end:
            yield TextBlock(path, offset, text[:end])
            offset += end
            wanted = block_size
        elif len(text) >= wanted:
            wanted *= 2  # not one whitespace in it: a very long word
            if wanted > MAX_WORD_SIZE:
                raise CorpusError(
                    f"{path} has no white space in the {len(text):,} bytes from byte {offset:,} on;"
                    " text with words is needed"
                )
        rest = text[end:]
    if rest:
        yield TextBlock(path, offset, rest)


def _without_byte_order_mark(data: bytes) -> tuple[bytes, int]:
    if data.startswith(BYTE_ORDER_MARK):
        return data[len(BYTE_ORDER_MARK) :], len(BYTE_ORDER_MARK)
    return data, 0


def _last_boundary(text: bytes) -> int:
    line_end = text.rfind(b"\n") + 1
    return line_end or max(text.rfind(bytes([space])) for space in WHITESPACE) + 1


def _refuse_binary(path: Path, offset: int, data: bytes) -> None:
    if offset == 0:
        for magic, name in COMPRESSED.items():
            if data.startswith(magic):
                raise CorpusError(f"{path} is compressed ({name}); unpack it first")
    position = data.find(0)
    if position >= 0:
        context = data[position : position + 8].hex(" ")
        raise CorpusError(
            f"{path} is not text: NUL at byte {offset + position} ({context}); UTF-8 text is needed"
        )
