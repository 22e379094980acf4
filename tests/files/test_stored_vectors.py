"""Vectors that stay in a mapped file, against the same vectors in memory."""

from __future__ import annotations

import copy
import gzip
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v_nce.embeddings import search
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.embeddings.queries import analogies, neighbours
from w2v_nce.errors import FormatError
from w2v_nce.files.stored_vectors import MappedRows

SIZE, DIM = 50, 7


@pytest.fixture
def plain() -> Embeddings:
    """Vectors in memory, of words of different lengths."""
    vectors = np.random.default_rng(0).normal(size=(SIZE, DIM)).astype(np.float32)
    vectors[20] = 0
    return Embeddings([f"w{i:0{1 + i % 5}}" for i in range(SIZE)], vectors)


@pytest.fixture
def mapped(plain: Embeddings, tmp_path: Path) -> Embeddings:
    plain.save(tmp_path / "v.bin")
    return Embeddings.load(tmp_path / "v.bin")


def test_a_pair_of_words_does_not_read_all(mapped: Embeddings, plain: Embeddings) -> None:
    assert mapped.similarity("w0", "w20") == plain.similarity("w0", "w20") == 0
    assert mapped.similarity("w0", "w15") == plain.similarity("w0", "w15")
    assert isinstance(mapped.stored, MappedRows)


@given(
    gaps=st.lists(st.integers(0, 9), min_size=1, max_size=20),
    dim=st.integers(1, 9),
    data=st.data(),
)
def test_rows_begin_at_any_byte(gaps: list[int], dim: int, data: st.DataObject) -> None:
    rows = np.arange(len(gaps) * dim, dtype="<f4").reshape(-1, dim)
    text, starts = b"", []
    for gap, row in zip(gaps, rows, strict=True):
        text += b"x" * gap
        starts.append(len(text))
        text += row.tobytes()
    records = MappedRows(text, starts, dim)
    assert (len(records), records.shape) == (len(rows), rows.shape)
    asked = data.draw(st.lists(st.integers(0, len(rows) - 1)))
    np.testing.assert_array_equal(records[asked], rows[asked])
    np.testing.assert_array_equal(records.selected(asked)[:], rows[asked])
    some = slice(data.draw(st.integers(0, 20)), data.draw(st.integers(0, 20)))
    np.testing.assert_array_equal(records[some], rows[some])


@pytest.mark.parametrize("size", [1, 40, 1 << 20])
def test_answers_are_those_of_vectors_in_memory(plain, mapped, monkeypatch, size: int) -> None:
    monkeypatch.setattr(search, "NUMBERS_AT_ONCE", size)
    for limit in (None, 13):
        groups = [[plain.words[i]] for i in range(9)] + [list(plain.words[5:8])]
        assert neighbours(mapped, groups, 5, limit) == neighbours(plain, groups, 5, limit)
        questions = [plain.words[i : i + 3] for i in range(4)]
        assert analogies(mapped, questions, 5) == analogies(plain, questions, 5)
        # Few vectors are multiplied otherwise than many.
        alone = [neighbours(mapped, [group], 5, limit)[0] for group in groups]
        for one, among in zip(alone, neighbours(mapped, groups, 5, limit), strict=True):
            assert [word for word, _ in one] == [word for word, _ in among]
            np.testing.assert_allclose([x for _, x in one], [x for _, x in among], atol=1e-6)
    assert isinstance(mapped.stored, MappedRows)  # nothing has read all of it


def test_vectors_are_read_when_they_are_asked_for(plain, mapped) -> None:
    np.testing.assert_array_equal(mapped[plain.words[3]], plain[plain.words[3]])
    np.testing.assert_allclose(mapped.lengths, np.linalg.norm(plain.vectors, axis=1), rtol=1e-6)
    assert isinstance(mapped.stored, MappedRows)
    np.testing.assert_array_equal(mapped.vectors, plain.vectors)
    mapped.vectors[3] = 1  # is theirs from now on
    assert mapped[plain.words[3]].tolist() == [1] * DIM
    assert mapped.lengths[3] == pytest.approx(DIM**0.5)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda what: pickle.loads(pickle.dumps(what))])
def test_copies_do_not_need_the_file(plain, mapped, copied) -> None:
    other = copied(mapped)
    assert isinstance(other.stored, np.ndarray)
    assert other.neighbours("w0") == plain.neighbours("w0")


def test_a_file_that_is_replaced_stays_what_it_was(plain, mapped, tmp_path: Path) -> None:
    Embeddings(["a", "b"], np.ones((2, 2), np.float32)).save(tmp_path / "v.bin")
    assert mapped.neighbours("w0") == plain.neighbours("w0")


@given(words=st.lists(st.sampled_from("abcde"), min_size=1, max_size=12), seed=st.integers(0, 99))
def test_of_words_that_come_twice_the_first(
    words: list[str], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    vectors = np.random.default_rng(seed).normal(size=(len(words), 3)).astype("<f4")
    data = b"%d 3\n" % len(words)
    data += b"".join(b"%b %b" % (w.encode(), v.tobytes()) for w, v in zip(words, vectors))  # noqa: B905
    first = {word: vectors[words.index(word)] for word in words}
    path = tmp_path_factory.mktemp("twice") / "v.bin"
    for content in (data, gzip.compress(data)):
        path.write_bytes(content)
        read = Embeddings.load(path)
        assert read.words == list(first)
        np.testing.assert_array_equal(read.vectors, list(first.values()))
        np.testing.assert_allclose(read.lengths, np.linalg.norm(read.vectors, axis=1), rtol=1e-6)


def test_a_file_system_that_maps_nothing(plain, tmp_path: Path, monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError

    plain.save(tmp_path / "v.bin")
    monkeypatch.setattr("w2v_nce.files.word2vec_binary.mmap.mmap", refuse)
    read = Embeddings.load(tmp_path / "v.bin")
    assert isinstance(read.stored, np.ndarray)
    np.testing.assert_array_equal(read.vectors, plain.vectors)


def test_the_place_of_damage_in_a_file_of_many_batches(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("w2v_nce.files.word2vec_binary.PIECE_SIZE", 64)
    vectors = np.ones((SIZE, DIM), "<f4")
    vectors[40, 3] = np.nan
    records = [b"w%d %b\n" % (i, v.tobytes()) for i, v in enumerate(vectors)]
    head = b"%d %d\n" % vectors.shape
    for content in (head + b"".join(records), gzip.compress(head + b"".join(records))):
        (tmp_path / "v.bin").write_bytes(content)
        # The line end of the record before is the first byte.
        place = len(head + b"".join(records[:40])) - 1
        with pytest.raises(FormatError, match=rf"byte {place:,}: a number is NaN.*'w40'"):
            Embeddings.load(tmp_path / "v.bin")
