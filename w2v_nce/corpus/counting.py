"""The words of a corpus, counted by several threads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from w2v_nce.arrays import Longs
from w2v_nce.corpus.sources import Chunk, Corpus
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.corpus.word_table import (
    TOKENS,
    TYPES,
    Budget,
    WordTable,
    count_text,
    merged,
    new_table,
    size_of,
    table_of,
    words_of,
)
from w2v_nce.errors import ConfigError, CorpusError, FormatError
from w2v_nce.files.word_lists import read_counts
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.threads import run_workers

LOOK_INTERVAL = 512  # chunks, since :class:`Shape` is slow
UNLIMITED = 1 << 62


@dataclass(frozen=True)
class CompilingTick:
    """Kernels are about to be compiled, or loaded if an earlier run has compiled them."""


@dataclass(frozen=True)
class CountingTick:
    """Progress of the vocabulary pass."""

    bytes_done: int  # as stored
    bytes_total: int | None  # None if unknown before reading
    words: int
    types: int  # distinct words; before the end, those of the thread with most


@dataclass(frozen=True)
class WarningTick:
    """A probable mistake in the corpus or the settings."""

    message: str


class Counting:
    """A vocabulary pass over a corpus; iterate it to run it, each item is a tick.

    At the end, ``vocabulary`` is set, and ``table`` with all words and their counts.

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
    """Counts the words of chunks in a table of its own; one per thread."""

    def __init__(self, budget: Budget) -> None:
        self.table = new_table()
        self.budget = budget
        self.shape = Shape()
        self.bytes = 0
        self.chunks = 0

    def __call__(self, chunk: Chunk) -> None:
        """Count the words of one chunk."""
        self.table = count_text(chunk.text, self.table, self.budget.make_room)
        self.bytes += chunk.stored
        if self.chunks % LOOK_INTERVAL == 0:
            self.shape.look_at(chunk.text)
        self.chunks += 1


def chosen_words(table: WordTable, config: TrainConfig, name: str) -> Vocabulary:
    """Return the words that the settings select, for a corpus of this name.

    Raises:
        CorpusError: if there are too few.
    """
    try:
        return select_words(table, config.min_count, config.max_vocab)
    except CorpusError as error:
        raise CorpusError(f"{name}: {error}") from None


def compile_counter() -> None:
    """Compile or load all kernels for counting, by counting a word or two."""
    merged(count_text(b"one", new_table()), count_text(b"two", new_table()))


