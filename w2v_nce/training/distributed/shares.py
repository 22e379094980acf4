"""The text of a corpus, divided among ranks."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from w2v_nce.corpus.sources import WHITESPACE, Chunk, Corpus
from w2v_nce.errors import CorpusError
from w2v_nce.files.compression import MAGIC_SIZE, TextStream, is_compressed
from w2v_nce.files.inputs import ByteReader, FileInput
from w2v_nce.text import Cleaning

#: The bytes of text that a byte of a compressed file is assumed to hold.
COMPRESSED_WEIGHT = 3
MOST_PARTS = 16  # of the plain text, for each rank
LEAST_PART = 1 << 20  # bytes
LOOK = 1 << 16  # bytes that are read at a time in search of the end of a line
FAR = 1 << 20  # bytes after which a line is cut between two words


class Stretch(NamedTuple):
    """A part of the text of a file, of whole lines."""

    name: str
    size: int  # of the file, as it is stored
    start: int  # bytes of text
    end: int | None  # None if it is unknown: the file is compressed

    @property
    def weight(self) -> int:
        """The bytes of text, estimated for a compressed file."""
        if self.end is None:
            return max(COMPRESSED_WEIGHT * self.size - self.start, 1)
        return self.end - self.start


class StretchInput:
    """A stretch as an input: text, or a whole file as it is stored."""

    repeatable = True

    def __init__(self, stretch: Stretch) -> None:
        self.stretch, self.file = stretch, Path(stretch.name)
        self.name = stretch.name
        if stretch.start:
            self.name += f" (from byte {stretch.start:,} on)"
        self.size: int | None = stretch.size if stretch.end is None else stretch.weight

    def open(self) -> ByteReader:
        """Start reading.

        Raises:
            CorpusError: if the file has another size than on rank 0.
        """
        name, size, start, end = self.stretch
        there = self.file.stat().st_size
        if there != size:
            raise CorpusError(
                f"{name} has {there:,} bytes here, and {size:,} where rank 0 is; all ranks must"
                " have the same files"
            )
        if end is None:
            return unpacked(self.file, start) if start else FileInput(self.file).open()
        return Window(self.file, start, end)


class Window:
    """A part of a file, for reading."""

    def __init__(self, path: Path, start: int, end: int) -> None:
        self.file = path.open("rb", buffering=0)
        self.file.seek(start)
        self.left = end - start

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; none at the end."""
        data = self.file.read(min(size, self.left)) or b""
        self.left -= len(data)
        return data

    def close(self) -> None:
        """Close the file."""
        self.file.close()


class Unpacked:
    """The text of a compressed file, for reading."""

    def __init__(self, text: TextStream) -> None:
        self.text = text

    def read(self, size: int, /) -> bytes:
        """Return ``size`` bytes; fewer only at the end."""
        return self.text.read(size)

    def close(self) -> None:
        """Close the file."""
        self.text.stored.file.close()


def unpacked(path: Path, start: int) -> Unpacked:
    """Open the text of a compressed file from a byte of the text on."""
    text = TextStream(FileInput(path))
    while start and (skipped := len(text.read(min(start, 1 << 20)))):
        start -= skipped
    return Unpacked(text)


