"""Reading word2vec's formats from a stream of bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, NoReturn

import numpy as np

from w2v_nce.embeddings import Embeddings, Matrix
from w2v_nce.errors import FormatError

CHUNK = 1 << 22  # bytes read at a time
LONGEST_LINE = 1 << 24  # bytes; what is longer is no line of text
ROWS_AT_FIRST = 1 << 12  # allocated for a file that does not tell, or whose word is not taken
NUMERIC = b"0123456789+-.eE \t\r\n"


class Source(NamedTuple):
    """A stream of bytes, and what is known of it."""

    name: str
    file: BinaryIO
    size: int | None  # bytes; None if it has to be unpacked

    def fail(self, place: str, problem: str) -> NoReturn:
        """Raise the error that names the file, the place and what is wrong there."""
        raise FormatError(f"{self.name}{place}: {problem}")


class Header(NamedTuple):
    """What the first line says, or would say."""

    words: int | None  # None if there is no such line
    dim: int


class Rows:
    """A matrix that grows row by row, and words for the rows."""

    def __init__(self, rows: int, dim: int) -> None:
        self.words: list[str] = []
        self.matrix: Matrix = np.empty((rows, dim), np.float32)

    def add(self, word: bytes, numbers: Matrix | list[float]) -> None:
        """Add a word with its vector."""
        row = len(self.words)
        if row == len(self.matrix):
            self.matrix.resize((2 * row, self.matrix.shape[1]), refcheck=False)
        self.matrix[row] = numbers
        self.words.append(word.decode("utf-8", "surrogateescape"))

    def embeddings(self) -> Embeddings:
        """Return what was added."""
        self.matrix.resize((len(self.words), self.matrix.shape[1]), refcheck=False)
        return Embeddings(self.words, self.matrix)


def read_source(source: Source) -> Embeddings:
    """Read a whole stream of vectors."""
    first = source.file.readline(LONGEST_LINE)
    if not first.strip():
        source.fail("", "no vectors in it, the file is empty or starts with an empty line")
    header = _header(first)
    if header is None:
        return _read_text(source, Header(None, _dimensions(source, first)), first)
    _check_header(source, header, len(first))
    second = source.file.readline(_longest_record(header.dim))
    if _is_text(second, header.dim):
        return _read_text(source, header, second)
    return _read_binary(source, header, len(first), second)


def _header(line: bytes) -> Header | None:
    fields = line.split()
    if len(fields) == 2 and all(field.isdigit() for field in fields):
        return Header(int(fields[0]), int(fields[1]))
    return None


def _check_header(source: Source, header: Header, length: int) -> None:
    if not header.words or not header.dim:
        source.fail(", line 1", f"{header.words} words of {header.dim} dimensions: no vectors")
    shortest = 2 * header.dim + 1  # of a record: as text "w 0 0 0\n"
    if source.size is not None and header.words * shortest > source.size - length:
        source.fail(
            ", line 1",
            f"{header.words:,} words of {header.dim:,} dimensions do not fit into the"
            f" {source.size:,} bytes of the file; it is truncated or no file of vectors",
        )


def _longest_record(dim: int) -> int:
    return 64 * dim + (1 << 16)


def _dimensions(source: Source, line: bytes) -> int:
    """Return the dimensions of a file without header from its first line."""
    dim = len(line.split()) - 1
    if dim < 1 or _numbers(line, dim) is None:
        source.fail(", line 1", f"neither a header nor a word with numbers: {_shown(line)}")
    return dim


def _numbers(line: bytes, dim: int) -> list[float] | None:
    """Return the last ``dim`` fields as numbers, or None if they are not."""
    fields = line.rsplit(None, dim)
    if len(fields) != dim + 1:
        return None
    try:
        return [float(field) for field in fields[1:]]
    except ValueError:
        return None


def _is_text(record: bytes, dim: int) -> bool:
    """Tell a record of the text format, even one that is not quite right, from a binary one."""
    if _numbers(record, dim) is not None:
        return True
    numbers = record.partition(b" ")[2].strip()
    return numbers != b"" and not numbers.strip(NUMERIC)


def _lines(source: Source, first: bytes) -> Iterator[bytes]:
    yield first
    yield from iter(lambda: source.file.readline(LONGEST_LINE), b"")


def _rows_for(source: Source, header: Header) -> Rows:
    """Allocate what the header asks for only if the file is as large as that."""
    rows = header.words if header.words and source.size is not None else ROWS_AT_FIRST
    return Rows(rows, header.dim)


def _read_text(source: Source, header: Header, first: bytes) -> Embeddings:
    rows = _rows_for(source, header)
    skipped = 0 if header.words is None else 1
    for number, line in enumerate(_lines(source, first), skipped + 1):
        if not line.strip():
            continue
        numbers = _numbers(line, header.dim)
        if numbers is None:
            source.fail(
                f", line {number}",
                f"a word and {header.dim} numbers are expected, found {_shown(line)}",
            )
        if not np.isfinite(numbers).all():
            source.fail(f", line {number}", "a number is NaN or infinite")
        rows.add(line.rsplit(None, header.dim)[0].lstrip(b" \t"), numbers)
    if header.words not in (None, len(rows.words)):
        source.fail("", f"holds {len(rows.words):,} words, its first line says {header.words:,}")
    return rows.embeddings()


def _read_binary(source: Source, header: Header, offset: int, data: bytes) -> Embeddings:
    assert header.words is not None
    rows, position = _rows_for(source, header), 0
    for row in range(header.words):
        end = _record_end(data, position, header.dim)
        if end is None:
            offset, data, position = offset + position, data[position:], 0
            data, end = _refill(source, data, header.dim)
        if end is None:
            source.fail(
                f", byte {offset:,}",
                f"word {row + 1:,} of {header.words:,} is missing or incomplete; truncated?",
            )
        numbers = np.frombuffer(data, "<f4", header.dim, end - 4 * header.dim)
        word = data[position : end - 4 * header.dim - 1].removeprefix(b"\n")
        if not word or b"\n" in word or not np.isfinite(numbers).all():
            source.fail(
                f", byte {offset + position:,}",
                f"no word with {header.dim} finite numbers; damaged, or not word2vec's format",
            )
        rows.add(word, numbers)
        position = end
    if (data[position:] + source.file.read(CHUNK)).strip():
        source.fail("", f"goes on after the {header.words:,} words that its first line promises")
    return rows.embeddings()


def _record_end(data: bytes, position: int, dim: int) -> int | None:
    """Return where the binary record that starts here ends, or None if it is not all there."""
    blank = data.find(b" ", position)
    end = blank + 1 + 4 * dim
    return end if blank >= 0 and end <= len(data) else None


def _refill(source: Source, data: bytes, dim: int) -> tuple[bytes, int | None]:
    """Read on until the data hold a record, as far as there are any and it is not absurdly long."""
    while len(data) < _longest_record(dim) and (more := source.file.read(CHUNK)):
        data += more
        end = _record_end(data, 0, dim)
        if end is not None:
            return data, end
    return data, None


def _shown(line: bytes) -> str:
    text = line[:40].decode("utf-8", "backslashreplace").strip()
    return repr(text + "…" if len(line) > 40 else text)
