"""The scanner against bytes.split and a dictionary."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests import naive
from w2v_nce.corpus.scanner import (
    TOKENS,
    TYPES,
    count_text,
    encode_words,
    merged,
    new_table,
    table_of,
    word_end,
    words_of,
)

#: Text of few letters, so that words repeat, with all kinds of white space and odd bytes.
texts = st.lists(
    st.sampled_from([b"a", b"b", b"ab", b" ", b"\n", b"\r\n", b"\t", b"\v", b"\f", b"\x1c",
                     b"\x85", b"\xc2\xa0", b"\xff", b"\x80", b"long" * 9]), max_size=60
).map(b"".join)  # fmt: skip


def counter_of(table) -> Counter[bytes]:
    size = int(table.totals[TYPES])
    return Counter(
        dict(zip(words_of(table, range(size)), table.counts[:size].tolist(), strict=True))
    )


def encoded(text: bytes, words: list[bytes]) -> tuple[int, list[int]]:
    ids = np.full(len(text) + 1, -7, np.int32)
    count, used = encode_words(np.frombuffer(text, np.uint8), table_of(words), ids)
    return count, ids[:used].tolist()


@given(texts)
@example(b"")
@example(b"no-white-space-at-all")
@example(b"\n\n a\n\n\nb ")
@settings(deadline=None, max_examples=300)
def test_counts_are_those_of_split(text: bytes) -> None:
    table = count_text(text, new_table(4, 4))
    assert counter_of(table) == naive.count(text)
    assert table.totals[TOKENS] == len(text.split())


@given(texts, st.lists(st.sampled_from([b"a", b"b", b"ab", b"\xff", b"\xc2\xa0a"]), unique=True))
@settings(deadline=None, max_examples=300)
def test_ids_are_those_of_a_dictionary(text: bytes, words: list[bytes]) -> None:
    count, ids = encoded(text, words)
    assert ids == naive.encode(text, words)
    assert count == sum(word in words for word in text.split())


@given(texts, texts)
@settings(deadline=None)
def test_merged_counts_are_the_sum(one: bytes, two: bytes) -> None:
    table = merged(count_text(one, new_table(4, 4)), count_text(two, new_table(4, 4)))
    assert counter_of(table) == naive.count(one) + naive.count(two)


@pytest.mark.parametrize("chunk", [1, 7, 5000])
def test_a_table_grows_with_its_words(chunk: int) -> None:
    words = [f"{i}:".encode() + b"x" * (i % 40) for i in range(5000)]
    table = new_table(8, 8)
    for start in range(0, len(words), chunk):
        table = count_text(b" ".join(words[start : start + chunk]), table)
    assert counter_of(table) == Counter(words)
    assert words_of(table, [0, 4999]) == [words[0], words[4999]]


def test_entry_numbers_are_in_order_of_appearance() -> None:
    words = [str(i).encode() for i in range(100_000)]
    count, ids = encoded(b" ".join(reversed(words)), words)
    assert count == len(words)
    assert ids == list(range(len(words)))[::-1]


def test_words_that_share_a_hash_are_told_apart() -> None:
    """Equal hashes cannot be made to order, so look a word up under another one's."""
    from w2v_nce.corpus.scanner import find

    table = table_of([b"left", b"rite"])
    text = np.frombuffer(b"left rite", np.uint8)
    _, hash_of_left = word_end(text, 0)
    table.slots[find(text, 5, 9, word_end(text, 5)[1], table)[1]] = 0
    entry, slot = find(text, 5, 9, np.uint64(hash_of_left), table)
    assert entry == -1
    assert table.slots[slot, 1] == 0


def test_a_very_long_word_counts_as_one() -> None:
    word = b"x" * 3_000_000
    table = count_text(word + b" " + word, new_table())
    assert counter_of(table) == {word: 2}
