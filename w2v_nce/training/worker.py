"""Worker threads that update shared parameters without locks (Niu et al. 2011, "Hogwild!").

Two threads that write the same row at the same time may lose an update. With a vocabulary of
thousands of words this is rare, and SGD shrugs it off. But both wait for the row, so threads have
replicas of the most frequent words' rows; see :mod:`w2v_nce.training.hot_rows`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from w2v_nce.arrays import Longs, Reals
from w2v_nce.corpus.windows import Part, WindowReader
from w2v_nce.corpus.word_table import WordTable
from w2v_nce.kernels.cbow import train_cbow, train_cbow_batches
from w2v_nce.kernels.random import stream
from w2v_nce.kernels.skipgram import train_skipgram, train_skipgram_batches
from w2v_nce.kernels.softmax import SoftmaxRoom, train_softmax
from w2v_nce.kernels.state import (
    Batch,
    RowInput,
    Scratch,
    SoftmaxLoss,
    WindowInput,
    Windows,
    new_batch,
    new_scratch,
)
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.hot_rows import HotRows, ReplicaUse
from w2v_nce.training.schedule import Claims, EpochChunk, LinearDecay, Progress, Seen
from w2v_nce.training.setup import Task

Kernel = Callable[..., tuple[float, int]]

#: By input: the kernel that trains example by example, and the one that trains in batches.
KERNELS: dict[type, tuple[Kernel, Kernel]] = {
    WindowInput: (train_cbow, train_cbow_batches),
    RowInput: (train_skipgram, train_skipgram_batches),
}


class Frozen:
    """Words whose input vectors stay as they are.

    Kernels know nothing of them: the changes that a chunk makes to their rows are undone after it.
    """

    def __init__(self, matrix: Reals, ids: Longs) -> None:
        self.matrix, self.ids = matrix, ids
        self.rows = matrix[ids]  # a copy

    def restore(self) -> None:
        """Undo all changes of their rows."""
        self.matrix[self.ids] = self.rows


class Job(NamedTuple):
    """The common ground of a run's workers."""

    config: TrainConfig
    task: Task
    table: WordTable
    decay: LinearDecay
    claims: Claims
    replica_use: ReplicaUse
    chunk_size: int  # bytes
    part: Part | None = None  # of the sentences of the text, None for all
    frozen: Frozen | None = None


class Worker:
    """Trains on the chunks of text that it is given; one per thread, by number."""

    def __init__(self, job: Job, number: int) -> None:
        self.job = job
        self.progress = Progress()
        self.first_epoch = Seen()
        task = job.task
        self.reader = WindowReader(job.table, task.setup.window, task.keep, job.part)
        self.hot_rows = HotRows(
            task.parameters, len(task.keep), task.replicated, number, job.replica_use
        )
        self.kernel, self.room = kernel_for(job)

    def __call__(self, chunk: EpochChunk) -> None:
        """Train on one chunk, at the learning rate that is due in its middle."""
        job = self.job
        state = np.uint64(stream(job.config.seed, chunk.epoch, chunk.number))
        text = self.reader.read(chunk.text, state)
        if chunk.epoch == 0:
            self.first_epoch = self.first_epoch.after(text.known, text.words)
        rate = np.float32(job.decay.rate(job.claims.take(text.known) + text.known / 2))
        loss, measured = self.train(text.windows, rate, text.state)
        if job.frozen is not None:
            job.frozen.restore()
        self.progress = self.progress.after(chunk, text.known, loss, measured)

    def train(self, windows: Windows, rate: np.float32, state: np.uint64) -> tuple[float, int]:
        """Train on windows, whose words may become the numbers of their rows, in place."""
        with self.hot_rows.replicated(windows.words) as replicas:
            room = self.room
            if isinstance(room, Batch):
                room = room._replace(replicas=replicas)
            return self.kernel(windows, self.job.task.setup, rate, state, room)


def kernel_for(job: Job) -> tuple[Kernel, Scratch | Batch | SoftmaxRoom]:
    """Return the kernel for a task, and its room for one thread."""
    config, setup = job.config, job.task.setup
    if isinstance(setup.loss, SoftmaxLoss):
        return train_softmax, SoftmaxRoom(config.dim)
    by_example, in_batches = KERNELS[type(setup.input)]
    if setup.batch:
        room = new_batch(config.width, setup.window, setup.batch, setup.draws, np.float32)
        return in_batches, room
    return by_example, new_scratch(config.width, setup.draws, np.float32)


def compile_kernels(job: Job) -> None:
    """Compile, or load, all that a worker needs, by giving one an empty chunk."""
    worker = Worker(job, 0)
    worker(EpochChunk(0, 0, b""))
    worker.hot_rows.compile()
