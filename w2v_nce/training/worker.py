"""Worker threads that update shared parameters without locks (Niu et al. 2011, "Hogwild!").

Two threads that write the same row at the same time may lose an update. With a vocabulary of
thousands of words this is rare, and SGD shrugs it off. But both wait for the row, so threads have
copies of the most frequent words' rows; see :mod:`w2v_nce.training.hot_rows`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from w2v_nce.arrays import Longs, Reals
from w2v_nce.corpus.windows import Part
from w2v_nce.corpus.word_table import Reader, WordTable
from w2v_nce.kernels.cbow import train_cbow, train_cbow_blocks
from w2v_nce.kernels.random import stream
from w2v_nce.kernels.skipgram import train_skipgram, train_skipgram_blocks
from w2v_nce.kernels.softmax import SoftmaxRoom, train_softmax
from w2v_nce.kernels.state import (
    Block,
    Scratch,
    Setup,
    Windows,
    in_use,
    new_block,
    new_scratch,
    new_windows,
)
from w2v_nce.kernels.windows import draw_windows, subsample
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.hot_rows import HotRows, Loans
from w2v_nce.training.schedule import Claims, EpochBlock, LinearDecay, Progress, Seen

Kernel = Callable[..., tuple[float, int]]

PLAIN_KERNELS: dict[str, Kernel] = {"cbow": train_cbow, "skipgram": train_skipgram}

BLOCK_KERNELS: dict[str, Kernel] = {
    "cbow": train_cbow_blocks,
    "skipgram": train_skipgram_blocks,
}


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
