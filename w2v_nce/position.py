"""Where a run stands."""

from __future__ import annotations

from typing import NamedTuple


class Position(NamedTuple):
    """A place between two blocks of text, and what has been done up to there.

    Random streams depend on the seed, the epoch and the number of a block alone, so this is all
    that there is to know of them.
    """

    epoch: int = 0
    block: int = 0  # the next one, within the epoch
    words: int = 0  # trained so far, over all epochs
    seconds: float = 0.0  # that it took


START = Position()