def count_words(
    corpus: Corpus, threads: int, interval: float = 0.2, memory: int | None = None
) -> Generator[CountingTick | WarningTick, None, WordTable]:
    """Count all words of a corpus with several threads; yields ticks, returns the table.

    ``memory`` bounds the bytes for tables, more or less; counts may then be too low.

    Raises:
        ConfigError: if the memory is too little for the threads.
        CorpusError: if the corpus cannot be read.
    """
    # Half, since growing or thinning a table copies it.
    limit = UNLIMITED if memory is None else memory // 2
    counters = [WordCounter(Budget(limit // threads)) for _ in range(threads)]
    least = 2 * threads * size_of(counters[0].table)
    if memory is not None and memory < least:
        raise ConfigError(
            f"is {memory:,} bytes; counting with {threads} threads takes {least:,} at least",
            "max_vocab_memory",
        )

    def tick(tables: list[WordTable]) -> CountingTick:
        return CountingTick(
            bytes_done=sum(counter.bytes for counter in counters),
            bytes_total=corpus.size,
            words=sum(int(table.totals[TOKENS]) for table in tables),
            types=max(int(table.totals[TYPES]) for table in tables),
        )

    for _ in run_workers(corpus.chunks(), counters, interval):
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
    """Yield a warning if budgets made counts approximate."""
    times, error = sum(each.times for each in budgets), sum(each.error for each in budgets)
    if times:
        yield (
            f"counts are approximate: `max_vocab_memory` was reached, and the rarest words were"
            f" dropped {times} time{'s' * (times > 1)}; a count may be too low by up to {error:,}"
        )


ENOUGH = 100  # words, for a judgement
NEARLY_ALL = 0.8  # of the words


@dataclass
class Shape:
    """Statistics of a text that reveal unusual layouts."""

    words: int = 0
    letters: int = 0  # words of a single character
    alone: int = 0  # words alone on a line

    def __add__(self, other: Shape) -> Shape:
        return Shape(
            self.words + other.words, self.letters + other.letters, self.alone + other.alone
        )

    def look_at(self, text: bytes) -> None:
        """Add a piece of text."""
        for line in text.split(b"\n"):
            words = line.split()
            self.words += len(words)
            self.alone += len(words) == 1
            self.letters += sum(is_character(word) for word in words)

    def warnings(self, name: str) -> Iterator[str]:
        """Yield warnings about a corpus of this name."""
        if self.words < ENOUGH:
            return
        if self.letters > NEARLY_ALL * self.words:
            yield (
                f"{name}: {self.letters / self.words:.0%} of the words are a single character;"
                " put white space between words, not between characters"
            )
        if self.alone > NEARLY_ALL * self.words:
            yield (
                f"{name}: {self.alone / self.words:.0%} of the words have a line for themselves,"
                " and so no neighbours to learn from; put sentences on lines"
            )


def is_character(word: bytes) -> bool:
    """Return whether a word is a single character of UTF-8, or a single byte."""
    return len(word) <= 4 and len(word.decode("utf-8", "replace")) == 1


def select_words(table: WordTable, min_count: int, max_vocab: int | None = None) -> Vocabulary:
    """Return the words that occur ``min_count`` times or more, at most ``max_vocab`` of them.

    Raises:
        CorpusError: if fewer than two words remain: nothing could be told apart.
    """
    size = int(table.totals[TYPES])
    counts = table.counts[:size]
    kept = np.flatnonzero(counts >= min_count)
    words = words_of(table, kept.tolist())
    kept_counts = counts[kept].tolist()
    order = sorted(range(len(words)), key=lambda i: (-kept_counts[i], words[i]))[:max_vocab]
    vocabulary = Vocabulary(
        words=[words[i] for i in order],
        counts=np.array([kept_counts[i] for i in order], np.int64),
        corpus_words=int(table.totals[TOKENS]),
        corpus_types=size,
    )
    if len(vocabulary) < 2:
        raise CorpusError(_too_few(counts, min_count))
    return vocabulary


def _too_few(counts: Longs, min_count: int) -> str:
    if len(counts) == 0:
        return "no words at all, the file is empty or holds nothing but white space"
    if len(counts) == 1:
        return f"a single distinct word ({counts[0]} times); two are needed"
    kept = int(np.count_nonzero(counts >= min_count))
    highest, second = np.sort(counts)[::-1][:2].tolist()
    return (
        f"{kept} of {len(counts):,} distinct words ({counts.sum():,} in all) occur at least"
        f" {min_count} times, and two are needed; the most frequent occurs {highest:,} times:"
        f" try `min_count={second}`"
    )


def known_words(table: WordTable, vocabulary: Vocabulary) -> int:
    """Count the running words of a text that are in a vocabulary."""
    size, index = int(table.totals[TYPES]), vocabulary.index
    words, counts = words_of(table, range(size)), table.counts[:size].tolist()
    return sum(count for word, count in zip(words, counts, strict=True) if word in index)


def read_vocabulary(paths: Iterable[str | Path], config: TrainConfig) -> Vocabulary:
    """Read one or more files of words and counts, and select the words to train.

    Words are cleaned as the text will be; the counts of equal words are added up.

    Raises:
        FormatError: naming the file and the line that is not a word and its count.
        CorpusError: if fewer than two words occur often enough.
    """
    paths = list(paths)
    counts: Counter[bytes] = Counter()
    for path in paths:
        for word, count in read_counts(Path(path)).items():
            cleaned = _cleaned(word, path, config)
            if cleaned and count:
                counts[cleaned] += count
    try:
        return select_words(_counted(counts), config.min_count, config.max_vocab)
    except CorpusError as error:
        raise CorpusError(f"{', '.join(map(str, paths))}: {error}") from None


def _cleaned(word: bytes, path: str | Path, config: TrainConfig) -> bytes:
    try:
        return config.cleaning.clean(word)
    except UnicodeDecodeError:
        raise FormatError(
            f"{path}: {word[:60]!r} is not UTF-8, as `encoding_errors=strict` requires"
        ) from None


def _counted(counts: Counter[bytes]) -> WordTable:
    """Return words and counts as a table."""
    table = table_of(list(counts))
    table.counts[: table.totals[TYPES]] = np.array(list(counts.values()), np.int64)
    table.totals[TOKENS] = sum(counts.values())
    return table
