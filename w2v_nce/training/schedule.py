"""Numbers that change with the words seen."""

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
    """A place between two blocks of text, and what has been done up to there.

    Random streams depend on the seed, the epoch and the number of a block alone, so this is all
    that there is to know of them.
    """

    epoch: int = 0
    block: int = 0  # the next one, within the epoch
    words: int = 0  # trained so far, over all epochs
    seconds: float = 0.0  # that it took


START = Position()


class EpochBlock(NamedTuple):
    """A block of text, and what its random numbers depend on."""

    epoch: int
    number: int  # within the epoch
    text: bytes


class Progress(NamedTuple):
    """What one thread has done. It is replaced as a whole, so that readers see one moment."""

    words: int = 0
    loss: float = 0.0  # sum over the measured examples
    measured: int = 0  # how many these are
    epoch: int = 0  # of the last block
    block: int = -1  # its number
    epoch_loss: float = 0.0  # the same sums since that epoch began
    epoch_measured: int = 0

    def after(self, block: EpochBlock, words: int, loss: float, measured: int) -> Progress:
        """Return the progress after one more block."""
        same = block.epoch == self.epoch
        return Progress(
            words=self.words + words,
            loss=self.loss + loss,
            measured=self.measured + measured,
            epoch=block.epoch,
            block=block.number,
            epoch_loss=(self.epoch_loss if same else 0.0) + loss,
            epoch_measured=(self.epoch_measured if same else 0) + measured,
        )


class Seen(NamedTuple):
    """Words of the text."""

    known: int = 0  # in the vocabulary
    read: int = 0  # all of them

    def after(self, known: int, read: int) -> Seen:
        """Return what has been seen after some words more."""
        return Seen(self.known + known, self.read + read)


class Claims:
    """How many words the threads have taken on, finished or not.

    Where several machines train, each word stands for as many: others take on their own meanwhile.
    """

    def __init__(self, words: int = 0, machines: int = 1) -> None:
        self.words, self.machines = words, machines
        self.lock = threading.Lock()

    def take(self, words: int) -> int:
        """Take on some words; return how many were taken on before."""
        with self.lock:
            before = self.words
            self.words += words * self.machines
        return before


class Pausable:
    """A stream that can be made to end for a while, but not before it has given a block."""

    def __init__(self, blocks: Iterator[EpochBlock]) -> None:
        self.blocks = blocks
        self.given = 0
        self.paused = False
        self.ended = False  # for good

    def __iter__(self) -> Pausable:
        return self

    def __next__(self) -> EpochBlock:
        if self.paused and self.given:
            raise StopIteration
        block = next(self.blocks, None)
        if block is None:
            self.ended = True
            raise StopIteration
        self.given += 1
        return block


class LegNumbers:
    """Numbers the legs of a run, which are as long as measurements are apart.

    A run that goes on is given the leg ``under_way``, to which its first block belongs.
    """

    def __init__(
        self, interval: Interval, claims: Claims, epoch_words: int, under_way: int | None
    ) -> None:
        self.interval, self.claims, self.epoch_words = interval, claims, epoch_words
        self.under_way = under_way

    def __call__(self, block: EpochBlock) -> int:
        """Return the leg that the next block belongs to."""
        if self.under_way is not None:
            number, self.under_way = self.under_way, None
            return number
        return self.interval.number(block.epoch, self.claims.words, self.epoch_words)


def epoch_blocks(
    corpus: Corpus, epochs: int, size: int, start: Position = START
) -> Iterator[EpochBlock]:
    """Read the corpus once for each epoch. Threads need not wait for each other in between.

    A stream that does not start at the very beginning has the block before its start as an empty
    one, so that the leg of that block is there to be measured.
    """
    if start.block:
        yield EpochBlock(start.epoch, start.block - 1, b"")
    for epoch in range(start.epoch, epochs):
        for number, block in enumerate(corpus.chunks(size)):
            if epoch > start.epoch or number >= start.block:
                yield EpochBlock(epoch, number, block.text)
