"""Reading word2vec's formats; what they are: :mod:`w2v_nce.formats.word2vec`.

Memory is taken for what has been read, never for what a first line announces.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, NoReturn

import numpy as np

from w2v_nce.embeddings import Embeddings
from w2v_nce.formats.input_file import Source, fail, opened, shown
from w2v_nce.formats.vector_rows import VectorRows
from w2v_nce.formats.word2vec_binary import LONGEST_WORD, read_binary, split

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DIGITS = 18  # of a whole number that are read; more than enough to be too large
SAMPLE = 1 << 16  # bytes by which text and binary are told apart
LONGEST_LINE = 1 << 24  # bytes; what is longer is no line of text
MOST_DIMENSIONS = 1 << 28  # NumPy's records have less than 2 GiB
BLANKS = b" \t"
LINE_ENDS = b"\r\n"
NEVER_IN_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
WHOLE_NUMBER = re.compile(rb"[+-]?[0-9]+")


class Header(NamedTuple):
    """What the first line says, or would say."""

    words: int | None  # None if there is no such line
    dim: int


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
    return read_binary(source, header.words, header.dim, len(first), data)


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
        fail(source, ", line 1", f"neither a header nor a word with numbers: {shown(line)}")
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
    if dim > MOST_DIMENSIONS:
        fail(source, ", line 1", f"{dim:,} dimensions; up to {MOST_DIMENSIONS:,} can be read")


def _is_malformed_text(data: bytes, dim: int) -> bool:
    """Tell what should have been lines of text from binary records."""
    if NEVER_IN_TEXT.search(data):
        return False
    # A few float32 can happen to consist of printable bytes; but then they fit exactly.
    *_, end = split(data, 0, dim, len(data))
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
    rows = VectorRows(header.dim, _room(source, header))
    pack = struct.Struct(f"<{header.dim}f").pack
    for number, line in enumerate(_lines(source, first), 1 if header.words is None else 2):
        parsed = _parse(line, header.dim)
        if parsed is None:
            if line.strip():
                _fail_line(source, header.dim, number, line)
            continue
        word, numbers = parsed
        try:
            vector = np.frombuffer(pack(*numbers), "<f4")
            rows.add([word.decode("utf-8", "surrogateescape")], vector)
        except OverflowError:
            fail(source, f", line {number}", f"a number is too large for float32: {shown(line)}")
        if not math.isfinite(sum(numbers)):
            fail(source, f", line {number}", f"a number is NaN or infinite: {shown(line)}")
    if header.words not in (None, len(rows.words)):
        fail(source, "", f"holds {len(rows.words):,} words, its first line says {header.words:,}")
    return rows.embeddings()


def _fail_line(source: Source, dim: int, number: int, line: bytes) -> NoReturn:
    fields = line.split()
    wrong = next((field for field in fields[1:] if not is_number(field)), None)
    reason = f"{len(fields)} fields"
    if len(fields) == dim + 1 and wrong is not None:
        reason = f"{shown(wrong)} is no number"
    expected = f"a word and {dim:,} number{'s are' if dim > 1 else ' is'} expected"
    fail(source, f", line {number}", f"{expected}, found {shown(line)}: {reason}")


def _room(source: Source, header: Header) -> int:
    """Return for how many words to take memory at once: only what the size of the file allows."""
    return header.words or 0 if source.size is not None else 0
