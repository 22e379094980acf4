"""Which words are kept, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import finish, vocabulary_of
from w2v_nce.corpus.counting import count_words, select_words
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.word_table import count_text, new_table
from w2v_nce.errors import CorpusError

TEXT = b"b a a c c c d\ne e e e \xff\n"


def test_most_frequent_first_then_in_byte_order() -> None:
    vocabulary = select_words(count_text(TEXT, new_table()), 1)
    assert vocabulary.words == [b"e", b"c", b"a", b"b", b"d", b"\xff"]
    assert vocabulary.counts.tolist() == [4, 3, 2, 1, 1, 1]
    assert (vocabulary.total, vocabulary.corpus_words, vocabulary.corpus_types) == (12, 12, 6)


def test_cut_offs_are_exact() -> None:
    table = count_text(TEXT, new_table())
    assert select_words(table, 2).words == [b"e", b"c", b"a"]
    assert select_words(table, 1, 4).words == [b"e", b"c", b"a", b"b"]
    cut = select_words(table, 2, 2)
    assert (len(cut), cut.total, cut.corpus_words) == (2, 7, 12)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_do_not_change_the_vocabulary(tmp_path: Path, threads: int) -> None:
    path = tmp_path / "corpus.txt"
    path.write_bytes(b"".join(b"w%d w%d\n" % (i % 977, i % 53) for i in range(200_000)))
    vocabulary = vocabulary_of(path, threads=threads)
    assert vocabulary.total == 400_000
    assert len(vocabulary) == 977
    assert vocabulary.words == vocabulary_of(path, threads=1).words


def test_ticks_tell_the_progress(tmp_path: Path) -> None:
    path = tmp_path / "corpus.txt"
    path.write_bytes(b"some words and some more\n" * 1000)
    ticks = []
    generator = count_words(Corpus.open([path]), 2)
    try:
        while True:
            ticks.append(next(generator))
    except StopIteration:
        pass
    assert ticks[-1].bytes_done == ticks[-1].bytes_total == 25_000
    assert (ticks[-1].words, ticks[-1].types) == (5000, 4)


@pytest.mark.parametrize(
    ("text", "min_count", "message"),
    [
        (b"", 1, "no words at all"),
        (b" \n\t ", 1, "no words at all"),
        (b"one one one", 1, r"single distinct word \(3 times\)"),
        (b"a a a b b c", 5, r"0 of 3 distinct words \(6 in all\).*try `min_count=2`"),
        (b"a a a b b c", 3, r"1 of 3 distinct words.*try `min_count=2`"),
    ],
)  # fmt: skip
def test_too_few_words_get_a_remedy(text: bytes, min_count: int, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        select_words(count_text(text, new_table()), min_count)


def test_the_remedy_works() -> None:
    assert len(select_words(count_text(b"a a a b b c", new_table()), 2)) == 2


def test_a_real_corpus_is_counted_right(shared_data: Path, tmp_path: Path) -> None:
    import gzip

    path = tmp_path / "heldout.txt"
    text = gzip.decompress((shared_data / "novels-heldout.txt.gz").read_bytes())
    path.write_bytes(text)
    vocabulary = select_words(finish(count_words(Corpus.open([path]), 2)), 5)
    assert vocabulary.corpus_words == len(text.split()) == 552_828
    assert vocabulary.corpus_types == len(set(text.split()))
