"""Counting in bounded memory, and what is said about the shape of a text."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers import finish, write_lines
from w2v_nce.corpus.counting import ENOUGH, Shape, WarningTick, count_words
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.word_table import (
    TOKENS,
    TYPES,
    Budget,
    count_text,
    merged,
    new_table,
    size_of,
    thinned,
    words_of,
)
from w2v_nce.errors import ConfigError


def counts_of(table) -> dict[bytes, int]:
    size = int(table.totals[TYPES])
    return dict(zip(words_of(table, range(size)), table.counts[:size].tolist(), strict=True))


@given(st.lists(st.sampled_from([b"a", b"bb", b"a word of", b"nine-byte", b"x" * 40])))
def test_thinning_drops_the_rare_and_nothing_else(words: list[bytes]) -> None:
    table = count_text(b"\n".join(words), new_table(64, 128))
    true = Counter(b"\n".join(words).split())
    for rare in (0, 1, 2):
        smaller = thinned(table, rare)
        assert counts_of(smaller) == {word: n for word, n in true.items() if n > rare}
        assert smaller.totals[TOKENS] == sum(true.values())
        assert size_of(smaller) == size_of(table)


@pytest.mark.parametrize("pieces", [1, 3])
def test_a_bounded_table_knows_how_wrong_it_is(pieces: int) -> None:
    words = np.random.default_rng(1).zipf(1.2, 40_000)
    text = [b"%d" % word for word in words.tolist()]
    true = Counter(text)
    limit = 8 * size_of(new_table(64, 256))
    budget = Budget(limit)
    tables = []
    for i in range(pieces):
        table = new_table(64, 256)
        for start in range(i, len(text), 500 * pieces):
            table = count_text(b" ".join(text[start : start + 500 * pieces : pieces]), table,
                               budget.make_room)  # fmt: skip
            assert size_of(table) <= limit
        tables.append(table)
    table = tables[0]
    for other in tables[1:]:
        table = merged(table, other, budget.make_room)
    found = counts_of(table)
    assert budget.times > 0
    assert table.totals[TOKENS] == len(text)
    assert all(n <= true[word] for word, n in found.items())
    assert all(n - found.get(word, 0) <= budget.error for word, n in true.items())
    assert found[text[0]] > budget.error  # so that this says something


def test_a_word_longer_than_the_budget_is_counted_all_the_same() -> None:
    budget = Budget(size_of(new_table(4, 16)))
    table = count_text(b"short words " + b"x" * 10_000, new_table(4, 16), budget.make_room)
    assert counts_of(table)[b"x" * 10_000] == 1


def test_that_counts_are_approximate_is_said(tmp_path: Path) -> None:
    lines = [f"{i} often {i + 1} often" for i in range(60_000)]
    corpus = Corpus.open([write_lines(tmp_path / "corpus", lines)])
    least = 2 * size_of(new_table())
    ticks = list(count_words(corpus, 1, memory=least))
    messages = [tick.message for tick in ticks if isinstance(tick, WarningTick)]
    assert len(messages) == 1
    assert messages[0].startswith("counts are approximate: `max_vocab_memory` was reached")
    assert counts_of(finish(count_words(corpus, 1, memory=least)))[b"often"] == 120_000
    assert not [t for t in count_words(corpus, 1, memory=100 * least) if isinstance(t, WarningTick)]
    with pytest.raises(ConfigError, match=rf"memory` is {least:,} bytes.*with 2 threads"):
        finish(count_words(corpus, 2, memory=least))


def messages_about(text: str) -> list[str]:
    shape = Shape()
    shape.look_at(text.encode())
    return list(shape.warnings("corpus.txt"))


def test_text_that_is_not_split_into_words_is_noticed() -> None:
    for text in ("l e t t e r s\n" * 100, "字 母 不 是 词 吗\n" * 100):
        (message,) = messages_about(text)
        assert message.startswith("corpus.txt: 100% of the words are a single character;")
    assert messages_about("I am a cat , a big one .\n" * 100) == []
    assert messages_about("词语 不是 字 母 吗\n" * 100) == []


def test_words_without_neighbours_are_noticed() -> None:
    (message,) = messages_about("alone\n" * 90 + "\n\n" + "not alone\n" * 10)
    assert message.startswith("corpus.txt: 82% of the words have a line for themselves")
    assert messages_about("two words\n\n\n\n\n" * 100) == []


def test_little_text_says_nothing() -> None:
    assert messages_about("a\n" * (ENOUGH - 1)) == []
    assert len(messages_about("a\n" * ENOUGH)) == 2


def test_warnings_come_once_for_all_threads(tmp_path: Path) -> None:
    corpus = Corpus.open([write_lines(tmp_path / "corpus", ["word"] * 300_000)])
    ticks = [tick for tick in count_words(corpus, 3) if isinstance(tick, WarningTick)]
    assert len(ticks) == 1
