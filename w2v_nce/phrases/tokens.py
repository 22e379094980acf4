"""The words of a text as numbers, none left out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Bytes, Ids
from w2v_nce.corpus.table import NEWLINE, WordTable, ask_ahead, find
from w2v_nce.corpus.words import Words
from w2v_nce.kernels.jit import bare_jit

Flags = npt.NDArray[np.bool_]


class Tokens(NamedTuple):
    """What phrases are made of."""

    ids: Ids  # of every word of the text; ABSENT if the table does not have it
    opens: Flags  # whether a line begins with the word


def read_tokens(text: Bytes, words: Words, table: WordTable) -> Tokens:
    """Look up the words of a text whose places are known."""
    count = len(words.keys)
    tokens = Tokens(np.empty(count, np.int32), np.empty(count, np.bool_))
    find_tokens(text, words, table, tokens)
    return tokens


@bare_jit
def find_tokens(text: Bytes, words: Words, table: WordTable, tokens: Tokens) -> None:
    """Write the entry number of every word, and whether a line begins with it."""
    end = 0
    for i in range(len(words.keys)):
        ask_ahead(words, i, table)
        start = words.starts[i]
        opens = i == 0
        for position in range(end, start):
            opens |= text[position] == NEWLINE
        end = words.ends[i]
        tokens.ids[i], _ = find(text, start, end, words.keys[i], table)
        tokens.opens[i] = opens
