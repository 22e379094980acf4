"""Which words are so frequent that threads get in each other's way.

Threads share all parameters. A row that two of them keep writing wanders from one processor's
cache to the other's, again and again, and both wait for it. A few dozen words make up a third of a
text, even of one that was thinned out, so each thread trains copies of their rows; see
:mod:`w2v_nce.training.loans`.
"""

from __future__ import annotations

import numpy as np

from w2v_nce.arrays import Doubles, Longs
from w2v_nce.config import TrainConfig, available_cpus
from w2v_nce.subsampling import thinned_shares

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
