"""Where the words of a text are, and their keys."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Bytes, Ids
from w2v_nce.corpus.keys import key_of
from w2v_nce.corpus.scanner import find_words
from w2v_nce.kernels.jit import bare_jit


class Words(NamedTuple):
    """The words of a text: the i-th is text[starts[i] : ends[i]]."""

    starts: Ids
    ends: Ids
    keys: npt.NDArray[np.uint64]  # see key_of


def new_words(size: int) -> Words:
    """Return room for the words of a text of so many bytes."""
    count = size // 2 + 1
    starts, ends = np.empty((2, count), np.int32)
    return Words(starts, ends, np.empty(count, np.uint64))


def read_words(text: Bytes, room: Words) -> Words:
    """Find the words of a text and their keys; return the part of the room that is in use."""
    count = find_words(text, room.starts, room.ends)
    words = Words(room.starts[:count], room.ends[:count], room.keys[:count])
    write_keys(text, words)
    return words


@bare_jit
def write_keys(text: Bytes, words: Words) -> None:
    """Write the keys of words whose places are known."""
    for i in range(len(words.keys)):
        words.keys[i] = key_of(text, words.starts[i], words.ends[i])
