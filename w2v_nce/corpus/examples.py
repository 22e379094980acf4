"""The examples of a text: what a model is measured on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from w2v_nce.corpus.sources import CHUNK_SIZE, Corpus
from w2v_nce.corpus.vocabulary import Vocabulary, keep_thresholds
from w2v_nce.corpus.windows import Part, TextWindows, WindowReader
from w2v_nce.corpus.word_table import table_of
from w2v_nce.errors import CorpusError
from w2v_nce.kernels.examples import Examples, example_count, examples_at
from w2v_nce.kernels.random import stream
from w2v_nce.settings.train_config import TrainConfig

EXAMPLES_AT_ONCE = 4096


class TextExamples:
    """The examples of a text in a vocabulary, or a sample of them.

    Args:
        config: of the model; its subsampling and window apply.
        vocabulary: the words; all others are skipped.
        corpus: the text.
        limit: about how many examples to yield, None for all.
        full_text: keep all words, with windows of full size, instead of drawing both as in
            training.
        architecture: decides what an example is; that of the model by default.
        seed: of all random choices.
        part: the sentences of the text to read, all by default.

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
        self.seed = seed
        self.corpus = corpus.cleaned(config.cleaning).spooled()
        self.chunk_size = part.chunk_size if part else CHUNK_SIZE
        self.architecture = architecture or config.architecture
        keep = None if full_text else keep_thresholds(vocabulary.counts, config.sample)
        self.reader = WindowReader(table_of(vocabulary.words), config.window, keep, part)
        self.count = known = total = 0  # in the whole text
        for read in self.windows():
            self.count += example_count(self.architecture, read.windows)
            known += read.known
            total += read.words
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
        # At random: every n-th example could be the same place in each line of a regular text.
        random = np.random.Generator(np.random.PCG64(self.seed))
        for windows, *_ in self.windows():
            count = example_count(self.architecture, windows)
            places = np.flatnonzero(random.random(count) < self.share)
            for start in range(0, len(places), EXAMPLES_AT_ONCE):
                some = places[start : start + EXAMPLES_AT_ONCE]
                yield examples_at(self.architecture, windows, some)

    def windows(self) -> Iterator[TextWindows]:
        """Yield the windows of each chunk of the text."""
        for number, chunk in enumerate(self.corpus.chunks(self.chunk_size)):
            yield self.reader.read(chunk.text, np.uint64(stream(self.seed, 0, number)))
