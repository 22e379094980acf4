"""The words that all processes count together."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from functools import partial

import numpy as np

from w2v_nce.corpus.counting import (
    UNLIMITED,
    CompilingTick,
    CountingTick,
    WarningTick,
    chosen_words,
    compile_counter,
    count_words,
)
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.corpus.word_table import TOKENS, TYPES, Budget, WordTable, merged
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.distributed.process_group import ProcessGroup, Status

Ticks = Generator[CountingTick | WarningTick, None, WordTable]


def count_together(
    corpus: Corpus, config: TrainConfig, interval: float, group: ProcessGroup
) -> Generator[
    CompilingTick | CountingTick | WarningTick, None, tuple[Vocabulary, WordTable] | None
]:
    """Count a share of the text in each process; return vocabulary and table of all, on rank 0.

    Raises:
        CorpusError: if the corpus cannot be read or has too few words.
    """
    sizes = group.communicator.gather(corpus.size)
    size = None if None in sizes else sum(sizes)
    yield CompilingTick()
    group.busy(compile_counter)
    memory = config.max_vocab_memory
    counting = count_words(corpus, config.thread_count, interval, memory)
    table = yield from counted_by_all(counting, group, size)
    table = table_of_all(table, group, memory)
    if group.rank > 0:
        return None
    yield CountingTick(size or 0, size, int(table.totals[TOKENS]), int(table.totals[TYPES]))
    return group.busy(lambda: chosen_words(table, config, corpus.name)), table


def counted_by_all(ticks: Ticks, group: ProcessGroup, size: int | None) -> Ticks:
    """Pass the ticks of counting on, with the sums over all processes in them.

    ``size`` is that of the whole text in bytes as they are stored, None if it is not known.
    """
    while True:
        try:
            tick = next(ticks)
        except StopIteration as over:
            table: WordTable = over.value
            return table
        if isinstance(tick, CountingTick):
            group.answer(Status(bytes_counted=tick.bytes_done, words_counted=tick.words))
            tick = replace(
                tick,
                bytes_done=int(group.said("bytes_counted").sum()),
                bytes_total=size,
                words=int(group.said("words_counted").sum()),
            )
        yield tick


def table_of_all(table: WordTable, group: ProcessGroup, memory: int | None) -> WordTable:
    """Return the sum of all tables on rank 0, the process's own table on others.

    They are added in the order of the ranks, one at a time, so that rank 0 holds no more than
    two of them.
    """
    budget = Budget(UNLIMITED if memory is None else memory // 2)
    for rank in range(1, group.size):
        group.meet()
        if group.rank == rank:
            group.communicator.send(without_slots(table))
        elif group.rank == 0:
            other = group.communicator.receive(rank)
            table = group.busy(partial(merged, table, other, budget.make_room))
    group.meet()
    return table


def without_slots(table: WordTable) -> WordTable:
    """Return only as much of a table as it takes to read it."""
    size = int(table.totals[TYPES])
    return WordTable(
        slots=np.zeros((1, 2), np.uint64),
        counts=table.counts[:size],
        ends=table.ends[: size + 1],
        letters=table.letters[: table.ends[size]],
        totals=table.totals,
    )
