"""A corpus that is shared out among ranks."""

from __future__ import annotations

import gzip
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import w2v_nce.training.distributed.shares as shares_module
from w2v_nce.corpus.sources import AS_IT_IS, Corpus
from w2v_nce.errors import CorpusError
from w2v_nce.text import Cleaning
from w2v_nce.training.distributed.shares import (
    Share,
    Stretch,
    divide,
    filled_up,
    shares_of,
    stretches_of,
)

LINES = st.lists(
    st.text(alphabet="ab é\t", max_size=30).map(lambda line: line.encode() + b"\n"), max_size=30
)
TEXTS = st.lists(LINES.map(b"".join).filter(bool), min_size=1, max_size=4)


def write(folder: Path, texts: list[bytes], packed: tuple[int, ...] = ()) -> Corpus:
    for i, text in enumerate(texts):
        (folder / f"{i:03}").write_bytes(gzip.compress(text) if i in packed else text)
    return Corpus.open([folder])


def text_of(stretches: list[Stretch], size: int = 64, cleaning: Cleaning = AS_IT_IS) -> bytes:
    return b"".join(block.text for block in Share(list(stretches), cleaning).chunks(size))


@given(TEXTS, st.integers(1, 5))
@settings(max_examples=60)
def test_all_of_it_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, texts: list[bytes], ranks: int
) -> None:
    corpus = write(tmp_path_factory.mktemp("texts"), texts)
    whole = stretches_of(corpus)
    shares = divide(whole, ranks)
    assert len(shares) == ranks
    assert b"".join(map(text_of, shares)) == b"".join(texts)
    longest = max(len(line) for text in texts for line in text.splitlines(True))
    ideal = sum(map(len, texts)) / ranks
    for share in shares:
        assert abs(sum(each.weight for each in share) - ideal) <= longest + ranks
        for each in share:
            text = Path(each.name).read_bytes()
            assert each.start in (0, len(text)) or text[each.start - 1 : each.start] == b"\n"


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6), st.integers(0, 200))
def test_the_lowest_are_filled_up(loads: list[int], amount: int) -> None:
    """As if each unit went to whoever has least."""
    naive = list(loads)
    for _ in range(amount):
        naive[naive.index(min(naive))] += 1
    quotas = filled_up(loads, amount)
    assert sum(quotas) == amount
    assert min(quotas) >= 0
    after = sorted(load + quota for load, quota in zip(loads, quotas, strict=True))
    assert max(abs(a - b) for a, b in zip(after, sorted(naive), strict=True)) <= len(loads)


def test_compressed_files_are_whole_and_others_make_up_for_them(tmp_path: Path) -> None:
    texts = [b"word %d\n" % i * 3000 for i in range(7)]
    packed = (1, 4, 6)
    corpus = write(tmp_path, texts, packed)
    shares = shares_of(corpus, 3)
    names = [each.name for share in shares for each in share if each.end is None]
    assert sorted(Path(name).name for name in names) == ["001", "004", "006"]
    assert sorted(b"".join(map(text_of, shares)).splitlines()) == sorted(
        b"".join(texts).splitlines()
    )
    weights = [sum(each.weight for each in share) for share in shares]
    assert max(weights) - min(weights) < 50


def test_every_rank_reads_from_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares_module, "LEAST_PART", 100)
    texts = [b"%d some words\n" % i * 1000 for i in range(4)]
    shares = shares_of(write(tmp_path, texts), 3)
    words = [text_of(share).split() for share in shares]
    assert sorted(chain(*words)) == sorted(b"".join(texts).split())
    for each in words:
        assert all(abs(each.count(b"%d" % i) - 1000 / 3) < 50 for i in range(4))
    assert max(map(len, words)) - min(map(len, words)) <= 3 * shares_module.MOST_PARTS


def test_a_line_without_end_is_cut_between_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares_module, "LOOK", 7)
    monkeypatch.setattr(shares_module, "FAR", 20)
    text = b"words in a line that never ends " * 100
    shares = shares_of(write(tmp_path, [text]), 3)
    parts = list(map(text_of, shares))
    assert b"".join(parts) == text
    assert [word for part in parts for word in part.split()] == text.split()
    assert max(map(len, parts)) - min(map(len, parts)) < 100


@given(TEXTS, st.integers(1, 3), st.integers(1, 4), st.integers(0, 30), st.booleans())
@settings(max_examples=60)
def test_what_is_left_is_what_was_not_given_and_can_be_shared_out_anew(
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[bytes],
    before: int,
    after: int,
    blocks: int,
    packed: bool,
) -> None:
    corpus = write(tmp_path_factory.mktemp("texts"), texts, tuple(range(len(texts))) * packed)
    done, left = [], []
    for stretches in divide(stretches_of(corpus), before):
        share = Share(list(stretches), AS_IT_IS)
        stream = share.chunks(32)
        done += [block.text for _, block in zip(range(blocks), stream, strict=False)]
        left += share.left
    again = [Stretch(*list(each)) for each in left]  # as from a file
    rest = [text_of(share, 32) for share in divide(again, after)]
    words = sorted(b" ".join([*done, *rest]).split())
    assert words == sorted(b" ".join(texts).split())


def test_letters_that_change_their_size_do_not_move_the_place(tmp_path: Path) -> None:
    """Lower case of İ takes more bytes."""
    text = "İİİİ word İİ\n".encode() * 50
    share = Share(stretches_of(write(tmp_path, [text])), Cleaning(lowercase=True))
    stream = share.chunks(100)
    next(stream)
    given = next(stream)
    assert len(given.text) != given.end - given.offset
    assert text_of(share.left) == text[given.end :]


def test_a_mark_at_the_beginning_counts(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + b"some words\n" * 100
    share = Share(stretches_of(write(tmp_path, [text])), AS_IT_IS)
    block = next(share.chunks(100))
    assert block.text + text_of(share.left) == text[3:]


class TestRefusals:
    def test_too_little(self, tmp_path: Path) -> None:
        corpus = write(tmp_path, [b"one line\n"])
        with pytest.raises(CorpusError, match="too little text for 3 processes: 2 would have none"):
            shares_of(corpus, 3)

    def test_other_bytes_elsewhere(self, tmp_path: Path) -> None:
        share = stretches_of(write(tmp_path, [b"one line\n"]))
        (tmp_path / "000").write_bytes(b"two\nlines\n")
        with pytest.raises(CorpusError, match=r"000 has 10 bytes here, and 9 where rank 0 is"):
            text_of(share)

    def test_gone(self, tmp_path: Path) -> None:
        share = stretches_of(write(tmp_path, [b"one line\n"]))
        (tmp_path / "000").unlink()
        with pytest.raises(CorpusError, match=r"000: No such file"):
            text_of(share)

    def test_damage_is_named_with_its_place(self, tmp_path: Path) -> None:
        (tmp_path / "text").write_bytes(b"fine line\n" * 20 + b"caf\xe9 line\n")
        share = Stretch(str(tmp_path / "text"), 210, 50, 210)
        with pytest.raises(CorpusError, match=r"text \(from byte 50 on\) is not UTF-8: e9 at"):
            text_of([share], cleaning=Cleaning(errors="strict"))
