"""Worker threads that update shared parameters without locks (Niu et al. 2011, "Hogwild!").

Two threads that write the same row at the same time may lose an update. With a vocabulary of
thousands of words this is rare, and SGD shrugs it off. But both wait for the row, so threads have
copies of the most frequent words' rows; see :mod:`w2v_nce.training.loans`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from w2v_nce.arrays import Longs, Reals
from w2v_nce.config import TrainConfig
from w2v_nce.corpus.reader import Reader
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.split import Part
from w2v_nce.corpus.table import WordTable
from w2v_nce.interval import Interval
from w2v_nce.kernels.block import Block, new_block
from w2v_nce.kernels.cbow import train_cbow, train_cbow_blocks
from w2v_nce.kernels.contrast import Scratch, Setup, new_scratch
from w2v_nce.kernels.random import stream
from w2v_nce.kernels.skipgram import train_skipgram, train_skipgram_blocks
from w2v_nce.kernels.windows import Windows, draw_windows, in_use, new_windows, subsample
from w2v_nce.position import START, Position
from w2v_nce.training.loans import HotRows, Loans
from w2v_nce.training.schedule import LinearDecay
from w2v_nce.training.softmax import SoftmaxRoom, train_softmax

Kernel = Callable[..., tuple[float, int]]
PLAIN_KERNELS: dict[str, Kernel] = {"cbow": train_cbow, "skipgram": train_skipgram}
BLOCK_KERNELS: dict[str, Kernel] = {
    "cbow": train_cbow_blocks,
    "skipgram": train_skipgram_blocks,
}


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


class Frozen:
    """Words whose input vectors stay as they are.

    Kernels know nothing of them: what a block has done to their rows is undone after it.
    """

    def __init__(self, matrix: Reals, ids: Longs) -> None:
        self.matrix, self.ids = matrix, ids
        self.rows = matrix[ids]  # a copy

    def restore(self) -> None:
        """Undo all changes of their rows."""
        self.matrix[self.ids] = self.rows


class Job(NamedTuple):
    """What the workers of a run have in common."""

    config: TrainConfig
    setup: Setup
    table: WordTable
    decay: LinearDecay
    claims: Claims
    loans: Loans
    text_size: int  # bytes of a block
    part: Part | None = None  # of the sentences of the text, None for all
    frozen: Frozen | None = None


class Worker:
    """Trains on the blocks of text that it is given; one per thread, by number."""

    def __init__(self, job: Job, number: int) -> None:
        self.job = job
        self.progress = Progress()
        self.first_epoch = Seen()
        self.reader = Reader(job.table)
        self.windows = new_windows(len(self.reader.ids))
        self.hot_rows = HotRows(job.setup, number, job.loans)
        self.kernel, self.scratch = kernel_for(job)

    def __call__(self, block: EpochBlock) -> None:
        """Train on one block, at the learning rate that is due in its middle."""
        job = self.job
        words, count = self.reader.read(block.text)
        if block.epoch == 0:
            self.first_epoch = self.first_epoch.after(words, self.reader.words_read)
        if job.part is not None:
            count = job.part.select(self.reader.ids, count)
        rate = np.float32(job.decay.rate(job.claims.take(words) + words / 2))
        windows, state = self.draw(
            count, np.uint64(stream(job.config.seed, block.epoch, block.number))
        )
        loss, measured = self.train(windows, rate, state)
        if job.frozen is not None:
            job.frozen.restore()
        self.progress = self.progress.after(block, words, loss, measured)

    def train(self, windows: Windows, rate: np.float32, state: np.uint64) -> tuple[float, int]:
        """Train on windows, whose words may become the numbers of their rows, in place."""
        with self.hot_rows.lent(windows.words) as copies:
            scratch = self.scratch
            if isinstance(scratch, Block):
                scratch = scratch._replace(copies=copies)
            return self.kernel(windows, self.job.setup, rate, state, scratch)

    def draw(self, count: int, state: np.uint64) -> tuple[Windows, np.uint64]:
        """Subsample the ids that were read and draw their windows."""
        ids, setup = self.reader.ids, self.job.setup
        count, state = subsample(ids, count, setup.keep, state)
        if count > len(self.windows.words):
            self.windows = new_windows(len(ids))
        words, state = draw_windows(ids[:count], setup.window, np.uint64(state), self.windows)
        return in_use(self.windows, words), np.uint64(state)


def kernel_for(job: Job) -> tuple[Kernel, Scratch | Block | SoftmaxRoom]:
    """Return the kernel that the setup asks for, and its room for one thread."""
    config, setup = job.config, job.setup
    if config.loss == "softmax":
        return train_softmax, SoftmaxRoom(config.architecture, config.dim)
    if setup.block:
        room = new_block(config.width, setup.window, setup.block, setup.draws, np.float32)
        return BLOCK_KERNELS[config.architecture], room
    return PLAIN_KERNELS[config.architecture], new_scratch(config.width, setup.draws, np.float32)


def compile_kernels(job: Job) -> None:
    """Compile, or load, all that a worker needs, by giving one an empty block."""
    worker = Worker(job, 0)
    worker(EpochBlock(0, 0, b""))
    worker.hot_rows.compile()


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
        for number, block in enumerate(corpus.blocks(size)):
            if epoch > start.epoch or number >= start.block:
                yield EpochBlock(epoch, number, block.text)