@dataclass
class Share:
    """The text of one rank, and the part of it that is left to read."""

    stretches: list[Stretch]
    cleaning: Cleaning

    @property
    def corpus(self) -> Corpus:
        """The text as a corpus."""
        return Corpus(tuple(map(StretchInput, self.stretches)), self.cleaning)

    @property
    def left(self) -> list[Stretch]:
        """The stretches that are left to read."""
        return [each for each in self.stretches if each.end is None or each.start < each.end]

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield the chunks; ``stretches`` then are what is left after the last one."""
        while self.stretches:
            stretch = self.stretches[0]
            for chunk in Corpus((StretchInput(stretch),), self.cleaning).chunks(size):
                self.stretches[0] = stretch._replace(start=stretch.start + chunk.end)
                yield chunk
            del self.stretches[0]


def stretches_of(corpus: Corpus) -> list[Stretch]:
    """Return the files of a corpus, each as one stretch.

    Raises:
        CorpusError: if it has inputs that are not files.
    """
    return [
        _whole(each) if isinstance(each, FileInput) else _refuse(each.name)
        for each in corpus.inputs
    ]


def _refuse(name: str) -> Stretch:
    raise CorpusError(
        f"{name} can be read only once and by one process; `cluster` needs files: save it to one"
    )


def _whole(file: FileInput) -> Stretch:
    with file.path.open("rb") as data:
        compressed = is_compressed(file.name, data.read(MAGIC_SIZE))
    size = file.size or 0
    return Stretch(str(file.path.absolute()), size, 0, None if compressed else size)


def shares_of(corpus: Corpus, ranks: int) -> list[list[Stretch]]:
    """Return the share of each rank.

    Raises:
        CorpusError: if it has inputs that are not files, or too little text for all ranks.
    """
    shares = divide(stretches_of(corpus), ranks)
    if not all(shares):
        raise CorpusError(
            f"{corpus.name} is too little text for {ranks} processes: {shares.count([])} would have"
            " none; a compressed file is that of one process, so unpack it, or start fewer"
        )
    return shares


def divide(stretches: Sequence[Stretch], ranks: int) -> list[list[Stretch]]:
    """Divide stretches among ranks, about the same weight for each.

    Compressed ones are assigned whole, the heaviest first, each to the rank with the least text.
    Plain ones, cut at line ends, then fill all ranks up to the same level, each in several parts:
    ranks that read text of the same kind learn better together.
    """
    shares: list[list[Stretch]] = [[] for _ in range(ranks)]
    heap = [(0, rank) for rank in range(ranks)]
    packed = [each for each in stretches if each.end is None]
    for stretch in sorted(packed, key=lambda each: -each.weight):
        load, rank = heapq.heappop(heap)
        shares[rank].append(stretch)
        heapq.heappush(heap, (load + stretch.weight, rank))
    plain = [each for each in stretches if each.end is not None]
    amount = sum(each.weight for each in plain)
    loads = [sum(each.weight for each in share) for share in shares]
    quotas = filled_up(loads, amount)
    parts = min(max(amount // (ranks * LEAST_PART), 1), MOST_PARTS)
    sizes = [
        quota * (part + 1) // parts - quota * part // parts
        for part in range(parts)
        for quota in quotas
    ]
    for i, some in enumerate(cut(plain, list(accumulate(sizes)))):
        shares[i % ranks] += some
    return shares


def filled_up(loads: Sequence[int], amount: int) -> list[int]:
    """Divide an amount so that the lowest loads rise to the same level."""
    ordered = sorted(loads)
    level = 0
    for count in range(1, len(loads) + 1):
        level = (amount + sum(ordered[:count])) // count
        if count == len(loads) or level <= ordered[count]:
            break
    quotas = [max(level - load, 0) for load in loads]
    quotas[loads.index(ordered[0])] += amount - sum(quotas)  # left over by rounding
    return quotas


def cut(stretches: Sequence[Stretch], places: Sequence[int]) -> Iterator[list[Stretch]]:
    """Cut a sequence of plain stretches at line ends near these places, counted from its start."""
    rest = deque(stretches)
    done = 0
    for place in places[:-1]:
        part: list[Stretch] = []
        while rest and done + rest[0].weight <= place:
            done += rest[0].weight
            part.append(rest.popleft())
        if rest and done < place:
            first = rest[0]
            border = line_end(first, first.start + place - done)
            part.append(first._replace(end=border))
            rest[0] = first._replace(start=border)
            done += border - first.start
            if border == first.end:
                rest.popleft()
        yield part
    yield list(rest)


def line_end(stretch: Stretch, place: int) -> int:
    """Return the end of the line with the byte before a place, or of a word if it is very long."""
    assert stretch.end is not None
    with Path(stretch.name).open("rb") as file:
        file.seek(place - 1)
        at, marks = place - 1, b"\n"
        while at < stretch.end and (data := file.read(min(LOOK, stretch.end - at))):
            found = [i for i in (data.find(bytes([mark])) for mark in marks) if i >= 0]
            if found:
                return at + min(found) + 1
            at += len(data)
            if at - place > FAR:
                marks = WHITESPACE
    return stretch.end
