"""Replicas of hot rows: each thread trains its own, and brings back what it has learned.

Threads share all parameters. A row that two of them keep writing wanders from one processor's
cache to the other's, again and again, and both wait for it. A few dozen words make up a third of a
text, even of one that was thinned out. So a thread takes replicas of their rows when it begins a
chunk of text. When it is done, some 25,000 words later, it moves the rows by a share of its
replicas' deltas: by 1 / n where up to n threads had replicas in the meantime. A hot word has so
many examples in a chunk that each thread brings its rows to about where they were heading; the sum
of all deltas would go n times too far, their mean is less noisy than each. HogWild++ (Zhang, Hsieh
& Akella 2016) replicates all parameters for the same reason, and combines them in another way.

Between chunks the rows themselves are all there is, so nobody else needs to know of replicas.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from w2v_nce.arrays import Doubles, Ids, Longs
from w2v_nce.corpus.vocabulary import thinned_shares
from w2v_nce.kernels.replicas import bring_back, copy_out, to_rows
from w2v_nce.kernels.state import NO_REPLICAS, Parameters, Replicas
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.threads import available_cpus

LEAST_CHUNK = 4000  # words, so that copying takes less than a tenth of the time
LEAST_SHARE = 1 / 1000  # of the thinned text: some 17 words of a chunk
MOST = 256  # words, so that copying takes far less time than training a chunk
LEAST_WORDS = 2_000_000  # for each thread in a whole run, some 80 chunks


class ReplicaUse:
    """The threads that have replicas at the moment."""

    def __init__(self) -> None:
        self.open: dict[int, int] = {}  # by thread: how many have had replicas since it has
        self.lock = threading.Lock()

    def begin(self, thread: int) -> None:
        """Note that a thread takes replicas."""
        with self.lock:
            self.open[thread] = 0
            for each, most in self.open.items():
                self.open[each] = max(most, len(self.open))

    def end(self, thread: int) -> int:
        """Note that a thread is done; return how many had replicas in the meantime, at most."""
        with self.lock:
            return self.open.pop(thread)


class HotRows:
    """The rows of the first ``words`` words, and one thread's replicas of them."""

    def __init__(
        self, parameters: Parameters, vocabulary: int, words: int, thread: int, use: ReplicaUse
    ) -> None:
        self.parameters, self.thread, self.use = parameters, thread, use
        self.replicas = Replicas(words, vocabulary + thread * words)
        self.before = Parameters(*(array[:words].copy() for array in parameters))

    @contextmanager
    def replicated(self, words: Ids) -> Iterator[Replicas]:
        """Fill replicas for training in this context, and turn words, in place, into their rows.

        Where there are none, or few words, the rows themselves are to be trained.
        """
        if self.replicas.words and len(words) >= LEAST_CHUNK:
            with self._replicated(words):
                yield self.replicas
        else:
            yield NO_REPLICAS

    @contextmanager
    def _replicated(self, words: Ids) -> Iterator[None]:
        to_rows(words, self.replicas)
        self.use.begin(self.thread)
        copy_out(self.parameters, self.replicas, self.before)
        try:
            yield
        finally:
            share = self.before.bias.dtype.type(1 / self.use.end(self.thread))
            bring_back(self.parameters, self.replicas, self.before, share)

    def compile(self) -> None:
        """Compile, or load, the kernels of replicas by filling some that nobody trains."""
        if self.replicas.words:
            with self._replicated(np.empty(0, np.int32)):
                pass


def hot_words(shares: Doubles) -> int:
    """Return how many words are hot, the first ones, by their falling (V,) shares of the text."""
    return int(np.count_nonzero(shares[:MOST] >= LEAST_SHARE))


def spare_rows(config: TrainConfig, counts: Longs) -> int:
    """Return how many rows replicas may take: those of all processors' threads, or of more.

    A run may resume with more threads than it began with. Training pair by pair needs none.
    """
    threads = max(config.thread_count, available_cpus())
    hot = hot_words(thinned_shares(counts, config.sample))
    return threads * hot if config.trains_batches else 0


def is_too_short(words: int, threads: int) -> bool:
    """Return whether a run of so many words is too short for replicas.

    The deltas that threads have learned for hot words are averaged, and a mean of many deltas does
    not go as far as one step after the other.
    """
    return words < LEAST_WORDS * threads
