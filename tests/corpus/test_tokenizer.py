"""The scanner and the table of words against bytes.split and a dictionary."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests import naive
from w2v_nce.corpus.tokenizer import Words, check_of, new_words, read_words, write_keys
from w2v_nce.corpus.word_table import (
    TOKENS,
    TYPES,
    WordTable,
    count_text,
    encode_words,
    merged,
    new_table,
    table_of,
    words_of,
)
from w2v_nce.kernels.jit import bare_jit

#: Text of few letters, so that words repeat, with all kinds of white space and odd bytes.
texts = st.lists(
    st.sampled_from([b"a", b"b", b"ab", b" ", b"\n", b"\r\n", b"\t", b"\v", b"\f", b"\x1c",
                     b"\x85", b"\xc2\xa0", b"\xff", b"\x80", b"long" * 9]), max_size=60
).map(b"".join)  # fmt: skip


def counter_of(table: WordTable) -> Counter[bytes]:
    size = int(table.totals[TYPES])
    return Counter(
        dict(zip(words_of(table, range(size)), table.counts[:size].tolist(), strict=True))
    )


def read(text: bytes) -> Words:
    return read_words(np.frombuffer(text, np.uint8), new_words(len(text)))


def places(text: bytes) -> list[tuple[int, int]]:
    words = read(text)
    return list(zip(words.starts.tolist(), words.ends.tolist(), strict=True))


def encoded(text: bytes, words: list[bytes]) -> tuple[int, list[int]]:
    ids = np.full(2 * len(text.split()), -7, np.int32)
    buffer = np.frombuffer(text, np.uint8)
    count, used = encode_words(buffer, read(text), table_of(words), ids)
    return count, ids[:used].tolist()


@given(texts)
@example(b"x" * 64)
@example(b"x" * 63 + b" ")
@example(b" " * 64 + b"x")
@example(b"a b " * 16 + b"c")
@settings(max_examples=300)
def test_words_are_found_where_they_are(text: bytes) -> None:
    assert places(text) == naive.find_words(text)


def test_every_byte_is_a_letter_or_white_space_as_in_python() -> None:
    for size in (1, 64, 65):  # behind the last whole chunk, in one, and both
        text = b"".join(bytes([byte]) * size + b"|" for byte in range(256))
        assert [text[start:end] for start, end in places(text)] == text.split()


@given(texts)
@example(b"")
@example(b"no-white-space-at-all")
@example(b"\n\n a\n\n\nb ")
@settings(max_examples=300)
def test_counts_are_those_of_split(text: bytes) -> None:
    table = count_text(text, new_table(4, 4))
    assert counter_of(table) == naive.count(text)
    assert table.totals[TOKENS] == len(text.split())


@given(texts, st.lists(st.sampled_from([b"a", b"b", b"ab", b"\xff", b"\xc2\xa0a"]), unique=True))
@settings(max_examples=300)
def test_ids_are_those_of_a_dictionary(text: bytes, words: list[bytes]) -> None:
    count, ids = encoded(text, words)
    assert ids == naive.encode(text, words)
    assert count == sum(word in words for word in text.split())


@given(texts, texts)
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


@bare_jit
def write_checks(text, starts, ends, checks):
    for i in range(len(checks)):
        checks[i] = check_of(text, starts[i], ends[i])


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=10))
def test_checks_hash_all_of_a_long_word_wherever_it_stands(words: list[bytes]) -> None:
    ends = np.cumsum([len(word) for word in words])
    checks = np.zeros(len(words), np.uint64)
    starts = ends - [len(word) for word in words]
    write_checks(np.frombuffer(b"".join(words) or b" ", np.uint8), starts, ends, checks)
    assert checks.tolist() == [naive.check(word) for word in words]


def word_with_the_same_key(word: bytes) -> bytes:
    """Give another beginning to a word of 16 bytes, and the end that makes up for it."""
    first, last = (int.from_bytes(part, "little") for part in (word[:8], word[8:]))
    for number in range(10_000):
        other = b"%08d" % number
        state = naive.mix(16 ^ first) ^ naive.mix(16 ^ int.from_bytes(other, "little"))
        found = other + (state ^ last).to_bytes(8, "little")
        if len(found.split()) == 1 == len(found.split(b"\0")):
            return found
    raise AssertionError("none")


def test_words_that_share_a_key_are_told_apart() -> None:
    word = b"internationalize"
    other = word_with_the_same_key(word)
    text = word + b" " + other + b" " + word
    keys = np.zeros(2, np.uint64)
    starts, ends = np.array([[0, 17], [16, 33]], np.int32)
    write_keys(np.frombuffer(text, np.uint8), Words(starts, ends, keys))
    assert keys[0] == keys[1]
    assert counter_of(count_text(text, new_table())) == {word: 2, other: 1}
    assert encoded(text, [other, word]) == (3, [1, 0, 1])


@given(st.lists(st.binary(min_size=1, max_size=7), min_size=2, max_size=20, unique=True))
def test_short_words_have_keys_of_their_own(words: list[bytes]) -> None:
    """Also those that end in zero bytes or stand at the very end of the text."""
    ends = np.cumsum([len(word) for word in words]).astype(np.int32)
    starts = (ends - [len(word) for word in words]).astype(np.int32)
    keys = np.zeros(len(words), np.uint64)
    write_keys(np.frombuffer(b"".join(words), np.uint8), Words(starts, ends, keys))
    assert len(set(keys.tolist())) == len(words)
    assert keys.min() > 0
    assert keys.max() < 2**63


def test_a_very_long_word_counts_as_one() -> None:
    word = b"x" * 3_000_000
    table = count_text(word + b" " + word, new_table())
    assert counter_of(table) == {word: 2}
