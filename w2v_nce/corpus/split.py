"""A share of the sentences of a text, held out from training."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v_nce.arrays import Ids
from w2v_nce.corpus.sources import BLOCK_SIZE
from w2v_nce.kernels.jit import bare_jit
from w2v_nce.kernels.random import HALF, mix

ALL = 1 << 32
ONE = np.uint64(1)


class Part(NamedTuple):
    """The sentences that are held out, or those that are not.

    Which they are depends on nothing but their words and the seed, so that the same sentence is
    never on both sides. A line that is longer than a block of text counts as several, so all who
    read the text must cut it into blocks of the same size.
    """

    share: float  # of the sentences that are held out
    held_out: bool  # these, or the others
    seed: int
    block_size: int = BLOCK_SIZE  # bytes

    def select(self, ids: Ids, count: int) -> int:
        """Move the sentences of this part to the front; return how many ids they have."""
        return select_sentences(ids, count, round(self.share * ALL), self.held_out, self.seed)


@bare_jit
def select_sentences(ids: Ids, count: int, threshold: int, held_out: bool, seed: int) -> int:
    """Do the work of :meth:`Part.select`; sentences end with a negative id."""
    used, start, state = 0, 0, mix(np.uint64(seed))
    for i in range(count):
        ids[used + i - start] = ids[i]
        if ids[i] >= 0:
            state = mix(state + np.uint64(ids[i]) + ONE)
        if ids[i] < 0 or i == count - 1:
            if (np.int64(state >> HALF) < threshold) == held_out:
                used += i + 1 - start
            start, state = i + 1, mix(np.uint64(seed))
    return used
