"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from w2v_nce.errors import OutputError, W2vNceError
from w2v_nce.formats.atomic import AtomicFile


def test_the_target_appears_at_the_commit(tmp_path: Path) -> None:
    target = tmp_path / "file"
    with AtomicFile(target) as file:
        file.write(b"content")
        assert not target.exists()
        file.commit()
    assert target.read_bytes() == b"content"
    assert list(tmp_path.iterdir()) == [target]


def test_without_commit_the_old_file_stays(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")
    with AtomicFile(target) as file:
        file.write(b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("name", ["missing/file", ".", "\0"])
def test_a_hopeless_target_fails_at_once(tmp_path: Path, name: str) -> None:
    with pytest.raises((OutputError, ValueError)):
        AtomicFile(tmp_path / name)


def test_a_file_as_folder_fails_at_once(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    with pytest.raises(OutputError, match="plain/file"):
        AtomicFile(tmp_path / "plain" / "file")


def test_a_write_protected_target_fails_at_once(tmp_path, monkeypatch) -> None:
    """Root may write everything, so the answer of the system is made up."""
    (tmp_path / "file").write_text("old")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(OutputError, match="write-protected"):
        AtomicFile(tmp_path / "file")


def test_links_are_kept_and_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    with AtomicFile(tmp_path / "link") as file:
        file.write(b"new")
        file.commit()
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_permissions_are_those_of_other_new_files(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    with AtomicFile(tmp_path / "file") as file:
        file.commit()
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_permissions_of_a_replaced_file_stay(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "file").chmod(0o600)
    with AtomicFile(tmp_path / "file") as file:
        file.commit()
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


def test_a_pipe_is_written_directly(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    with AtomicFile(tmp_path / "pipe") as file:
        file.write(b"through")
        file.commit()
    reader.join()
    assert received == [b"through"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk."""
    target = tmp_path / "file"
    target.write_bytes(b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with AtomicFile(target) as file, pytest.raises(W2vNceError, match="too large") as caught:
            file.write(b"x" * 1_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(caught.value) == f"cannot write {target}: File too large"
    assert caught.value.exit_code == 1
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_killed_process_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")
    code = (
        "import os, signal, sys\n"
        "from w2v_nce.formats.atomic import AtomicFile\n"
        "file = AtomicFile(sys.argv[1])\n"
        "file.write(b'new')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(target)], check=False)
    assert target.read_bytes() == b"old"
