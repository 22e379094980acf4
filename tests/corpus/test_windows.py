"""Text to windows; tests/evaluation tests examples made of them, tests/training parts."""

from __future__ import annotations

import numpy as np

from w2v_nce.corpus.windows import WindowReader
from w2v_nce.corpus.word_table import table_of

TABLE = table_of([b"a", b"b", b"c"])
ALL = np.full(3, 2**32 - 1, np.uint32)


def test_words_without_a_neighbour_are_left_out() -> None:
    for keep in (ALL, None):
        read = WindowReader(TABLE, 2, keep).read(b"a b x\nb\nx c a", np.uint64(1))
        assert (read.known, read.words) == (5, 7)
        assert read.windows.words.tolist() == [0, 1, 2, 0]
        assert read.windows.left.tolist() == [0, 0, 2, 2]
        assert read.windows.right.tolist() == [2, 2, 4, 4]


def test_without_subsampling_windows_have_full_size_and_the_state_stays() -> None:
    read = WindowReader(TABLE, 2, None).read(b"a b c " * 2, np.uint64(7))
    assert read.state == 7
    sizes = read.windows.right - read.windows.left
    assert sizes.tolist() == [3, 4, 5, 5, 4, 3]


def test_longer_chunks_find_room() -> None:
    reader = WindowReader(TABLE, 1, ALL)
    for times in (1, 1 << 16, 2):
        read = reader.read(b"a b " * times, np.uint64(3))
        assert len(read.windows.words) == read.known == 2 * times
