"""Worker threads that update shared parameters without locks (Niu et al. 2011, "Hogwild!").

Two threads that write the same row at the same time may lose an update. With a vocabulary of
thousands of words this is rare, and SGD shrugs it off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from w2v_nce.config import TrainConfig
from w2v_nce.corpus.scanner import WordTable, encode_words
from w2v_nce.corpus.sources import BLOCK_SIZE, Corpus
from w2v_nce.kernels.cbow import train_cbow
from w2v_nce.kernels.contrast import Scratch, Setup
from w2v_nce.kernels.random import stream
from w2v_nce.kernels.sentences import subsample
from w2v_nce.kernels.skipgram import train_skipgram
from w2v_nce.training.schedule import LinearDecay

KERNELS: dict[str, Callable[..., tuple[float, int]]] = {
    "cbow": train_cbow,
    "skipgram": train_skipgram,
}


class EpochBlock(NamedTuple):
    """A block of text, and what its random numbers depend on."""

    epoch: int
    number: int  # within the epoch
    text: bytes


class Progress:
    """What one thread has done; written by it alone, read by all."""

    def __init__(self, epochs: int) -> None:
        self.words = 0
        self.loss = np.zeros(epochs)  # of each epoch, the sum over the measured examples
        self.measured = np.zeros(epochs, np.int64)


class Job(NamedTuple):
    """What the workers of a run have in common."""

    config: TrainConfig
    setup: Setup
    table: WordTable
    decay: LinearDecay


class Worker:
    """Trains on the blocks that it is given; one per thread."""

    def __init__(self, job: Job, everyone: list[Worker]) -> None:
        self.job = job
        self.everyone = everyone
        self.progress = Progress(job.config.epochs)
        self.kernel = KERNELS[job.config.architecture]
        self.ids = np.empty(BLOCK_SIZE + 1, np.int32)
        width = job.setup.parameters.input.shape[1]
        self.scratch = Scratch(np.zeros(width, np.float32), np.zeros(width, np.float32))

    def __call__(self, block: EpochBlock) -> None:
        """Train on one block."""
        job, progress = self.job, self.progress
        if len(block.text) >= len(self.ids):
            self.ids = np.empty(len(block.text) + 1, np.int32)
        text = np.frombuffer(block.text, np.uint8)
        words, count = encode_words(text, job.table, self.ids)
        state = stream(job.config.seed, block.epoch, block.number)
        count, state = subsample(self.ids, count, job.setup.keep, np.uint64(state))
        rate = np.float32(job.decay.rate(sum(worker.progress.words for worker in self.everyone)))
        loss, measured = self.kernel(
            self.ids[:count], job.setup, rate, np.uint64(state), self.scratch
        )
        progress.loss[block.epoch] += loss
        progress.measured[block.epoch] += measured
        progress.words += words


def make_workers(job: Job) -> list[Worker]:
    """Return a worker for each thread of the run."""
    workers: list[Worker] = []
    workers.extend(Worker(job, workers) for _ in range(job.config.thread_count))
    return workers


def epoch_blocks(corpus: Corpus, epochs: int) -> Iterator[EpochBlock]:
    """Read the corpus once for each epoch. Threads need not wait for each other in between."""
    for epoch in range(epochs):
        for number, block in enumerate(corpus.blocks()):
            yield EpochBlock(epoch, number, block.text)
