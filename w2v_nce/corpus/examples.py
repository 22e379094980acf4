"""The examples of a text: what a model is measured on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from w2v_nce.arrays import Ids
from w2v_nce.corpus.sources import BLOCK_SIZE, Corpus
from w2v_nce.corpus.split import Part
from w2v_nce.corpus.vocabulary import Vocabulary, keep_thresholds
from w2v_nce.corpus.word_table import Reader, table_of
from w2v_nce.errors import CorpusError
from w2v_nce.kernels.examples import Examples, example_count, examples_at
from w2v_nce.kernels.random import stream
from w2v_nce.kernels.state import Windows, in_use, new_windows
from w2v_nce.kernels.windows import draw_windows, subsample
from w2v_nce.settings.train_config import TrainConfig

EXAMPLES_AT_ONCE = 4096


class TextExamples:
    """The examples of a text in a vocabulary, or a sample of them.

    ``limit`` is how many there should be, more or less, None for all. With ``full_text`` no word is
    dropped and all windows have their full size, otherwise they are drawn as in training. What an
    example is depends on the architecture, by default that of the model.

    Raises:
        CorpusError: if the text cannot be read or has no word with a neighbour.
    """

    def __init__(
        self,
        config: TrainConfig,
        vocabulary: Vocabulary,
        corpus: Corpus,
        limit: int | None,
        full_text: bool,
        architecture: str | None = None,
        seed: int = 1,
        part: Part | None = None,
    ) -> None:
        self.config, self.full_text, self.seed = config, full_text, seed
        self.corpus = corpus.cleaned(config.cleaning).spooled()
        self.part = part  # of the sentences of the text; all by default
        self.architecture = architecture or config.architecture
        self.reader = Reader(table_of(vocabulary.words))
        self.keep = keep_thresholds(vocabulary.counts, config.sample)
        self.count = known = total = 0  # in the whole text
        for windows, words in self.windows():
            self.count += example_count(self.architecture, windows)
            known += words
            total += self.reader.words_read
        if self.count == 0 and part is not None:
            raise CorpusError(
                f"{corpus.name}: no sentence with two known words is held out; hold out more"
            )
        if self.count == 0:
            raise CorpusError(
                f"{corpus.name}: {known:,} of its {total:,} words are in the vocabulary, and none"
                " of them has a neighbour; there is nothing to predict"
            )
        self.coverage = known / total  # share of the text's words that are in the vocabulary
        self.share = min(limit / self.count, 1.0) if limit else 1.0

    def __iter__(self) -> Iterator[Examples]:
        """Yield the examples, some at a time."""
        # By chance: every so-manieth could always be the same place in a text of equal lines.
        random = np.random.Generator(np.random.PCG64(self.seed))
        for windows, _ in self.windows():
            count = example_count(self.architecture, windows)
            places = np.flatnonzero(random.random(count) < self.share)
            for start in range(0, len(places), EXAMPLES_AT_ONCE):
                some = places[start : start + EXAMPLES_AT_ONCE]
                yield examples_at(self.architecture, windows, some)

    def windows(self) -> Iterator[tuple[Windows, int]]:
        """Yield the windows of each block of the text, and how many known words it has."""
        config = self.config
        size = self.part.block_size if self.part else BLOCK_SIZE
        for number, block in enumerate(self.corpus.blocks(size)):
            words, count = self.reader.read(block.text)
            ids = self.reader.ids
            if self.part is not None:
                count = self.part.select(ids, count)
            if self.full_text:
                yield full_windows(ids[:count], config.window), words
                continue
            state = np.uint64(stream(self.seed, 0, number))
            count, state = subsample(ids, count, self.keep, state)
            room = new_windows(count)
            size, _ = draw_windows(ids[:count], config.window, np.uint64(state), room)
            yield in_use(room, size), words


def full_windows(ids: Ids, window: int) -> Windows:
    """Return the windows of all words that have a neighbour, in their full size.

    ``ids`` are the words with a negative id at sentence ends.
    """
    sentences = np.cumsum(ids < 0)[ids >= 0]
    words = ids[ids >= 0]
    _, sizes = np.unique(sentences, return_counts=True)
    alone = np.repeat(sizes == 1, sizes)
    words, sizes = words[~alone], sizes[sizes > 1]
    ends = np.repeat(np.cumsum(sizes), sizes)
    starts = ends - np.repeat(sizes, sizes)
    places = np.arange(len(words))
    left = np.maximum(starts, places - window).astype(np.int32)
    right = np.minimum(ends, places + window + 1).astype(np.int32)
    return Windows(words, left, right)
