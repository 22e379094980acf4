"""Wrong input and usage: one line says what is wrong, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import w2v_nce
from tests.helpers import write_lines
from tests.processes import assert_refused, random_corpus


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_corpus(tmp_path_factory.mktemp("corpus") / "corpus.txt")


def test_missing_corpus() -> None:
    assert_refused(w2v_nce("train", "nowhere.txt"), "nowhere.txt: No such file")


def test_no_corpus() -> None:
    assert_refused(w2v_nce("train"), "Missing argument 'CORPUS...'", "train --help")


def test_directory_without_files(tmp_path: Path) -> None:
    assert_refused(w2v_nce("train", tmp_path), f"{tmp_path} is a folder without files")


def test_empty_file(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "empty.txt", [])
    assert_refused(w2v_nce("train", path), "no words at all")
    assert not Path("vectors.bin").exists()


def test_binary(tmp_path: Path) -> None:
    (tmp_path / "binary.dat").write_bytes(b"some\0thing")
    assert_refused(w2v_nce("train", tmp_path / "binary.dat"), "binary.dat", "NUL at byte 4")


def test_too_rare_words(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "small.txt", ["to be or not to be"])
    assert_refused(w2v_nce("train", path), "occurs 2 times: try --min-count 2")
    assert list(tmp_path.iterdir()) == [path]


def test_bad_option_value(corpus: Path) -> None:
    assert_refused(w2v_nce("train", corpus, "--dim", 0), "--dim is 0")
    assert_refused(w2v_nce("train", corpus, "--arch", "glove"), "--arch", "cbow")


def test_unwritable_output_fails_before_training(corpus: Path) -> None:
    result = w2v_nce("train", corpus, "-o", "no/such/folder/vectors.bin", "--epochs", 10**6)
    assert_refused(result, "no/such/folder")


def test_output_that_is_the_corpus(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "precious.txt", ["some words " * 20])
    assert_refused(w2v_nce("train", path, "-o", path), "precious.txt is the corpus itself")
    assert path.stat().st_size > 200


def test_demo_into_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = w2v_nce("demo", tmp_path / "file")
    assert result.returncode == 2
    assert result.stderr.startswith(f"w2v-nce: error: cannot write to {tmp_path / 'file'}: ")
    assert len(result.stderr.splitlines()) == 1


def test_divergence(corpus: Path) -> None:
    result = w2v_nce("train", corpus, "--lr", 1e6, "-q")
    assert_refused(result, "diverged", "try --lr", code=1)
    assert not Path("vectors.bin").exists()


def test_missing_vectors(tmp_path: Path) -> None:
    pairs = write_lines(tmp_path / "pairs.txt", ["a b 1", "c d 2"])
    assert_refused(w2v_nce("eval", pairs), "vectors.bin")


def test_malformed_task_is_found_before_vectors_are_loaded(tmp_path: Path) -> None:
    task = write_lines(tmp_path / "task.txt", [": section", "a b c d", "a b c"])
    assert_refused(w2v_nce("eval", task), "task.txt", "line 3")
