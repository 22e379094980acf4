"""Worker threads that update shared parameters without locks (Niu et al. 2011, "Hogwild!").

Two threads that write the same row at the same time may lose an update. With a vocabulary of
thousands of words this is rare, and SGD shrugs it off.
"""

from __future__ import annotations

import threading
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


class Progress(NamedTuple):
    """What one thread has done. It is replaced as a whole, so that readers see one moment."""

    words: int = 0
    loss: float = 0.0  # sum over the measured examples
    measured: int = 0  # how many these are
    epoch: int = 0  # of the last block
    epoch_loss: float = 0.0  # the same sums since that epoch began
    epoch_measured: int = 0

    def after(self, epoch: int, words: int, loss: float, measured: int) -> Progress:
        """Return the progress after one more block."""
        same = epoch == self.epoch
        return Progress(
            words=self.words + words,
            loss=self.loss + loss,
            measured=self.measured + measured,
            epoch=epoch,
            epoch_loss=(self.epoch_loss if same else 0.0) + loss,
            epoch_measured=(self.epoch_measured if same else 0) + measured,
        )


class Claims:
    """How many words the threads have taken on, finished or not."""

    def __init__(self) -> None:
        self.words = 0
        self.lock = threading.Lock()

    def take(self, words: int) -> int:
        """Take on some words; return how many were taken on before."""
        with self.lock:
            before = self.words
            self.words += words
        return before


class Job(NamedTuple):
    """What the workers of a run have in common."""

    config: TrainConfig
    setup: Setup
    table: WordTable
    decay: LinearDecay
    claims: Claims


class Worker:
    """Trains on the blocks that it is given; one per thread."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.progress = Progress()
        self.kernel = KERNELS[job.config.architecture]
        self.ids = np.empty(BLOCK_SIZE + 1, np.int32)
        width = job.setup.parameters.input.shape[1]
        self.scratch = Scratch(np.zeros(width, np.float32), np.zeros(width, np.float32))

    def __call__(self, block: EpochBlock) -> None:
        """Train on one block, at the learning rate that is due in its middle."""
        job = self.job
        if len(block.text) >= len(self.ids):
            self.ids = np.empty(len(block.text) + 1, np.int32)
        text = np.frombuffer(block.text, np.uint8)
        words, count = encode_words(text, job.table, self.ids)
        rate = np.float32(job.decay.rate(job.claims.take(words) + words / 2))
        state = stream(job.config.seed, block.epoch, block.number)
        count, state = subsample(self.ids, count, job.setup.keep, np.uint64(state))
        loss, measured = self.kernel(
            self.ids[:count], job.setup, rate, np.uint64(state), self.scratch
        )
        self.progress = self.progress.after(block.epoch, words, loss, measured)


def compile_kernels(job: Job) -> None:
    """Compile, or load, all that a worker needs, by giving one an empty block."""
    Worker(job)(EpochBlock(0, 0, b""))


def epoch_blocks(corpus: Corpus, epochs: int) -> Iterator[EpochBlock]:
    """Read the corpus once for each epoch. Threads need not wait for each other in between."""
    for epoch in range(epochs):
        for number, block in enumerate(corpus.blocks()):
            yield EpochBlock(epoch, number, block.text)
