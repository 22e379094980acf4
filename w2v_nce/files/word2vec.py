"""word2vec's file formats, text and binary, read and written.

Both start with a line of two whole numbers, words and dimensions; then comes a record a word:

* text: the word and its numbers in decimal, separated by blanks, and a line end;
* binary: the word, a blank, its numbers as little-endian float32, and a line end, which some
  writers leave out.

Other programs write the text format without the first line. All of this is read, compressed or
not, and told apart by its content, not by its name. Reading allocates memory for what has been
read, never for what a first line announces.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

import numpy as np

from w2v_nce.arrays import Matrix
from w2v_nce.errors import FormatError
from w2v_nce.files.atomic import Discardable
from w2v_nce.files.compressed import CompressedFile, Writer
from w2v_nce.files.reading import OpenFile, fail, opened, shown
from w2v_nce.files.stored_vectors import RowBuffer, StoredVectors
from w2v_nce.files.word2vec_binary import LONGEST_WORD, read_binary, split

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DIGITS = 18  # of a whole number that are parsed; more would be too large anyway
SAMPLE = 1 << 16  # bytes that distinguish text from binary
LONGEST_LINE = 1 << 24  # bytes; anything longer is no line of text
MOST_DIMENSIONS = 1 << 28  # NumPy's records have less than 2 GiB
BLANKS = b" \t"
LINE_ENDS = b"\r\n"
NEVER_IN_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
WHOLE_NUMBER = re.compile(rb"[+-]?[0-9]+")


class Header(NamedTuple):
    """The number of words, if a first line gives it, and of dimensions."""

    words: int | None  # None if there is no such line
    dim: int


def read_word2vec(path: str | Path) -> StoredVectors:
    """Read a file of vectors in any of the formats.

    Raises:
        FormatError: if it cannot be read or is malformed, naming the line or byte.
    """
    with opened(path) as source:
        return _read(source)


def kind_of(path: str | Path) -> str:
    """Return the format of a file that can be read: "binary", "text" or "glove".

    Raises:
        FormatError: if it cannot be read.
    """
    with opened(path) as source:
        header = _header(source, source.file.readline(LONGEST_LINE))
        if header.words is None:
            return "glove"
        second = source.file.readline(min(64 * header.dim + LONGEST_WORD, LONGEST_LINE))
        return "binary" if _parse(second, header.dim) is None else "text"


def _read(source: OpenFile) -> StoredVectors:
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


def _header(source: OpenFile, line: bytes) -> Header:
    """Return the header in the first line, or one made from the word and numbers found there."""
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


def _check_header(source: OpenFile, header: Header, length: int) -> None:
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
    """Return whether data behind a header were meant as lines of text, not as binary records."""
    if NEVER_IN_TEXT.search(data):
        return False
    # A few float32 may consist of printable bytes by chance; but then they fit exactly.
    *_, end = split(data, 0, dim, len(data))
    fits = not data[end:].strip(LINE_ENDS)
    return not fits or any(_parse(line, dim) for line in data.splitlines())


def is_number(field: bytes) -> bool:
    """Return whether a field is a number in decimal."""
    try:
        float(field)
    except ValueError:
        return False
    return b"_" not in field  # Python allows it between digits


def _parse(line: bytes, dim: int) -> tuple[bytes, list[float]] | None:
    """Return the word and the numbers of a line, or None if it does not consist of these."""
    line = line.rstrip(BLANKS + LINE_ENDS)
    # Single blanks are the rule; files of other programs may have any white space.
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
    """Return whether numbers are left over with the word or contain underscores."""
    if b"_" in line and any(b"_" in field for field in fields):
        return True
    return b" " in word and is_number(word.rsplit(b" ", 1)[1])


def _lines(source: OpenFile, first: bytes) -> Iterator[bytes]:
    yield first
    yield from iter(lambda: source.file.readline(LONGEST_LINE), b"")


def _read_text(source: OpenFile, header: Header, first: bytes) -> StoredVectors:
    rows = RowBuffer(header.dim, _room(source, header))
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
    return rows.stored()


def _fail_line(source: OpenFile, dim: int, number: int, line: bytes) -> NoReturn:
    fields = line.split()
    wrong = next((field for field in fields[1:] if not is_number(field)), None)
    reason = f"{len(fields)} fields"
    if len(fields) == dim + 1 and wrong is not None:
        reason = f"{shown(wrong)} is no number"
    expected = f"a word and {dim:,} number{'s are' if dim > 1 else ' is'} expected"
    fail(source, f", line {number}", f"{expected}, found {shown(line)}: {reason}")


def _room(source: OpenFile, header: Header) -> int:
    """Return the number of words to allocate memory for, as far as the size of the file allows."""
    return header.words or 0 if source.size is not None else 0


BYTES_AT_ONCE = 1 << 22  # of float32; bounds the memory for encoded records


class VectorsFile(Discardable):
    """A file that vectors will be written to, opened beforehand; see :class:`CompressedFile`.

    ``header`` is the first line, which GloVe's files do not have. The same vectors always give the
    same bytes.

    Raises:
        OutputError: if it cannot be opened.
    """

    def __init__(self, path: str | Path, binary: bool, header: bool = True) -> None:
        self.binary, self.header = binary, header
        self.file = CompressedFile(path)

    def save(self, words: Sequence[str], vectors: Matrix) -> None:
        """Write all words and vectors, and put the file in its place.

        Raises:
            FormatError: if the format has no way to write one of the words.
            W2vNceError: if the disk does not take it.
        """
        write_vectors(self.file, words, vectors, self.binary, self.header)
        self.file.commit()

    def discard(self) -> None:
        """Remove what was written, unless it is complete."""
        self.file.discard()


def write_vectors(
    file: Writer, words: Sequence[str], vectors: Matrix, binary: bool, header: bool = True
) -> None:
    """Write words and vectors in one of word2vec's formats, or as text without its first line.

    Raises:
        FormatError: if the format has no way to write one of the words.
    """
    records = _binary_records if binary else _text_records
    dim = vectors.shape[1]
    if header:
        file.write(f"{len(words)} {dim}\n".encode())
    elif dim == 1 and is_number(words[0].encode("utf-8", "replace")):
        raise FormatError(
            f"the word {words[0]!r} and its number would be taken for a first line that"
            " says how many vectors there are; only other formats can hold it"
        )
    rows = max(BYTES_AT_ONCE // (4 * max(dim, 1)), 1)
    for start in range(0, len(words), rows):
        encoded = [_encoded(word, binary) for word in words[start : start + rows]]
        file.write(b"".join(records(encoded, vectors[start : start + rows])))


def _binary_records(words: list[bytes], vectors: Matrix) -> list[bytes]:
    rows = vectors.astype("<f4")
    return [b"%b %b\n" % (word, row.tobytes()) for word, row in zip(words, rows, strict=True)]


def _text_records(words: list[bytes], vectors: Matrix) -> list[bytes]:
    # Nine digits distinguish any two float32. NumPy's shortest representation saves a tenth of the
    # digits and takes two and a half times as long.
    form = b"%b" + b" %.9g" * vectors.shape[1] + b"\n"
    return [form % (word, *row) for word, row in zip(words, vectors.tolist(), strict=True)]


def _encoded(word: str, binary: bool) -> bytes:
    """Return the bytes of a word that reads back as the same word.

    Raises:
        FormatError: if there is no way to write it.
    """
    data = word.encode("utf-8", "surrogateescape")
    if not data or b"\n" in data:
        raise FormatError(
            f"the word {word!r} is empty or has a line end: word2vec's formats cannot hold it"
        )
    if b" " in data:
        if binary:
            raise FormatError(
                f"the word {word!r} has a blank, which word2vec's binary format cannot hold;"
                " write text"
            )
        if data != data.strip(BLANKS) or is_number(data.rsplit(b" ", 1)[1]):
            raise FormatError(
                f"the word {word!r} has blanks or numbers at its ends: word2vec's formats cannot"
                " hold it"
            )
    return data
