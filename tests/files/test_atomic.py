"""Files appear whole or not at all."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from w2v_nce.errors import OutputError, W2vNceError
from w2v_nce.files.atomic import AtomicFile

FULL_DEVICE = Path("/dev/full")


def write(target: str | Path, data: bytes = b"new") -> None:
    with AtomicFile(target) as file:
        file.write(data)
        file.commit()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def python(code: str, *arguments: object, **options: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


class TestCommit:
    def test_the_file_is_there_after_the_commit_and_alone(self, tmp_path: Path) -> None:
        target = tmp_path / "new.txt"
        with AtomicFile(target) as file:
            file.write(b"one ")
            assert not target.exists()
            file.write(b"two")
            file.commit()
        assert target.read_bytes() == b"one two"
        assert names(tmp_path) == ["new.txt"]

    def test_an_old_file_is_replaced_by_the_commit_only(self, tmp_path: Path) -> None:
        target = tmp_path / "old.txt"
        target.write_bytes(b"old and longer")
        with AtomicFile(target) as file:
            file.write(b"new")
            assert target.read_bytes() == b"old and longer"
            file.commit()
        assert target.read_bytes() == b"new"
        assert names(tmp_path) == ["old.txt"]

    def test_links_stay_links(self, tmp_path: Path) -> None:
        (tmp_path / "there").mkdir()
        (tmp_path / "there" / "real.txt").write_bytes(b"old")
        link = tmp_path / "link.txt"
        link.symlink_to("there/real.txt")
        write(link)
        assert link.is_symlink()
        assert (tmp_path / "there" / "real.txt").read_bytes() == b"new"

    def test_a_link_to_nothing_makes_what_it_points_to(self, tmp_path: Path) -> None:
        link = tmp_path / "link.txt"
        link.symlink_to("real.txt")
        write(link)
        assert link.is_symlink()
        assert (tmp_path / "real.txt").read_bytes() == b"new"

    def test_the_place_is_that_of_the_opening(self, tmp_path: Path, monkeypatch) -> None:
        (tmp_path / "elsewhere").mkdir()
        with AtomicFile("here.txt") as file:
            monkeypatch.chdir(tmp_path / "elsewhere")
            file.write(b"new")
            file.commit()
        assert (tmp_path / "here.txt").read_bytes() == b"new"
        assert names(tmp_path / "elsewhere") == []

    def test_a_name_of_the_greatest_length(self, tmp_path: Path) -> None:
        target = tmp_path / ("ü" * 127)
        write(target)
        assert target.read_bytes() == b"new"

    def test_two_at_once_do_not_disturb_each_other(self, tmp_path: Path) -> None:
        with AtomicFile(tmp_path / "x") as first, AtomicFile(tmp_path / "x") as second:
            first.write(b"first")
            second.write(b"second")
            second.commit()
            first.commit()
        assert (tmp_path / "x").read_bytes() == b"first"
        assert names(tmp_path) == ["x"]


class TestPermissions:
    @pytest.mark.parametrize(("mask", "expected"), [(0o022, 0o644), (0o077, 0o600), (0, 0o666)])
    def test_a_new_file_respects_the_umask(self, tmp_path: Path, mask: int, expected: int) -> None:
        before = os.umask(mask)
        try:
            write(tmp_path / "new")
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == expected

    def test_a_replaced_file_keeps_its_own(self, tmp_path: Path) -> None:
        (tmp_path / "old").write_bytes(b"old")
        (tmp_path / "old").chmod(0o640)
        write(tmp_path / "old")
        assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o640


class TestNoCommit:
    def test_nothing_is_left_behind(self, tmp_path: Path) -> None:
        (tmp_path / "old").write_bytes(b"old")
        for name in ("new", "old"):
            with AtomicFile(tmp_path / name) as file:
                file.write(b"some")
        assert names(tmp_path) == ["old"]
        assert (tmp_path / "old").read_bytes() == b"old"

    def test_discard_can_come_twice_and_after_a_commit(self, tmp_path: Path) -> None:
        file = AtomicFile(tmp_path / "new")
        file.write(b"new")
        file.commit()
        file.discard()
        file.discard()
        assert (tmp_path / "new").read_bytes() == b"new"

    def test_an_exception_leaves_the_old_file(self, tmp_path: Path) -> None:
        def interrupted() -> None:
            with AtomicFile(tmp_path / "old") as file:
                file.write(b"half of the")
                raise KeyboardInterrupt

        (tmp_path / "old").write_bytes(b"old")
        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert names(tmp_path) == ["old"]
        assert (tmp_path / "old").read_bytes() == b"old"

    def test_a_killed_process_leaves_the_old_file(self, tmp_path: Path) -> None:
        (tmp_path / "old").write_bytes(b"old")
        code = (
            "import sys, time\n"
            "from w2v_nce.files.atomic import AtomicFile\n"
            "file = AtomicFile(sys.argv[1])\n"
            "file.write(b'x' * 100000)\n"
            "print('ready', flush=True)\n"
            "time.sleep(60)\n"
        )
        process = python(code, tmp_path / "old")
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=20)
        assert (tmp_path / "old").read_bytes() == b"old"


def assert_refused(target: str | Path, reason: str) -> None:
    with pytest.raises(OutputError) as caught:
        AtomicFile(target)
    message = str(caught.value)
    assert message.startswith(f"cannot write {target}: ")
    assert reason in message
    assert "\n" not in message


class TestRefusedTargets:
    def test_no_folder(self, tmp_path: Path) -> None:
        assert_refused(tmp_path / "no" / "new", f"there is no folder {tmp_path / 'no'}")

    def test_a_folder(self, tmp_path: Path) -> None:
        assert_refused(tmp_path, "Is a directory")
        assert_refused(f"{tmp_path}/new/", "Is a directory")
        assert_refused("", "Is a directory")
        assert names(tmp_path) == []

    def test_beneath_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"")
        assert_refused(tmp_path / "file" / "new", "Not a directory")

    def test_too_long_a_name(self, tmp_path: Path) -> None:
        assert_refused(tmp_path / ("ü" * 128), "File name too long")

    def test_links_in_a_circle(self, tmp_path: Path) -> None:
        (tmp_path / "a").symlink_to("b")
        (tmp_path / "b").symlink_to("a")
        assert_refused(tmp_path / "a", "symbolic links")

    @pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux's /proc")
    def test_where_no_files_can_be_made(self) -> None:
        with pytest.raises(OutputError, match=r"^cannot write /proc/new\.txt: "):
            AtomicFile("/proc/new.txt")

    def test_a_write_protected_file(self, tmp_path: Path, monkeypatch) -> None:
        (tmp_path / "old").write_bytes(b"old")
        monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everything
        assert_refused(tmp_path / "old", "write-protected")
        assert names(tmp_path) == ["old"]


class TestFullDisk:
    @pytest.mark.parametrize("step", ["write", "flush", "fsync", "rename"])
    def test_the_old_file_stays(self, tmp_path: Path, monkeypatch, step: str) -> None:
        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        def attempt() -> None:
            with AtomicFile(tmp_path / "old") as file:
                if step == "fsync":
                    monkeypatch.setattr(os, "fsync", full)
                elif step == "rename":
                    monkeypatch.setattr(Path, "replace", full)
                else:
                    monkeypatch.setattr(file, "_file", Failing(step, file._file, full))
                file.write(b"new")
                file.commit()

        (tmp_path / "old").write_bytes(b"old")
        with pytest.raises(W2vNceError, match=r"old: No space left on device$") as caught:
            attempt()
        assert caught.value.exit_code == 1
        assert (tmp_path / "old").read_bytes() == b"old"
        assert names(tmp_path) == ["old"]

    def test_a_real_limit_of_the_file_size(self, tmp_path: Path) -> None:
        code = (
            "import resource, signal, sys\n"
            "from w2v_nce.errors import W2vNceError\n"
            "from w2v_nce.files.atomic import AtomicFile\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
            "try:\n"
            "    with AtomicFile(sys.argv[1]) as file:\n"
            "        file.write(b'x' * 5000)\n"
            "        file.commit()\n"
            "except W2vNceError as error:\n"
            "    sys.exit(f'{error.exit_code}: {error}')\n"
        )
        (tmp_path / "old").write_bytes(b"old")
        _, errors = python(code, tmp_path / "old").communicate(timeout=20)
        assert errors.decode() == f"1: cannot write {tmp_path / 'old'}: File too large\n"
        assert (tmp_path / "old").read_bytes() == b"old"
        assert names(tmp_path) == ["old"]

    @pytest.mark.skipif(not FULL_DEVICE.exists(), reason="needs Linux's /dev/full")
    def test_the_full_device(self) -> None:
        with pytest.raises(W2vNceError, match="cannot write /dev/full: No space left"):
            write(FULL_DEVICE)


class Failing:
    """A file one of whose methods fails."""

    def __init__(self, method: str, file: object, failure: object) -> None:
        self._file = file
        setattr(self, method, failure)

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


class TestWrittenDirectly:
    @pytest.mark.parametrize("target", ["-", "/dev/stdout"])
    @pytest.mark.parametrize("to_a_file", [False, True])
    def test_standard_output(self, tmp_path: Path, target: str, to_a_file: bool) -> None:
        code = (
            "import sys\n"
            "from w2v_nce.files.atomic import AtomicFile\n"
            "with AtomicFile(sys.argv[1]) as file:\n"
            "    file.write(b'one ')\n"
            "    file.commit()\n"
            "print('two')\n"
        )
        command = [sys.executable, "-c", code, target]
        if to_a_file:
            with (tmp_path / "out").open("wb") as out:
                out.write(b"zero ")
                out.flush()
                subprocess.run(command, stdout=out, check=True)
            assert (tmp_path / "out").read_bytes() == b"zero one two\n"
        else:
            assert subprocess.run(command, capture_output=True, check=True).stdout == b"one two\n"
        assert names(tmp_path) == (["out"] if to_a_file else [])

    def test_a_pipe_with_a_name(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        reader = subprocess.Popen(["cat", str(tmp_path / "pipe")], stdout=subprocess.PIPE)
        write(tmp_path / "pipe")
        assert reader.communicate(timeout=20)[0] == b"new"
        assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)

    def test_an_open_descriptor(self) -> None:
        reading, writing = os.pipe()
        write(f"/dev/fd/{writing}")
        os.close(writing)
        with os.fdopen(reading, "rb") as file:
            assert file.read() == b"new"

    def test_the_null_device(self) -> None:
        write(os.devnull)
        assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)

    def test_a_reader_that_has_gone_is_a_broken_pipe(self) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        with pytest.raises(BrokenPipeError):
            write(f"/dev/fd/{writing}")
        os.close(writing)
