"""The order of a run: its learning rate, its chunks of text and its evaluation intervals."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from w2v_nce.corpus.sources import Corpus
from w2v_nce.settings.setting import Interval

FLOOR = 1e-4  # of the initial learning rate: where the decay ends, as in word2vec


@dataclass(frozen=True)
class LinearDecay:
    """A learning rate that falls linearly with the words seen, to 1/10,000 of its start."""

    initial: float
    total_words: int  # over all epochs

    def rate(self, words_done: float) -> float:
        """Return the learning rate after ``words_done`` words."""
        return self.initial * max(1.0 - words_done / self.total_words, FLOOR)


class Position(NamedTuple):
    """A place between two chunks of text, and the work done up to there.

    Random streams depend on the seed, the epoch and the number of a chunk alone, so a run can go
    on from here.
    """

    epoch: int = 0
    chunk: int = 0  # the next one, within the epoch
    words: int = 0  # trained so far, over all epochs
    seconds: float = 0.0  # of training


START = Position()


class EpochChunk(NamedTuple):
    """A chunk of text, and what its random numbers depend on."""

    epoch: int
    number: int  # within the epoch
    text: bytes


class Progress(NamedTuple):
    """The work of one thread. It is replaced as a whole, so that readers see one moment."""

    words: int = 0
    loss: float = 0.0  # sum over the measured examples
    measured: int = 0  # the number of these examples
    epoch: int = 0  # of the last chunk
    chunk: int = -1  # its number
    epoch_loss: float = 0.0  # the same sums since that epoch began
    epoch_measured: int = 0

    def after(self, chunk: EpochChunk, words: int, loss: float, measured: int) -> Progress:
        """Return the progress after one more chunk."""
        same = chunk.epoch == self.epoch
        return Progress(
            words=self.words + words,
            loss=self.loss + loss,
            measured=self.measured + measured,
            epoch=chunk.epoch,
            chunk=chunk.number,
            epoch_loss=(self.epoch_loss if same else 0.0) + loss,
            epoch_measured=(self.epoch_measured if same else 0) + measured,
        )


class Seen(NamedTuple):
    """Numbers of running words."""

    known: int = 0  # in the vocabulary
    read: int = 0  # in all

    def after(self, known: int, read: int) -> Seen:
        """Return the numbers after some more words."""
        return Seen(self.known + known, self.read + read)


class Claims:
    """The number of words that the threads have claimed, finished or not.

    Where several processes train, each word counts once for every process: the others claim as
    many of their own meanwhile.
    """

    def __init__(self, words: int = 0, processes: int = 1) -> None:
        self.words, self.processes = words, processes
        self.lock = threading.Lock()

    def take(self, words: int) -> int:
        """Claim some words; return the number claimed before."""
        with self.lock:
            before = self.words
            self.words += words * self.processes
        return before


class Pausable:
    """A stream of chunks that can be paused, but not before it has given one."""

    def __init__(self, chunks: Iterator[EpochChunk]) -> None:
        self.chunks = chunks
        self.given = 0
        self.paused = False
        self.ended = False  # for good

    def __iter__(self) -> Pausable:
        return self

    def __next__(self) -> EpochChunk:
        if self.paused and self.given:
            raise StopIteration
        chunk = next(self.chunks, None)
        if chunk is None:
            self.ended = True
            raise StopIteration
        self.given += 1
        return chunk


class IntervalNumbers:
    """The numbers of the evaluation intervals that chunks belong to.

    A resumed run is given the interval ``under_way``, to which its first chunk belongs.
    """

    def __init__(
        self, interval: Interval, claims: Claims, epoch_words: int, under_way: int | None
    ) -> None:
        self.interval, self.claims, self.epoch_words = interval, claims, epoch_words
        self.under_way = under_way

    def __call__(self, chunk: EpochChunk) -> int:
        """Return the interval of the next chunk."""
        if self.under_way is not None:
            number, self.under_way = self.under_way, None
            return number
        return self.interval.number(chunk.epoch, self.claims.words, self.epoch_words)


def epoch_chunks(
    corpus: Corpus, epochs: int, size: int, start: Position = START
) -> Iterator[EpochChunk]:
    """Read the corpus once for each epoch. Threads need not wait for each other in between.

    A stream that starts within an epoch begins with an empty chunk in place of the one before, so
    that the evaluation interval of that chunk can still end.
    """
    if start.chunk:
        yield EpochChunk(start.epoch, start.chunk - 1, b"")
    for epoch in range(start.epoch, epochs):
        for number, chunk in enumerate(corpus.chunks(size)):
            if epoch > start.epoch or number >= start.chunk:
                yield EpochChunk(epoch, number, chunk.text)
