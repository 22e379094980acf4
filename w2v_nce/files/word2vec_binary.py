"""The records of word2vec's binary format, read from a stream or left in a mapped file.

A file is mapped into memory and only its words are read: vectors stay in it until they are
accessed. A pipe or a compressed file is read from start to end.
"""

from __future__ import annotations

import mmap
from typing import NamedTuple, NoReturn

import numpy as np

from w2v_nce.arrays import Doubles, Matrix, row_lengths
from w2v_nce.files.reading import OpenFile, fail, shown
from w2v_nce.files.stored_vectors import (
    MappedRows,
    RowBuffer,
    StoredVectors,
    without_repeats,
)

PIECE_SIZE = 1 << 20  # bytes read at a time, which fit into a cache
LONGEST_WORD = 1 << 16  # bytes; longer runs without a blank are no words
LINE_END = ord("\n")


class Records(NamedTuple):
    """Some records: words, the starts of their vectors, these and their lengths, the end of all."""

    words: list[str]
    starts: list[int]
    vectors: Matrix
    lengths: Doubles
    end: int


def read_binary(source: OpenFile, words: int, dim: int, offset: int, data: bytes) -> StoredVectors:
    """Read all records, given the bytes that have been read since ``offset``.

    Raises:
        FormatError: if there are fewer, or more, or one is damaged; naming the byte.
    """
    mapped = _mapped(source)
    if mapped is not None:
        return _map_records(source, words, dim, offset, mapped)
    return _read_records(source, words, dim, offset, data)


def split(
    data: bytes | mmap.mmap, position: int, dim: int, limit: int
) -> tuple[list[bytes], list[int], int]:
    """Return the words of complete records, the starts of their vectors, and the end of all."""
    words: list[bytes] = []
    starts: list[int] = []
    find, length, size = data.find, 4 * dim, len(data)
    last = size - length  # the latest start of a vector
    for _ in range(limit):
        begin = position + (position < size and data[position] == LINE_END)
        start = find(b" ", begin, begin + LONGEST_WORD) + 1
        if not 0 < start <= last:
            break
        words.append(data[begin : start - 1])
        starts.append(start)
        position = start + length
    return words, starts, position


def _mapped(source: OpenFile) -> mmap.mmap | None:
    """Return a file mapped into memory; None for streams and where mapping is not supported."""
    if source.size is None:
        return None
    try:
        return mmap.mmap(source.file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):  # not supported by some file systems
        return None


def _map_records(
    source: OpenFile, promised: int, dim: int, position: int, data: mmap.mmap
) -> StoredVectors:
    words: list[str] = []
    starts: list[int] = []
    lengths: list[Doubles] = []
    at_once = max(PIECE_SIZE // (4 * dim), 1)
    while len(words) < promised:
        records = _records(source, data, position, dim, min(at_once, promised - len(words)))
        if not records.words:
            _fail_missing(source, position, len(words), promised)
        words += records.words
        starts += records.starts
        lengths.append(records.lengths)
        position = records.end
    _refuse_more(source, position, data[position : position + PIECE_SIZE], promised)
    rows = MappedRows(data, starts, dim)
    return without_repeats(StoredVectors(words, rows, np.concatenate(lengths)))


def _read_records(
    source: OpenFile, promised: int, dim: int, offset: int, data: bytes
) -> StoredVectors:
    rows = RowBuffer(dim)
    while True:
        records = _records(source, data, 0, dim, promised - len(rows.words), offset)
        rows.add(records.words, records.vectors)
        data, offset = data[records.end :], offset + records.end
        if len(rows.words) == promised:
            break
        more = source.file.read(PIECE_SIZE) if len(data) <= LONGEST_WORD + 4 * dim else b""
        if not more:
            _fail_missing(source, offset, len(rows.words), promised)
        data += more
    _refuse_more(source, offset, data + source.file.read(PIECE_SIZE), promised)
    return rows.stored()


def _records(
    source: OpenFile, data: bytes | mmap.mmap, position: int, dim: int, limit: int, offset: int = 0
) -> Records:
    """Return the next records of some bytes, which begin ``offset`` bytes into the source."""
    words, starts, end = split(data, position, dim, limit)
    if not words:
        return Records([], [], np.empty((0, dim), np.float32), np.empty(0), end)
    vectors = MappedRows(data, starts, dim)[:]
    with np.errstate(invalid="ignore"):  # NaN is reported below
        lengths = row_lengths(vectors)
    begins = [position, *(start + 4 * dim for start in starts[:-1])]
    _refuse_damage(source, words, lengths, [offset + begin for begin in begins])
    names = b" ".join(words).decode("utf-8", "surrogateescape").split(" ")
    return Records(names, starts, vectors, lengths, end)


def _refuse_damage(
    source: OpenFile, words: list[bytes], lengths: Doubles, places: list[int]
) -> None:
    """Make sure that words are words and numbers finite; ``places`` are where records begin.

    Raises:
        FormatError: if one is not, naming the first.
    """
    finite = np.isfinite(lengths)
    if finite.all() and all(words) and b"\n" not in b" ".join(words):
        return
    for word, is_finite, place in zip(words, finite.tolist(), places, strict=True):
        if not word or b"\n" in word:
            fail(source, f", byte {place:,}", f"expected a word, found {shown(word)}; damaged?")
        if not is_finite:
            fail(source, f", byte {place:,}", f"a number is NaN or infinite, of {shown(word)}")


def _fail_missing(source: OpenFile, place: int, found: int, promised: int) -> NoReturn:
    which = f"word {found + 1:,} of {promised:,}"
    fail(source, f", byte {place:,}", f"{which} is missing or incomplete; truncated?")


def _refuse_more(source: OpenFile, place: int, data: bytes, promised: int) -> None:
    if data.strip():
        fail(source, f", byte {place:,}", f"goes on after the {promised:,} words it promises")
