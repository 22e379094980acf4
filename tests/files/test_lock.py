"""Checkpoint folders are for one process at a time: real processes."""

from __future__ import annotations

import gc
import subprocess
import sys
from errno import ENOLCK
from pathlib import Path

import pytest

from tests import command_line
from tests.processes import assert_refused, random_corpus, start, start_training, w2v_nce
from w2v_nce.errors import OutputError
from w2v_nce.files.lock import LOCK, lock_folder
from w2v_nce.training.checkpoints import Checkpoints

pytestmark = pytest.mark.xdist_group("processes")

TRY = "import sys; from w2v_nce.training.checkpoints import Checkpoints; Checkpoints(sys.argv[1])"


def tried(folder: str) -> str:
    """Use a folder in another process; return the last line of what that says."""
    command = [sys.executable, "-c", TRY, folder]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return (result.stderr.splitlines() or [""])[-1]


def test_two_runs_and_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    corpus = random_corpus(tmp_path / "corpus.txt")
    asked = ("--checkpoint", "run", "--checkpoint-every", "0.2s", "-o", "v.bin")
    first = start_training(corpus, *asked)
    try:
        assert first.stderr is not None
        for line in first.stderr:
            if line.startswith("checkpoint "):
                break
        says = ("run is in use by another run (process", str(first.pid))
        assert_refused(command_line.w2v_nce("train", corpus, *asked), *says)
        assert_refused(command_line.w2v_nce("train", "--resume", "run"), *says)
    finally:
        first.kill()
        first.communicate()
    assert Path("run", LOCK).exists()  # which is no obstacle
    second = start("train", "--resume", "run")
    assert second.stderr is not None
    lines = []
    for line in second.stderr:
        lines.append(line)
        if line.startswith("checkpoint "):
            break
    second.kill()
    second.communicate()
    assert lines[-1:] and lines[-1].startswith("checkpoint ")  # noqa: PT018


def test_a_folder_is_free_when_its_checkpoints_are_forgotten(tmp_path: Path) -> None:
    one, other = Checkpoints(tmp_path), Checkpoints(tmp_path / ".")  # of the same process
    assert "in use by another run" in tried(str(tmp_path))
    del one
    gc.collect()
    assert "in use by another run" in tried(str(tmp_path))
    del other
    gc.collect()
    assert tried(str(tmp_path)) == ""


def test_nothing_is_read_in_a_folder_that_is_in_use(tmp_path: Path) -> None:
    """The checkpoint is damaged, as one may be that another run is about to remove."""
    mine = Checkpoints(tmp_path / "run")
    (tmp_path / "run" / "000001").mkdir()
    assert_refused(w2v_nce("train", "--resume", "run", cwd=tmp_path), "run is in use by another")
    del mine
    gc.collect()
    assert_refused(w2v_nce("train", "--resume", "run", cwd=tmp_path), "no model.json")


def test_a_folder_without_checkpoints_stays_as_it_is(tmp_path: Path) -> None:
    assert_refused(command_line.w2v_nce("train", "--resume", "."), "there is no checkpoint in .;")
    assert_refused(command_line.w2v_nce("train", "--resume", "none"), "none: No such file")
    assert list(tmp_path.iterdir()) == []


def test_where_there_are_no_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", fail)
    assert lock_folder(tmp_path) is lock_folder(tmp_path / "." / ".")


def test_a_lock_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / LOCK).mkdir()
    with pytest.raises(OutputError, match=r"cannot write checkpoints to .*: Is a directory"):
        Checkpoints(tmp_path)
