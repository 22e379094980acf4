"""Each thread trains copies of the rows of hot words, and brings back what it has learned.

A thread takes copies when it begins a block of text. When it has done it, some 20,000 words later,
it moves the rows by a share of what their copies have moved by: by 1 / n where n threads had
copies at the same time. That makes the mean of theirs, as in HogWild++ (Zhang, Hsieh & Akella
2016). A hot word has so many examples in a block that each thread brings its rows to about where
they were heading; the sum of all moves would go n times too far.

Between blocks the rows themselves are all there is, so nobody else needs to know of copies.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from w2v_nce.arrays import Ids
from w2v_nce.kernels.contrast import Parameters, Setup
from w2v_nce.kernels.copies import Copies, bring_back, copy_out, to_rows


class Loans:
    """How many threads have copies at the moment."""

    def __init__(self) -> None:
        self.count = 0
        self.lock = threading.Lock()

    def begin(self) -> int:
        """Count one more; return how many there are with it."""
        with self.lock:
            self.count += 1
            return self.count

    def end(self) -> int:
        """Count one less; return how many there were with it."""
        with self.lock:
            self.count -= 1
            return self.count + 1


class HotRows:
    """The rows of hot words, and the copies that one thread, the ``number``-th, has of them."""

    def __init__(self, setup: Setup, number: int, loans: Loans) -> None:
        words, all_words = setup.copied, len(setup.keep)
        self.parameters, self.loans = setup.parameters, loans
        self.copies = Copies(words, all_words + number * words)
        self.before = Parameters(*(array[:words].copy() for array in setup.parameters))
        offset, start = setup.noise.offset, self.copies.shift
        offset[start : start + words] = offset[:words]

    @contextmanager
    def lent(self, words: Ids) -> Iterator[None]:
        """Make copies to be trained in this context, and words, in place, their rows' numbers."""
        if not self.copies.words:
            yield
            return
        to_rows(words, self.copies)
        loans = self.loans.begin()
        copy_out(self.parameters, self.copies, self.before)
        try:
            yield
        finally:
            loans = max(loans, self.loans.end())
            share = self.before.bias.dtype.type(1 / loans)
            bring_back(self.parameters, self.copies, self.before, share)
