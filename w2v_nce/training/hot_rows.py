"""Each thread trains copies of the rows of hot words, and brings back what it has learned.

A thread takes copies when it begins a block of text. When it has done it, some 25,000 words later,
it moves the rows by a share of what their copies have moved by: by 1 / n where up to n threads had
copies meanwhile. A hot word has so many examples in a block that each thread brings its rows to
about where they were heading; the sum of all moves would go n times too far, their mean is less
noisy than each. HogWild++ (Zhang, Hsieh & Akella 2016) has copies of all parameters for the same
reason, and another way to bring them together.

Between blocks the rows themselves are all there is, so nobody else needs to know of copies.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from w2v_nce.arrays import Doubles, Ids, Longs
from w2v_nce.corpus.vocabulary import thinned_shares
from w2v_nce.kernels.replicas import bring_back, copy_out, to_rows
from w2v_nce.kernels.state import NO_COPIES, Copies, Parameters, Setup
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.threads import available_cpus

LEAST_BLOCK = 4000  # words, so that copying takes less than a tenth of the time


class Loans:
    """Which threads have copies at the moment."""

    def __init__(self) -> None:
        self.open: dict[int, int] = {}  # by thread: how many have had copies since it has
        self.lock = threading.Lock()

    def begin(self, thread: int) -> None:
        """Note that a thread takes copies."""
        with self.lock:
            self.open[thread] = 0
            for each, most in self.open.items():
                self.open[each] = max(most, len(self.open))

    def end(self, thread: int) -> int:
        """Note that a thread has done with them; return how many had copies meanwhile, at most."""
        with self.lock:
            return self.open.pop(thread)


class HotRows:
    """The rows of hot words, and the copies that one thread has of them."""

    def __init__(self, setup: Setup, thread: int, loans: Loans) -> None:
        words, all_words = setup.copied, len(setup.keep)
        self.parameters, self.thread, self.loans = setup.parameters, thread, loans
        self.copies = Copies(words, all_words + thread * words)
        self.before = Parameters(*(array[:words].copy() for array in setup.parameters))

    @contextmanager
    def lent(self, words: Ids) -> Iterator[Copies]:
        """Make copies to be trained in this context, and words, in place, their rows' numbers.

        Where there are none, or few words, the rows themselves are to be trained.
        """
        if self.copies.words and len(words) >= LEAST_BLOCK:
            with self._lent(words):
                yield self.copies
        else:
            yield NO_COPIES

    @contextmanager
    def _lent(self, words: Ids) -> Iterator[None]:
        to_rows(words, self.copies)
        self.loans.begin(self.thread)
        copy_out(self.parameters, self.copies, self.before)
        try:
            yield
        finally:
            share = self.before.bias.dtype.type(1 / self.loans.end(self.thread))
            bring_back(self.parameters, self.copies, self.before, share)

    def compile(self) -> None:
        """Compile, or load, what makes copies, by making some that nobody trains."""
        if self.copies.words:
            with self._lent(np.empty(0, np.int32)):
                pass


LEAST_SHARE = 1 / 1000  # of the text that the subsampling leaves: some 17 words of a block of text

MOST = 256  # so that copying takes far less time than training a block of text

LEAST_WORDS = 2_000_000  # for each thread in a whole run, some 80 blocks of text


def hot_words(shares: Doubles) -> int:
    """Return how many words are hot, the first ones, by their falling (V,) shares of the text."""
    return int(np.count_nonzero(shares[:MOST] >= LEAST_SHARE))


def rows_for_copies(config: TrainConfig, counts: Longs) -> int:
    """Return how many rows copies may take: those of all processors' threads, or of more.

    A run may go on with more threads than it began with. What is trained pair by pair needs none.
    """
    threads = max(config.thread_count, available_cpus())
    hot = hot_words(thinned_shares(counts, config.sample))
    return threads * hot if config.trains_blocks else 0


def is_too_short(words: int, threads: int) -> bool:
    """Tell whether a run of so many words is too short for copies.

    What threads have learned of hot words is averaged, and a mean of many moves does not go as far
    as one move after the other.
    """
    return words < LEAST_WORDS * threads
