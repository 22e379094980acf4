"""Examples: contexts, and the words that stand in them.

In CBOW an example is the neighbours of a word and the word, in skip-gram a word and one of its
neighbours.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v_nce.arrays import Longs, Reals
from w2v_nce.kernels.state import Windows


class Examples(NamedTuple):
    """Contexts as word ids, one after the other, and the word that each is about."""

    contexts: Longs
    sizes: Longs  # (n,): of the contexts
    words: Longs  # (n,)


def example_count(architecture: str, windows: Windows) -> int:
    """Return how many examples there are: words in CBOW, pairs of neighbours in skip-gram."""
    if architecture == "cbow":
        return len(windows.words)
    return int((windows.right - windows.left - 1).sum())


def examples_at(architecture: str, windows: Windows, places: Longs) -> Examples:
    """Return some of the examples in a text, by their numbers."""
    sizes = (windows.right - windows.left).astype(np.int64) - 1  # of all windows
    words = windows.words.astype(np.int64)
    if architecture == "cbow":
        sizes = sizes[places]
        centres = np.repeat(places, sizes)
        within = np.arange(len(centres)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return Examples(words[neighbour(windows, centres, within)], sizes, words[places])
    ends = np.cumsum(sizes)
    centres = np.searchsorted(ends, places, side="right")
    within = places - (ends - sizes)[centres]
    targets = words[neighbour(windows, centres, within)]
    return Examples(words[centres], np.ones(len(places), np.int64), targets)


def neighbour(windows: Windows, centres: Longs, within: Longs) -> Longs:
    """Return the places of the so-manieth neighbours of some centres."""
    places = windows.left[centres] + within
    return np.asarray(places + (places >= centres))


def context_shares(sizes: Longs, root: bool) -> Reals:
    """Return what the vectors of contexts of some sizes are multiplied by before they are added."""
    return (1 / (np.sqrt(sizes) if root else sizes)).astype(np.float32)
