"""Finding the phrases of a corpus, as a stream of ticks."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial, reduce
from typing import Generic, TypeVar

import numpy as np

from w2v_nce.corpus.phrases.candidates import (
    Candidates,
    Lexicon,
    count_candidates,
    merged_candidates,
    new_candidates,
)
from w2v_nce.corpus.phrases.joining import Joiner
from w2v_nce.corpus.phrases.phrases import Phrases
from w2v_nce.corpus.phrases.selection import WordCounts, select_phrases
from w2v_nce.corpus.sources import Chunk, Corpus, Source, corpus_of
from w2v_nce.corpus.word_table import (
    TOKENS,
    TYPES,
    WordTable,
    count_text,
    merged,
    new_table,
    table_of,
    words_of,
)
from w2v_nce.errors import CorpusError
from w2v_nce.files.word_lists import read_connectors
from w2v_nce.settings.phrase_config import PhraseConfig
from w2v_nce.threads import run_workers

Sum = TypeVar("Sum")


@dataclass(frozen=True)
class PhraseTick:
    """Progress of the search."""

    doing: str  # "compiling", "counting words" or "counting pairs"
    number: int  # of the pass, from 1
    passes: int
    bytes_done: int
    bytes_total: int | None  # of the corpus as stored; None if unknown before reading


class Counter(Generic[Sum]):
    """Adds up counts over chunks of text; one per thread."""

    def __init__(
        self, join: Callable[[bytes], bytes], count: Callable[[bytes, Sum], Sum], start: Sum
    ) -> None:
        self.join = join
        self.count = count
        self.sum = start
        self.bytes = 0

    def __call__(self, chunk: Chunk) -> None:
        """Count a chunk, after the joins of earlier passes."""
        self.sum = self.count(self.join(chunk.text), self.sum)
        self.bytes += chunk.stored


def learn_phrases(
    corpus: Corpus, config: PhraseConfig, interval: float = 0.2
) -> Generator[PhraseTick, None, Phrases]:
    """Find the phrases of a corpus with several threads; yields ticks, returns the phrases.

    A pass reads the corpus twice, to count the words and the pairs of those that are frequent
    enough; the joins of the passes before are made on the way. Memory depends on the number of
    different words and pairs.

    Raises:
        CorpusError: if the corpus cannot be read or has no words.
        FormatError: if the file of connectors cannot be used.
    """
    search = Search(corpus, config, interval)
    yield PhraseTick("compiling", 1, config.passes, 0, 0)
    compile_kernels()
    for number in range(config.passes):
        yield from search.run_pass(number)
    return search.phrases


class Search:
    """A search for phrases, and the phrases of its passes so far."""

    def __init__(self, corpus: Corpus, config: PhraseConfig, interval: float) -> None:
        self.corpus = corpus
        self.config = config
        self.interval = interval  # seconds between ticks
        self.connectors = read_connectors(config.connectors)
        self.phrases = Phrases(config.delimiter)

    def run_pass(self, number: int) -> Generator[PhraseTick, None, None]:
        """Find the phrases of another pass."""
        config = self.config
        tables = yield from self.count("counting words", number, count_text, new_table)
        table = reduce(merged, tables)
        lexicon, known = frequent_words(table, self.connectors, config.min_count)
        del tables, table  # may be large
        if not known.total:
            raise CorpusError(
                f"{self.corpus.name}: no words at all, the file is empty or holds nothing but"
                " white space"
            )
        count = partial(count_candidates, lexicon)
        seen = yield from self.count("counting pairs", number, count, new_candidates)
        candidates = seen.pop()
        while seen:  # each is released once it is merged
            candidates = merged_candidates(lexicon.words, candidates, seen.pop())
        found = select_phrases(candidates, known, config, config.threshold_of(number))
        self.phrases = self.phrases.followed_by(found)

    def count(
        self,
        doing: str,
        number: int,
        count: Callable[[bytes, Sum], Sum],
        start: Callable[[], Sum],
    ) -> Generator[PhraseTick, None, list[Sum]]:
        """Read the corpus once, with the joins so far; return the counts of each thread."""
        config, join = self.config, self.phrases.join_text
        counters = [Counter(join, count, start()) for _ in range(config.thread_count)]
        for _ in run_workers(self.corpus.chunks(), counters, self.interval):
            done = sum(counter.bytes for counter in counters)
            yield PhraseTick(doing, number + 1, config.passes, done, self.corpus.size)
        return [counter.sum for counter in counters]


def frequent_words(
    table: WordTable, connectors: frozenset[bytes], min_count: int
) -> tuple[Lexicon, WordCounts]:
    """Return the words frequent enough to be in a phrase, connectors first.

    A phrase is no more frequent than any of its words.
    """
    counts = table.counts[: table.totals[TYPES]]
    kept = np.flatnonzero(counts >= min_count)
    words = words_of(table, kept.tolist())
    order = sorted(range(len(words)), key=lambda i: words[i] not in connectors)
    words = [words[i] for i in order]
    inner = sum(word in connectors for word in words)
    known = WordCounts(words, counts[kept[order]], int(table.totals[TOKENS]))
    return Lexicon(table_of(words), len(words), inner), known


def compile_kernels() -> None:
    """Compile or load all kernels of the search, by means of a word or two."""
    table = merged(count_text(b"a b", new_table()), count_text(b"c", new_table()))
    lexicon, _ = frequent_words(table, frozenset([b"c"]), 1)
    seen: list[Candidates] = [
        count_candidates(lexicon, b"a c b", new_candidates()) for _ in range(2)
    ]
    merged_candidates(lexicon.words, *seen)
    Joiner([[b"a", b"b"]], b"_")(b"a b")


def find_phrases(
    corpus: Source,
    config: PhraseConfig | None = None,
    on_tick: Callable[[PhraseTick], None] | None = None,
) -> Phrases:
    """Find the phrases of a corpus; ``on_tick`` is called with the progress.

    ``corpus`` is what :func:`~w2v_nce.corpus.sources.corpus_of` takes: names of files, a
    :class:`~w2v_nce.corpus.sources.Corpus`, or sentences.

    Raises:
        InputError: if the corpus or the settings are unusable.
    """
    run = learn_phrases(corpus_of(corpus).spooled(), config or PhraseConfig())
    while True:
        try:
            tick = next(run)
        except StopIteration as stop:
            found: Phrases = stop.value
            return found
        if on_tick is not None:
            on_tick(tick)
