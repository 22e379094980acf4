"""Which words are so frequent that threads get in each other's way.

Threads share all parameters. A row that two of them keep writing wanders from one processor's
cache to the other's, again and again, and both wait for it. A few dozen words make up a third of a
text, even of one that was thinned out, so each thread trains copies of their rows; see
:mod:`w2v_nce.training.loans`.
"""

from __future__ import annotations

import numpy as np

from w2v_nce.arrays import Longs
from w2v_nce.config import TrainConfig
from w2v_nce.subsampling import thinned_shares

LEAST_SHARE = 1 / 1000  # of the text that the subsampling leaves: some 17 words of a block of text
MOST = 256  # so that copying takes far less time than training a block of text
LEAST_WORDS = 2_000_000  # for each thread in a whole run, some 80 blocks of text


def hot_words(config: TrainConfig, counts: Longs) -> int:
    """Return how many of the first words of a vocabulary threads should have copies of.

    ``counts`` are those of the words, which stand by falling frequency; where they do not, since
    a vocabulary was extended, it is the frequent ones at its beginning. One thread needs no
    copies. A short run has none: what threads learn of hot words is averaged, and a mean of many
    moves does not go as far as one move after the other. What is trained pair by pair has none.
    """
    threads = config.thread_count
    is_short = config.epochs * counts.sum() < LEAST_WORDS * threads
    if threads == 1 or is_short or not config.trains_blocks:
        return 0
    is_hot = thinned_shares(counts, config.sample)[:MOST] >= LEAST_SHARE
    return int(np.argmin(np.append(is_hot, False)))
