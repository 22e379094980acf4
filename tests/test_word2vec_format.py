"""Files of vectors: what goes in comes out, and damage is told."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from gensim.models import KeyedVectors
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from w2v_nce.embeddings import Embeddings
from w2v_nce.errors import FormatError
from w2v_nce.formats.word2vec import VectorsFile, is_binary_name, read_vectors, write_vectors

NAMES = ["v.bin", "v.txt", "v.bin.gz", "v.txt.gz"]
LENIENT = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

#: Words of any bytes but the six of white space and NUL.
odd_words = st.binary(min_size=1, max_size=12).filter(
    lambda word: word.split() == [word] and b"\0" not in word
)
finite = st.floats(width=32, allow_nan=False, allow_infinity=False)


def embeddings(*words: str, dim: int = 3) -> Embeddings:
    vectors = np.random.default_rng(0).normal(size=(len(words), dim)).astype(np.float32)
    return Embeddings(list(words), vectors)


def assert_same(one: Embeddings, other: Embeddings) -> None:
    assert list(one.words) == list(other.words)
    np.testing.assert_array_equal(one.vectors, other.vectors)
    assert one.vectors.dtype == np.float32


@st.composite
def any_embeddings(draw: st.DrawFn) -> Embeddings:
    words = draw(st.lists(odd_words, min_size=1, max_size=6, unique=True))
    dim = draw(st.integers(1, 5))
    vectors = draw(arrays(np.float32, (len(words), dim), elements=finite))
    return Embeddings([word.decode("utf-8", "surrogateescape") for word in words], vectors)


@pytest.mark.parametrize("name", NAMES)
@given(given_vectors=any_embeddings())
@LENIENT
def test_any_word_and_number_survives(tmp_path: Path, name: str, given_vectors) -> None:
    given_vectors.save(tmp_path / name)
    assert_same(read_vectors(tmp_path / name), given_vectors)


@pytest.mark.parametrize("word", ["\u00a0", "a\u0085b", "\udcff", "10", "ʻokina", "-1.5", ":"])
@pytest.mark.parametrize("name", NAMES)
def test_odd_words_survive(tmp_path: Path, name: str, word: str) -> None:
    vectors = embeddings("first", word, "last")
    vectors.save(tmp_path / name)
    assert_same(read_vectors(tmp_path / name), vectors)


@pytest.mark.parametrize("name", NAMES)
def test_same_vectors_same_bytes(tmp_path: Path, name: str) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        embeddings("a", "b").save(tmp_path / folder / name)
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_gensim_reads_what_we_write(tmp_path: Path, name: str) -> None:
    vectors = embeddings("straße", "word", "λόγος", dim=20)
    vectors.save(tmp_path / name)
    theirs = KeyedVectors.load_word2vec_format(str(tmp_path / name), binary=is_binary_name(name))
    assert theirs.index_to_key == list(vectors.words)
    np.testing.assert_array_equal(theirs.vectors, vectors.vectors)


@pytest.mark.parametrize("name", NAMES)
def test_we_read_what_gensim_writes(tmp_path: Path, name: str) -> None:
    vectors = embeddings("straße", "word", "λόγος", dim=20)
    theirs = KeyedVectors(20)
    theirs.add_vectors(list(vectors.words), vectors.vectors)
    theirs.save_word2vec_format(str(tmp_path / name), binary=is_binary_name(name))
    ours = read_vectors(tmp_path / name)
    assert list(ours.words) == list(vectors.words)
    np.testing.assert_allclose(ours.vectors, vectors.vectors, rtol=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        b"2 2\na 1 2\nb 3 4\n",
        b"a 1 2\nb 3 4\n",
        b"2 2\r\na 1 2\r\nb 3 4\r\n",
        b"2 2\na 1 2 \nb 3 4 \n\n",
        b"a\t1\t2\nb\t3e0 4.0",
        b"2 2\na \0\0\x80\x3f\0\0\0\x40\nb \0\0\x40\x40\0\0\x80\x40\n",
        b"2 2\na \0\0\x80\x3f\0\0\0\x40b \0\0\x40\x40\0\0\x80\x40",
    ],
    ids=["text", "no header", "CRLF", "blanks at ends", "tabs", "binary", "binary of gensim"],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_dialects_are_told_apart_by_content(tmp_path: Path, text: bytes, pack) -> None:
    (tmp_path / "vectors").write_bytes(pack(text))
    read = read_vectors(tmp_path / "vectors")
    assert_same(read, Embeddings(["a", "b"], np.array([[1, 2], [3, 4]], np.float32)))


def test_a_word_with_blanks_is_kept_whole(tmp_path: Path) -> None:
    (tmp_path / "v.txt").write_bytes(b"2 2\nnew york 1 2\nb 3 4\n")
    assert list(read_vectors(tmp_path / "v.txt").words) == ["new york", "b"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "no vectors in it"),
        (b"\n\n", "no vectors in it"),
        (b"hello\n", "line 1: neither a header nor a word with numbers: 'hello'"),
        (b"some text that is no vector\n", "line 1: neither"),
        (b"0 5\n", "line 1: 0 words of 5 dimensions"),
        (b"5 0\n", "line 1: 5 words of 0 dimensions"),
        (b"1000000000 300\na 1 2\n", "line 1: 1,000,000,000 words .* do not fit into the 21 bytes"),
        (b"3 2\na 1 2.5\nb 3 4.5\n", "holds 2 words, its first line says 3"),
        (b"1 2\na 1 2\nb 3 4\n", "holds 2 words, its first line says 1"),
        (b"2 2\na 1 2\nb 3\n", "line 3: a word and 2 numbers are expected, found 'b 3'"),
        (b"2 2\na 1\nb 3 4\n", "line 2: a word and 2 numbers are expected, found 'a 1'"),
        (b"a 1 2\nb 3 x\n", "line 2: a word and 2 numbers"),
        (b"2 2\na 1 2\nb nan 4\n", "line 3: a number is NaN or infinite"),
        (b"2 2\na \0\0\x80\x3f\0\0\0\x40\nb \0\0\x40\x40\0\0", "word 2 of 2 is missing"),
        (b"1 1\na \0\0\x80\x7f\n", "byte 4: no word with 1 finite numbers"),
        (b"1 1\na \0\0\x80\x3f\nb \0\0\x80\x3f\n", "goes on after the 1 words"),
        (gzip.compress(b"2 2\na 1 2\nb 3 4\n")[:-12], "damaged gzip file"),
    ],
)  # fmt: skip
def test_damage_is_named(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "v").write_bytes(content)
    with pytest.raises(FormatError, match=problem) as caught:
        read_vectors(tmp_path / "v")
    assert str(tmp_path / "v") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="No such file"):
        read_vectors(tmp_path / "missing.bin")
    with pytest.raises(FormatError, match="directory"):
        read_vectors(tmp_path)


def written(binary: bool) -> bytes:
    file = io.BytesIO()
    write_vectors(file, embeddings("some", "words", "here", "über", dim=4), binary)
    return file.getvalue()


@pytest.mark.parametrize("binary", [True, False])
def test_every_truncation_is_noticed(tmp_path: Path, binary: bool) -> None:
    whole = written(binary)
    last_digit = len(whole) - len(whole.split()[-1]) if not binary else len(whole)
    for length in range(last_digit - 1):
        (tmp_path / "v").write_bytes(whole[:length])
        with pytest.raises(FormatError):
            read_vectors(tmp_path / "v")


@pytest.mark.parametrize("binary", [True, False])
@given(data=st.data())
@LENIENT
def test_damaged_files_are_read_or_refused(tmp_path: Path, binary: bool, data) -> None:
    damaged = bytearray(written(binary))
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "v").write_bytes(damaged)
    try:
        read = read_vectors(tmp_path / "v")
    except FormatError:
        return
    assert len(read) == len(read.vectors) > 0
    assert np.isfinite(read.vectors).all()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_lying_header_allocates_nothing(tmp_path: Path, pack) -> None:
    (tmp_path / "v").write_bytes(pack(b"99999999 999\n" + b"a 1 2 3\n" * 1000))
    tracemalloc.start()
    try:
        with pytest.raises(FormatError):
            read_vectors(tmp_path / "v")
        assert tracemalloc.get_traced_memory()[1] < 64e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "binary"),
    [("v.bin", True), ("v.bin.gz", True), ("v.txt", False), ("v", False), ("v.vec.gz", False)],
)
def test_the_name_decides_the_format_that_is_written(name: str, binary: bool) -> None:
    assert is_binary_name(name) is binary


def test_a_file_that_is_not_saved_leaves_nothing(tmp_path: Path) -> None:
    with VectorsFile(tmp_path / "v.bin"):
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []
