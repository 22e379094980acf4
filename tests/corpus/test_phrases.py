"""Phrases against a slow twin, and against gensim where it means the same."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests import naive_phrases as naive
from tests.helpers import finish, write_lines
from w2v_nce.corpus.phrases.candidates import (
    add_pairs,
    count_candidates,
    items,
    merged_candidates,
    new_candidates,
    new_pairs,
    poured,
    with_room,
)
from w2v_nce.corpus.phrases.learning import find_phrases, frequent_words, learn_phrases
from w2v_nce.corpus.phrases.phrases import Phrases
from w2v_nce.corpus.phrases.selection import Phrase, select_phrases
from w2v_nce.corpus.sources import Chunk, Corpus
from w2v_nce.corpus.word_table import count_text, new_table
from w2v_nce.errors import ConfigError, CorpusError, FormatError
from w2v_nce.files.word_lists import ENGLISH, read_connectors
from w2v_nce.settings.phrase_config import PhraseConfig

#: Text of few words, so that pairs repeat, with all kinds of white space.
texts = st.lists(
    st.sampled_from([b"a ", b"b ", b"c\t", b"of ", b"the ", b"a_b ", b"long" * 5 + b" ", b"\xff ",
                     b"\n", b"\r\n", b"\v", b" "]), max_size=80
).map(b"".join)  # fmt: skip


class SmallBlocks(Corpus):
    """A corpus of many chunks."""

    def chunks(self, chunk_size: int = 48) -> Iterator[Chunk]:
        return super().chunks(chunk_size)


@given(
    texts,
    st.sampled_from([("count", 0.0), ("count", 1.1), ("npmi", -1.0), ("npmi", 0.21)]),
    st.integers(1, 3),
    st.sampled_from([(), (b"of", b"the"), (b"a", b"of", b"zebra")]),
    st.integers(1, 3),
    st.integers(1, 3),
    st.sampled_from(["_", "", "<>"]),
)
@example(b"a of b\na of b\na of the b", ("count", 0.0), 1, (b"of", b"the"), 2, 2, "_")
@example(b"a a a a", ("npmi", -1.0), 1, (), 3, 1, "_")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_phrases_and_texts_are_those_of_the_twin(
    tmp_path: Path,
    text: bytes,
    score: tuple[str, float],
    min_count: int,
    connectors: tuple[bytes, ...],
    passes: int,
    threads: int,
    delimiter: str,
) -> None:
    (tmp_path / "text").write_bytes(text + b"word\n")
    (tmp_path / "connectors").write_bytes(b"\n".join(connectors))
    config = PhraseConfig(
        score=score[0],
        threshold=score[1],
        threshold_decay=0.5,
        min_count=min_count,
        passes=passes,
        connectors=str(tmp_path / "connectors") if connectors else "none",
        delimiter=delimiter,
        threads=threads,
    )
    corpus = SmallBlocks.open([tmp_path / "text"])
    found = finish(learn_phrases(corpus, config))
    chunks = [chunk.text for chunk in corpus.chunks()]
    for number in range(passes):
        expected = naive.find(chunks, score[0], score[1] * 0.5**number, min_count, connectors)
        phrases = {phrase.words: phrase for phrase in found.passes[number]}
        assert {words: phrase.count for words, phrase in phrases.items()} == {
            words: count for words, (count, _) in expected.items()
        }
        for words, (_, rate) in expected.items():
            assert phrases[words].score == pytest.approx(rate, rel=1e-12)
        chunks = [
            naive.join_text(chunk, expected, connectors, delimiter.encode()) for chunk in chunks
        ]
    assert list(found.join_corpus(corpus, threads)) == chunks


@given(st.lists(st.sampled_from(["a", "b", "of", "x y", "", "\udcff", "\n"]), max_size=30))
def test_words_of_a_sentence_are_joined_whatever_is_in_them(tokens: list[str]) -> None:
    phrases = {(b"a", b"b"), (b"b", b"of", b"a"), (b"\xff", b"\xff"), (b"b", b"\xff")}
    learned = Phrases("+", [[Phrase(words, 1, 1.0) for words in phrases]])
    encoded = [token.encode("utf-8", "surrogateescape") for token in tokens]
    expected = [
        b"+".join(group).decode("utf-8", "surrogateescape")
        for group in naive.join(encoded, phrases, [b"of"])
    ]
    assert learned.join(tokens) == expected


def test_passes_make_longer_phrases() -> None:
    two = Phrases("_", [
        [Phrase((b"new", b"york"), 9, 5.0)],
        [Phrase((b"new_york", b"city"), 7, 3.0), Phrase((b"mayor", b"of", b"new_york"), 7, 3.0)],
    ])  # fmt: skip
    assert len(two) == 3
    assert two.join(["in", "new", "york", "city"]) == ["in", "new_york_city"]
    assert two.join_text(b"the mayor  of\tnew york , new\nyork") == (
        b"the mayor_of_new_york , new\nyork"
    )
    assert Phrases().join(["new", "york"]) == ["new", "york"]


def test_a_word_is_in_one_phrase_at_most() -> None:
    phrases = Phrases("_", [[Phrase((b"a", b"b"), 1, 1.0), Phrase((b"b", b"a"), 1, 1.0)]])
    assert phrases.join_text(b"a b a b b a") == b"a_b a_b b_a"


def test_files_stay_apart(tmp_path: Path) -> None:
    files = {"1": b"a b\na", "2": b"b a", "3": b"\xef\xbb\xbfb a\n", "4": b"", "5": b"a b"}
    for name, text in files.items():
        (tmp_path / name).write_bytes(text)
    phrases = Phrases("_", [[Phrase((b"a", b"b"), 1, 1.0)]])
    corpus = Corpus.open([tmp_path / name for name in (*files, "5")])
    assert b"".join(phrases.join_corpus(corpus, 2)) == b"a_b\na\nb a\nb a\na_b\na_b"


@pytest.mark.parametrize("threads", [2, 5])
def test_threads_change_nothing(tmp_path: Path, threads: int) -> None:
    generator = np.random.default_rng(0)
    words = [f"w{i}" for i in range(100)] + ["of"] * 30
    lines = [" ".join(words) for words in generator.choice(words, (300, 40))]
    corpus = SmallBlocks.open([write_lines(tmp_path / "corpus.txt", lines)])
    (tmp_path / "of").write_text("of")

    def result(threads: int) -> tuple[Any, bytes]:
        config = PhraseConfig(
            connectors=str(tmp_path / "of"), min_count=2, threshold=1, passes=2, threads=threads
        )
        found = finish(learn_phrases(corpus, config))
        return found.passes, b"".join(found.join_corpus(corpus, threads))

    alone = result(1)
    assert result(threads) == alone
    assert len(alone[0][0]) > 30
    assert any(len(phrase.words) > 2 for phrase in alone[0][0])


@given(texts, texts)
@example(b"a of b", b"b the of a\na of the of b\na of b")
def test_merged_candidates_are_those_of_both_texts(one: bytes, two: bytes) -> None:
    config = PhraseConfig(threshold=0, min_count=1, score="npmi")
    table = count_text(one + b"\n" + two, new_table())
    lexicon, known = frequent_words(table, frozenset([b"of", b"the"]), 1)
    seen = [count_candidates(lexicon, text, new_candidates()) for text in (one, two)]
    both = count_candidates(lexicon, one + b"\n" + two, new_candidates())
    assert select_phrases(merged_candidates(lexicon.words, *seen), known, config, -1.0) == (
        select_phrases(both, known, config, -1.0)
    )


def test_ticks_tell_the_progress(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "corpus.txt", ["a b"] * 100)
    ticks = []
    found = find_phrases(path, PhraseConfig(passes=2, threshold=0), ticks.append)
    assert len(found) == 1
    steps = list(dict.fromkeys((tick.doing, tick.number) for tick in ticks))
    assert steps == [("compiling", 1), ("counting words", 1), ("counting pairs", 1),
                     ("counting words", 2), ("counting pairs", 2)]  # fmt: skip
    assert (ticks[-1].bytes_done, ticks[-1].bytes_total, ticks[-1].passes) == (400, 400, 2)


def test_a_corpus_without_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"corpus\.txt: no words at all"):
        find_phrases(write_lines(tmp_path / "corpus.txt", [" "]))


@given(st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(1, 9)), max_size=3000))
@settings(max_examples=30)
def test_a_table_of_pairs_adds_up_as_a_counter_does(pairs: list[tuple[int, int]]) -> None:
    table, expected = new_pairs(2), Counter[int]()
    for start in range(0, len(pairs), 7):
        some = pairs[start : start + 7]
        table = with_room(table, len(some))
        add_pairs(*(np.array(column, np.uint64) for column in zip(*some, strict=True)), table)
        for key, value in some:
            expected[key] += value
    assert dict(zip(*(column.tolist() for column in items(table)), strict=True)) == expected
    assert table.used[0] == len(expected)


def test_tables_of_pairs_are_poured_together() -> None:
    keys = np.random.default_rng(0).integers(0, 60_000, (2, 50_000)).astype(np.uint64) << 31
    tables = []
    for column in keys:
        table = with_room(new_pairs(2), len(column))
        add_pairs(column, np.ones(len(column), np.uint64), table)
        tables.append(table)
    expected = Counter[int](keys.ravel().tolist())
    table = poured(tables[0], poured(tables[1], new_pairs(2)))
    assert dict(zip(*(column.tolist() for column in items(table)), strict=True)) == expected
    assert table.used[0] == len(expected)


class TestSettings:
    def test_thresholds_fall(self) -> None:
        config = PhraseConfig(threshold=200, threshold_decay=0.5, passes=3)
        assert [config.threshold_of(number) for number in range(3)] == [200, 100, 50]
        assert PhraseConfig().threshold_of(0) == 100
        assert PhraseConfig(score="npmi").threshold_of(0) == 0.5

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"score": "pmi"}, "--score is 'pmi'; choose one of count, npmi"),
            ({"threshold": -1.0}, "--threshold is -1.0; with --score count it takes 0 or more"),
            ({"score": "npmi", "threshold": 2.0}, "--threshold is 2.0; with --score npmi it"),
            ({"threshold": math.inf}, "--threshold is inf; it takes a number"),
            ({"delimiter": "a b"}, "--delimiter is 'a b'; it takes text without white space"),
            ({"delimiter": "\0"}, "--delimiter is '\\x00'"),
            ({"min_count": 0}, "--min-count is 0; it takes a whole number, 1 or more"),
            ({"threshold_decay": 1.5}, "--threshold-decay is 1.5"),
            ({"passes": 0}, "--passes is 0"),
        ],
    )
    def test_values_outside_the_domain_are_refused(
        self, values: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(ConfigError) as caught:
            PhraseConfig(**values)
        assert str(caught.value).startswith(message)

    def test_connectors(self, tmp_path: Path) -> None:
        assert read_connectors("none") == frozenset()
        assert read_connectors("english") == ENGLISH > {b"of", b"the"}
        (tmp_path / "some").write_bytes(b"\xef\xbb\xbfvon der\nzu\n")
        assert read_connectors(str(tmp_path / "some")) == {b"von", b"der", b"zu"}
        (tmp_path / "empty").write_bytes(b" \n")
        for name, problem in (("empty", "there are no words in it"), ("nowhere", "No such file")):
            with pytest.raises(FormatError, match=rf"--connectors .*{name}: {problem}"):
                read_connectors(str(tmp_path / name))


class TestGensim:
    """gensim counts as we do, but multiplies the count score by the size of its vocabulary."""

    @pytest.fixture
    def corpus(self, tmp_path: Path) -> Path:
        generator = np.random.default_rng(1)
        ranks = np.arange(1, 61)
        words = np.array(["of", "the", *(f"w{i}" for i in range(58))])
        lines = [generator.choice(words, 12, p=1 / ranks / (1 / ranks).sum()) for _ in range(400)]
        return write_lines(tmp_path / "corpus.txt", map(" ".join, lines))

    @pytest.mark.parametrize("connectors", ["none", "of the"])
    @pytest.mark.parametrize("score", ["count", "npmi"])
    def test_scores_and_joined_text_are_theirs(
        self, corpus: Path, tmp_path: Path, score: str, connectors: str
    ) -> None:
        module = pytest.importorskip("gensim.models.phrases", reason="needs gensim")
        sentences = [line.split() for line in corpus.read_text().splitlines()]
        inner = frozenset() if connectors == "none" else frozenset(connectors.split())
        threshold = 0.05137 if score == "npmi" else 0.1171
        theirs = module.Phrases(
            sentences,
            min_count=3,
            threshold=threshold,
            scoring="npmi" if score == "npmi" else "default",
            connector_words=inner,
        )
        scale = theirs.corpus_word_count / len(theirs.vocab) if score == "count" else 1.0
        if inner:
            (tmp_path / "connectors").write_text(connectors)
            connectors = str(tmp_path / "connectors")
        ours = find_phrases(
            corpus,
            PhraseConfig(
                score=score, min_count=3, threshold=threshold * scale, connectors=connectors
            ),
        )
        expected = {phrase: rate * scale for phrase, rate in theirs.find_phrases(sentences).items()}
        found = {b"_".join(p.words).decode(): p.score for p in ours.passes[0]}
        assert len(expected) > 20
        assert expected == pytest.approx({name: found[name] for name in expected}, rel=1e-12)
        assert [ours.join(sentence) for sentence in sentences] == [theirs[s] for s in sentences]
        joined = b"".join(ours.join_corpus(Corpus.open([corpus]), 2)).decode()
        assert joined == "".join(" ".join(theirs[sentence]) + "\n" for sentence in sentences)
