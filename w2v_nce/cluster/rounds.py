"""The blocks of a rank, given out in rounds."""

from __future__ import annotations

from collections.abc import Iterator

from w2v_nce.corpus.sources import TextBlock
from w2v_nce.training.hogwild import Claims, EpochBlock


class Rounds:
    """A stream of blocks that ends when a round is over, and goes on with the next.

    Blocks are numbered so that no two of an epoch have the same random numbers: from ``number`` on,
    in steps as large as there are ranks.
    """

    def __init__(
        self, blocks: Iterator[TextBlock], epoch: int, number: int, step: int, claims: Claims
    ) -> None:
        self.blocks, self.epoch, self.number, self.step = blocks, epoch, number, step
        self.claims = claims
        self.limit = 0  # of the words that are taken on
        self.given = 0
        self.ended = False  # for good

    def begin(self, words: int) -> None:
        """Begin a round of so many words, or of a few blocks more."""
        self.limit = self.claims.words + words * self.claims.machines

    def finish(self) -> None:
        """End the round now."""
        self.limit = 0

    def __iter__(self) -> Rounds:
        return self

    def __next__(self) -> EpochBlock:
        if self.claims.words >= self.limit:
            raise StopIteration
        block = next(self.blocks, None)
        if block is None:
            self.ended = True
            raise StopIteration
        number = self.number + self.given * self.step
        self.given += 1
        return EpochBlock(self.epoch, number, block.text)
