"""Text to windows: the words to train or measure, and their neighbours."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Ids
from w2v_nce.corpus.sources import CHUNK_SIZE
from w2v_nce.corpus.word_table import Reader, WordTable
from w2v_nce.kernels.jit import bare_jit
from w2v_nce.kernels.random import HALF, mix
from w2v_nce.kernels.state import Windows, in_use, new_windows
from w2v_nce.kernels.windows import draw_windows, subsample

ALL = 1 << 32
ONE = np.uint64(1)


class Part(NamedTuple):
    """The sentences that are held out from training, or all others.

    A sentence's words and the seed alone decide, so that equal sentences are never on both sides. A
    line that is longer than a chunk of text counts as several sentences, so all readers of the text
    must cut it into chunks of the same size.
    """

    share: float  # of the sentences that are held out
    held_out: bool  # these, or the others
    seed: int
    chunk_size: int = CHUNK_SIZE  # bytes

    def select(self, ids: Ids, count: int) -> int:
        """Move the sentences of this part to the front; return how many ids they have."""
        return select_sentences(ids, count, round(self.share * ALL), self.held_out, self.seed)


@bare_jit
def select_sentences(ids: Ids, count: int, threshold: int, held_out: bool, seed: int) -> int:
    """Do the work of :meth:`Part.select`; sentences end with a negative id."""
    used, start, state = 0, 0, mix(np.uint64(seed))
    for i in range(count):
        ids[used + i - start] = ids[i]
        if ids[i] >= 0:
            state = mix(state + np.uint64(ids[i]) + ONE)
        if ids[i] < 0 or i == count - 1:
            if (np.int64(state >> HALF) < threshold) == held_out:
                used += i + 1 - start
            start, state = i + 1, mix(np.uint64(seed))
    return used


class TextWindows(NamedTuple):
    """The windows of a chunk of text."""

    windows: Windows  # overwritten when the next chunk is read
    state: np.uint64  # the next random state
    known: int  # words of the chunk that are in the vocabulary
    words: int  # all words of the chunk


class WindowReader:
    """Turns chunks of text into windows; one per thread, with room for one chunk.

    Args:
        table: the words of the vocabulary.
        window: neighbours on each side, at most.
        keep: (V,) thresholds of the subsampling, see :func:`keep_thresholds`; windows have random
            sizes then. None for all words and windows of full size.
        part: the sentences to read; None for all.
    """

    def __init__(
        self,
        table: WordTable,
        window: int,
        keep: npt.NDArray[np.uint32] | None,
        part: Part | None = None,
    ) -> None:
        self.window, self.keep, self.part = window, keep, part
        self.reader = Reader(table)
        self.room = new_windows(0)

    def read(self, text: bytes, state: np.uint64) -> TextWindows:
        """Return the windows of a chunk; the random state decides what is dropped and drawn."""
        known, count = self.reader.read(text)
        ids = self.reader.ids
        if self.part is not None:
            count = self.part.select(ids, count)
        if self.keep is None:
            windows = full_windows(ids[:count], self.window)
        else:
            count, state = subsample(ids, count, self.keep, state)
            if count > len(self.room.words):
                self.room = new_windows(len(ids))
            used, state = draw_windows(ids[:count], self.window, np.uint64(state), self.room)
            windows = in_use(self.room, used)
        return TextWindows(windows, np.uint64(state), known, self.reader.words_read)


def full_windows(ids: Ids, window: int) -> Windows:
    """Return windows of full size for all words that have a neighbour.

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
