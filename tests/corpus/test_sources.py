"""Files as chunks: nothing lost, nothing cut, everything refused that is not text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from w2v_nce.corpus import sources
from w2v_nce.corpus.sources import Corpus
from w2v_nce.errors import CorpusError
from w2v_nce.text import Cleaning


def corpus(tmp_path: Path, *texts: bytes) -> Corpus:
    paths = [tmp_path / f"{i}.txt" for i in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_bytes(text)
    return Corpus.open(paths)


@given(
    st.lists(st.sampled_from([b"ab", b"c", b" ", b"\n", b"\t", b"word", b"x" * 30])).map(b"".join),
    st.integers(1, 40),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_blocks_make_up_the_text_and_cut_no_word(tmp_path: Path, text: bytes, size: int) -> None:
    chunks = list(corpus(tmp_path, text).chunks(size))
    assert b"".join(chunk.text for chunk in chunks) == text
    assert [word for chunk in chunks for word in chunk.text.split()] == text.split()
    assert [chunk.offset for chunk in chunks] == [
        sum(len(chunk.text) for chunk in chunks[:i]) for i in range(len(chunks))
    ]


def test_blocks_end_at_line_ends_if_lines_fit(tmp_path: Path) -> None:
    chunks = list(corpus(tmp_path, b"one two\nthree\nfour five six\n").chunks(16))
    assert [chunk.text for chunk in chunks] == [b"one two\nthree\n", b"four five six\n"]


def test_a_long_line_is_cut_between_words(tmp_path: Path) -> None:
    chunks = list(corpus(tmp_path, b"one two three four").chunks(10))
    assert [chunk.text for chunk in chunks] == [b"one two ", b"three ", b"four"]


def test_a_word_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_WORD_SIZE", 64)
    assert len(list(corpus(tmp_path, b"one " + b"x" * 60).chunks(16))) == 2
    with pytest.raises(CorpusError, match=r"0.txt has no white space in the 64 bytes from byte 4 "):
        list(corpus(tmp_path, b"one " + b"x" * 65).chunks(16))


def test_a_word_never_spans_files(tmp_path: Path) -> None:
    chunks = list(corpus(tmp_path, b"one", b"two").chunks())
    assert [chunk.text for chunk in chunks] == [b"one", b"two"]


def test_byte_order_mark_is_no_part_of_the_first_word(tmp_path: Path) -> None:
    chunks = list(corpus(tmp_path, b"\xef\xbb\xbfone two").chunks())
    assert [(chunk.offset, chunk.text) for chunk in chunks] == [(3, b"one two")]


def test_binary_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"0\.txt is not text: NUL at byte 4 \(00 65"):
        corpus(tmp_path, b"word\0else")


@pytest.mark.parametrize("size", [64, 1 << 17])
def test_binary_after_the_beginning_is_refused_when_reached(tmp_path: Path, size: int) -> None:
    late = corpus(tmp_path, b"word " * 2000 + b"\0 word")
    with pytest.raises(CorpusError, match="NUL at byte 10000 "):
        list(late.chunks(size))


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"missing\.txt: No such file"):
        Corpus.open([tmp_path / "missing.txt"])
    with pytest.raises(CorpusError, match="no corpus given"):
        Corpus.open([])


def test_a_file_that_vanishes_is_named(tmp_path: Path) -> None:
    vanishing = corpus(tmp_path, b"some words")
    (tmp_path / "0.txt").unlink()
    with pytest.raises(CorpusError, match=r"0\.txt: No such file"):
        list(vanishing.chunks())


def test_cleaning_does_not_move_blocks(tmp_path: Path) -> None:
    text = "Ein Bär İn Köln\nЁлка И Ель\n".encode() * 20
    plain = corpus(tmp_path, text)
    small = plain.cleaned(Cleaning(lowercase=True))
    for size in (16, 40, 1 << 17):
        before, after = list(plain.chunks(size)), list(small.chunks(size))
        assert [chunk.offset for chunk in before] == [chunk.offset for chunk in after]
        assert [chunk.text.decode().lower().encode() for chunk in before] == [
            chunk.text for chunk in after
        ]


def test_strict_names_file_place_and_bytes(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + b"fine words\n" * 5000 + b"caf\xe9 \n"
    strict = corpus(tmp_path, text).cleaned(Cleaning(errors="strict"))
    with pytest.raises(CorpusError, match=rf"0\.txt is not UTF-8: e9 at byte {text.index(0xE9)};"):
        list(strict.chunks(1 << 12))


def test_stored_bytes_add_up(tmp_path: Path) -> None:
    source = corpus(tmp_path, b"\xef\xbb\xbfone two\nthree four\n" * 9, b"five")
    assert sum(chunk.stored for chunk in source.chunks(16)) == source.size
