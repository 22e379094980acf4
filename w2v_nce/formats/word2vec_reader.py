"""Reading word2vec's formats; what they are: :mod:`w2v_nce.formats.word2vec`.

Memory is taken for what has been read, never for what a first line announces.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn, cast

import numpy as np

from w2v_nce.embeddings import Embeddings, Matrix
from w2v_nce.errors import FormatError
from w2v_nce.formats.input_file import Source, opened

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
CHUNK = 1 << 20  # bytes read at a time: what fits into a cache
DIGITS = 18  # of a whole number that are read; more than enough to be too large
SAMPLE = 1 << 16  # bytes by which text and binary are told apart
LONGEST_WORD = 1 << 16  # bytes; what goes on without a blank for longer is no word
LONGEST_LINE = 1 << 24  # bytes; what is longer is no line of text
BLANKS = b" \t"
LINE_ENDS = b"\r\n"
NEVER_IN_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
WHOLE_NUMBER = re.compile(rb"[+-]?[0-9]+")


class Header(NamedTuple):
    """What the first line says, or would say."""

    words: int | None  # None if there is no such line
    dim: int


class Rows:
    """Words and their vectors, as they come in; ``room`` is for how many there is memory."""

    def __init__(self, dim: int, room: int = 0) -> None:
        self.words: list[str] = []
        self.vectors: Matrix = np.empty((room, dim), np.float32)

    def add(self, words: Sequence[bytes], vectors: Matrix) -> None:
        """Add words, none of which has a blank, or a single one; and their (n, d) vectors."""
        start, end = len(self.words), len(self.words) + len(words)
        if end > len(self.vectors):
            more: Matrix = np.empty((max(end, 3 * end // 2), self.vectors.shape[1]), np.float32)
            more[:start] = self.vectors[:start]
            self.vectors = more
        self.vectors[start:end] = vectors
        if len(words) == 1:
            self.words.append(words[0].decode("utf-8", "surrogateescape"))
        else:  # all at once, which is faster
            self.words += b" ".join(words).decode("utf-8", "surrogateescape").split(" ")

    def embeddings(self) -> Embeddings:
        """Return what was added, of words that came twice the first."""
        embeddings = Embeddings(self.words, self.vectors[: len(self.words)])
        if len(embeddings.index) == len(embeddings):
            return embeddings
        rows = sorted(embeddings.index.values())
        return Embeddings([self.words[row] for row in rows], self.vectors[rows])


def read_vectors(path: str | Path) -> Embeddings:
    """Read a file of vectors in any of the formats.

    Raises:
        FormatError: if it cannot be read or is malformed, naming the line or byte.
    """
    with opened(path) as source:
        return _read(source)


def kind_of(path: str | Path) -> str:
    """Return which format a file is in that can be read: "binary", "text" or "glove".

    Raises:
        FormatError: if it cannot be read.
    """
    with opened(path) as source:
        header = _header(source, source.file.readline(LONGEST_LINE))
        if header.words is None:
            return "glove"
        second = source.file.readline(min(64 * header.dim + LONGEST_WORD, LONGEST_LINE))
        return "binary" if _parse(second, header.dim) is None else "text"


def fail(source: Source, place: str, problem: str) -> NoReturn:
    """Raise the error that names the file, the place and what is wrong there."""
    raise FormatError(f"{source.name}{place}: {problem}")


def _read(source: Source) -> Embeddings:
    first = source.file.readline(LONGEST_LINE)
    if not first.strip():
        fail(source, "", "no vectors in it, the file is empty or starts with an empty line")
    header = _header(source, first)
    if header.words is None:
        return _read_text(source, header, first.removeprefix(BYTE_ORDER_MARK))
    second = source.file.readline(min(64 * header.dim + LONGEST_WORD, LONGEST_LINE))
    if not second:
        fail(source, "", f"ends after its first line, which promises {header.words:,} words")
    if _parse(second, header.dim) is not None:
        return _read_text(source, header, second)
    data = second + source.file.read(SAMPLE)
    if _is_malformed_text(data, header.dim):
        _fail_line(source, header.dim, 2, second)
    return _read_binary(source, header, len(first), data)


def _header(source: Source, line: bytes) -> Header:
    """Return what the first line says, or what it shows if it is a word with numbers."""
    fields = line.removeprefix(BYTE_ORDER_MARK).split()
    if len(fields) == 2 and all(WHOLE_NUMBER.fullmatch(field) for field in fields):
        header = Header(int(fields[0][:DIGITS]), int(fields[1][:DIGITS]))
        _check_header(source, header, len(line))
        return header
    dim = 0
    while dim < len(fields) - 1 and is_number(fields[-1 - dim]):
        dim += 1
    if dim == 0:
        fail(source, ", line 1", f"neither a header nor a word with numbers: {_shown(line)}")
    return Header(None, dim)


def _check_header(source: Source, header: Header, length: int) -> None:
    words, dim = header.words or 0, header.dim
    if words < 1 or dim < 1:
        fail(source, ", line 1", f"{words:,} words of {dim:,} dimensions: no vectors")
    shortest = 2 * dim + 1  # bytes of a record, as in "w 0 0 0"
    if source.size is not None and words * shortest > source.size - length:
        fail(
            source,
            ", line 1",
            f"{words:,} words of {dim:,} dimensions do not fit into the {source.size:,} bytes"
            " of the file; it is truncated or no file of vectors",
        )


def _is_malformed_text(data: bytes, dim: int) -> bool:
    """Tell what should have been lines of text from binary records."""
    if NEVER_IN_TEXT.search(data):
        return False
    # A few float32 can happen to consist of printable bytes; but then they fit exactly.
    *_, end = _split(data, dim, len(data))
    fits = not data[end:].strip(LINE_ENDS)
    return not fits or any(_parse(line, dim) for line in data.splitlines())


def is_number(field: bytes) -> bool:
    """Tell whether a field is a number as text."""
    try:
        float(field)
    except ValueError:
        return False
    return b"_" not in field  # which Python allows between digits


def _parse(line: bytes, dim: int) -> tuple[bytes, list[float]] | None:
    """Return the word and the numbers of a line, or None if it does not consist of these."""
    line = line.rstrip(BLANKS + LINE_ENDS)
    # Single blanks are the rule. Any white space at all may be in other programs' files.
    for separator in (b" ", None):
        word, *fields = line.rsplit(separator, dim) or [b""]
        try:
            numbers = [float(field) for field in fields]
        except ValueError:
            continue
        word = word.strip(BLANKS)
        if len(numbers) == dim and word and not _has_numbers(word, fields, line):
            return word, numbers
    return None


def _has_numbers(word: bytes, fields: list[bytes], line: bytes) -> bool:
    """Tell whether numbers are left over with the word, or have underscores in them."""
    if b"_" in line and any(b"_" in field for field in fields):
        return True
    return b" " in word and is_number(word.rsplit(b" ", 1)[1])


def _lines(source: Source, first: bytes) -> Iterator[bytes]:
    yield first
    yield from iter(lambda: source.file.readline(LONGEST_LINE), b"")


def _read_text(source: Source, header: Header, first: bytes) -> Embeddings:
    rows = Rows(header.dim, _room(source, header))
    pack = struct.Struct(f"<{header.dim}f").pack
    for number, line in enumerate(_lines(source, first), 1 if header.words is None else 2):
        parsed = _parse(line, header.dim)
        if parsed is None:
            if line.strip():
                _fail_line(source, header.dim, number, line)
            continue
        word, numbers = parsed
        try:
            rows.add([word], np.frombuffer(pack(*numbers), "<f4"))
        except OverflowError:
            fail(source, f", line {number}", f"a number is too large for float32: {_shown(line)}")
        if not math.isfinite(sum(numbers)):
            fail(source, f", line {number}", f"a number is NaN or infinite: {_shown(line)}")
    if header.words not in (None, len(rows.words)):
        fail(source, "", f"holds {len(rows.words):,} words, its first line says {header.words:,}")
    return rows.embeddings()


def _fail_line(source: Source, dim: int, number: int, line: bytes) -> NoReturn:
    fields = line.split()
    wrong = next((field for field in fields[1:] if not is_number(field)), None)
    reason = f"{len(fields)} fields"
    if len(fields) == dim + 1 and wrong is not None:
        reason = f"{_shown(wrong)} is no number"
    expected = f"a word and {dim:,} number{'s are' if dim > 1 else ' is'} expected"
    fail(source, f", line {number}", f"{expected}, found {_shown(line)}: {reason}")


def _room(source: Source, header: Header) -> int:
    """Return for how many words to take memory at once: only what the size of the file allows."""
    return header.words or 0 if source.size is not None else 0


def _read_binary(source: Source, header: Header, offset: int, data: bytes) -> Embeddings:
    """Read the records, given the bytes that have been read since ``offset``."""
    promised = cast(int, header.words)
    rows = Rows(header.dim, _room(source, header))
    while True:
        words, starts, end = _split(data, header.dim, promised - len(rows.words))
        if words:
            vectors = _vectors_at(data, starts, header.dim)
            names = [word.removeprefix(b"\n") for word in words]
            _check_records(source, offset, words, names, vectors)
            rows.add(names, vectors)
        data, offset = data[end:], offset + end
        if len(rows.words) == promised:
            break
        more = source.file.read(CHUNK) if len(data) <= LONGEST_WORD + 4 * header.dim else b""
        if not more:
            which = f"word {len(rows.words) + 1:,} of {promised:,}"
            fail(source, f", byte {offset:,}", f"{which} is missing or incomplete; truncated?")
        data += more
    if (data + source.file.read(CHUNK)).strip():
        fail(source, f", byte {offset:,}", f"goes on after the {promised:,} words it promises")
    return rows.embeddings()


def _split(data: bytes, dim: int, limit: int) -> tuple[list[bytes], list[int], int]:
    """Return the words of the whole records, where their vectors start, and where all ends."""
    words: list[bytes] = []
    starts: list[int] = []
    position = 0
    find, size, length = data.find, len(data), 4 * dim
    while len(words) < limit:
        blank = find(b" ", position)
        end = blank + 1 + length
        if blank < 0 or end > size:
            break
        words.append(data[position:blank])
        starts.append(blank + 1)
        position = end
    return words, starts, position


def _vectors_at(data: bytes, starts: list[int], dim: int) -> Matrix:
    """Return the (n, d) float32 that start at some bytes."""
    # An array whose i-th element is all bytes of a vector from byte i on: indexing it gathers.
    size = 4 * dim
    everywhere = np.ndarray((len(data) - size + 1,), f"V{size}", data, strides=(1,))
    vectors: Matrix = everywhere[starts].view("<f4").reshape(-1, dim)
    return vectors


def _check_records(
    source: Source, offset: int, words: list[bytes], names: list[bytes], vectors: Matrix
) -> None:
    """Refuse words that are none, and numbers that are not finite."""
    if np.isfinite(vectors).all() and all(names) and b"\n" not in b" ".join(names):
        return
    for word, name, vector in zip(words, names, vectors, strict=True):
        if not name or b"\n" in name:
            fail(source, f", byte {offset:,}", f"expected a word, found {_shown(word)}; damaged?")
        if not np.isfinite(vector).all():
            fail(source, f", byte {offset:,}", f"a number is NaN or infinite, of {_shown(name)}")
        offset += len(word) + 1 + 4 * vectors.shape[1]


def _shown(line: bytes) -> str:
    text = line[:40].decode("utf-8", "backslashreplace").strip()
    return repr(text + "…" if len(line) > 40 else text)
