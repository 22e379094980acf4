"""The words of a corpus, counted by several threads."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from w2v_nce.config import TrainConfig
from w2v_nce.corpus.budget import Budget, size_of
from w2v_nce.corpus.shape import Shape
from w2v_nce.corpus.sources import Corpus, TextBlock
from w2v_nce.corpus.table import TOKENS, TYPES, WordTable, count_text, merged, new_table
from w2v_nce.corpus.vocabulary import Vocabulary, select_words
from w2v_nce.errors import ConfigError, CorpusError
from w2v_nce.workers import run_workers

LOOK_INTERVAL = 512  # blocks: looking at the shape of text is slow
UNLIMITED = 1 << 62


@dataclass(frozen=True)
class CompilingTick:
    """The kernels are about to be compiled, or loaded if an earlier run has compiled them."""


@dataclass(frozen=True)
class CountingTick:
    """How far the vocabulary pass has come."""

    bytes_done: int  # as they are stored
    bytes_total: int | None  # None if only reading will tell
    words: int
    types: int  # distinct words; before the end those of the thread that has most


@dataclass(frozen=True)
class WarningTick:
    """Something is probably not as it was meant."""

    message: str


class Counting:
    """The vocabulary of a corpus. Iterate it to make it happen; each item is a tick.

    ``vocabulary`` is there when it is over, and ``table``, with all words and their counts.

    Raises, while iterated:
        CorpusError: if the corpus cannot be read or has too few words.
    """

    def __init__(self, corpus: Corpus, config: TrainConfig, interval: float = 0.2) -> None:
        self.corpus, self.config, self.interval = corpus, config, interval
        self.vocabulary: Vocabulary | None = None
        self.table: WordTable | None = None

    def __iter__(self) -> Iterator[CompilingTick | CountingTick | WarningTick]:
        config = self.config
        yield CompilingTick()
        compile_counter()
        table = yield from count_words(
            self.corpus, config.thread_count, self.interval, config.max_vocab_memory
        )
        self.table = table
        self.vocabulary = chosen_words(table, config, self.corpus.name)


class WordCounter:
    """Counts the words of blocks in a table of its own; one per thread."""

    def __init__(self, budget: Budget) -> None:
        self.table = new_table()
        self.budget = budget
        self.shape = Shape()
        self.bytes = 0
        self.blocks = 0

    def __call__(self, block: TextBlock) -> None:
        """Count the words of one block."""
        self.table = count_text(block.text, self.table, self.budget.make_room)
        self.bytes += block.stored
        if self.blocks % LOOK_INTERVAL == 0:
            self.shape.look_at(block.text)
        self.blocks += 1


def chosen_words(table: WordTable, config: TrainConfig, name: str) -> Vocabulary:
    """Return the words of a corpus of this name that the settings ask for.

    Raises:
        CorpusError: if there are too few.
    """
    try:
        return select_words(table, config.min_count, config.max_vocab)
    except CorpusError as error:
        raise CorpusError(f"{name}: {error}") from None


def compile_counter() -> None:
    """Compile, or load, all that counting needs, by counting a word or two."""
    merged(count_text(b"one", new_table()), count_text(b"two", new_table()))


def count_words(
    corpus: Corpus, threads: int, interval: float = 0.2, memory: int | None = None
) -> Generator[CountingTick | WarningTick, None, WordTable]:
    """Count all words of a corpus with several threads; yields ticks, returns the table.

    ``memory`` bounds the bytes for tables, more or less; counts may then be too low.

    Raises:
        ConfigError: if the memory is too little for so many threads.
        CorpusError: if the corpus cannot be read.
    """
    # Half, since a table is copied when it grows or is thinned out.
    limit = UNLIMITED if memory is None else memory // 2
    counters = [WordCounter(Budget(limit // threads)) for _ in range(threads)]
    least = 2 * threads * size_of(counters[0].table)
    if memory is not None and memory < least:
        raise ConfigError(
            f"--max-vocab-memory is {memory:,} bytes; counting with {threads} threads takes"
            f" {least:,} at least"
        )

    def tick(tables: list[WordTable]) -> CountingTick:
        return CountingTick(
            bytes_done=sum(counter.bytes for counter in counters),
            bytes_total=corpus.size,
            words=sum(int(table.totals[TOKENS]) for table in tables),
            types=max(int(table.totals[TYPES]) for table in tables),
        )

    for _ in run_workers(corpus.blocks(), counters, interval):
        yield tick([counter.table for counter in counters])
    budget = Budget(limit)
    table = counters[0].table
    for counter in counters[1:]:
        table = merged(table, counter.table, budget.make_room)
        counter.table = new_table()  # the old one may be large
    yield tick([table])
    shape = sum((counter.shape for counter in counters), Shape())
    yield from map(WarningTick, shape.warnings(corpus.name))
    budgets = [budget, *(counter.budget for counter in counters)]
    yield from map(WarningTick, approximations(budgets))
    return table


def approximations(budgets: list[Budget]) -> Iterator[str]:
    """Yield what should be known of counts that were made within some budgets."""
    times, error = sum(each.times for each in budgets), sum(each.error for each in budgets)
    if times:
        yield (
            f"counts are approximate: --max-vocab-memory was reached, and the rarest words were"
            f" dropped {times} time{'s' * (times > 1)}; a count may be too low by up to {error:,}"
        )
