"""The words that all ranks have counted, put together."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from functools import partial

import numpy as np

from w2v_nce.corpus.counting import UNLIMITED, CountingTick, WarningTick
from w2v_nce.corpus.word_table import TYPES, Budget, WordTable, merged
from w2v_nce.training.distributed.process_group import Status, Team

Ticks = Generator[CountingTick | WarningTick, None, WordTable]


def counted_by_all(ticks: Ticks, team: Team, size: int | None) -> Ticks:
    """Pass the ticks of counting on, and let them tell of what all ranks have counted.

    ``size`` is that of the whole text in bytes as they are stored, None if it is not known.
    """
    while True:
        try:
            tick = next(ticks)
        except StopIteration as over:
            table: WordTable = over.value
            return table
        if isinstance(tick, CountingTick):
            team.answer(Status(bytes_counted=tick.bytes_done, words_counted=tick.words))
            tick = replace(
                tick,
                bytes_done=int(team.said("bytes_counted").sum()),
                bytes_total=size,
                words=int(team.said("words_counted").sum()),
            )
        yield tick


def table_of_all(table: WordTable, team: Team, memory: int | None) -> WordTable:
    """Return the sum of the tables of all ranks, on rank 0; the own one on others.

    They are added in the order of the ranks, one at a time, so that rank 0 holds no more than
    two of them.
    """
    budget = Budget(UNLIMITED if memory is None else memory // 2)
    for rank in range(1, team.size):
        team.meet()
        if team.rank == rank:
            team.communicator.send(without_slots(table))
        elif team.rank == 0:
            other = team.communicator.receive(rank)
            table = team.busy(partial(merged, table, other, budget.make_room))
    team.meet()
    return table


def without_slots(table: WordTable) -> WordTable:
    """Return what is needed of a table to read it, and nothing more."""
    size = int(table.totals[TYPES])
    return WordTable(
        slots=np.zeros((1, 2), np.uint64),
        counts=table.counts[:size],
        ends=table.ends[: size + 1],
        letters=table.letters[: table.ends[size]],
        totals=table.totals,
    )
