"""Files and folders that appear complete or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator
from errno import EACCES, EISDIR
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from w2v_nce.errors import OutputError, W2vNceError

if TYPE_CHECKING:
    import numpy.typing as npt

STANDARD_OUTPUT = ("-", "/dev/stdout")
Self = TypeVar("Self", bound="Discardable")


class Discardable:
    """An output that is discarded at the end of a ``with`` block unless it was committed."""

    def discard(self) -> None:
        """Remove everything that is not committed."""
        raise NotImplementedError

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.discard()


class AtomicFile(Discardable):
    """A file that appears under its name only when all of it is on the disk.

    Opening creates a temporary file beside the target, so that a target that cannot be written
    fails before any work is done; :meth:`commit` moves it into place. Left without a commit, it
    vanishes, and an older file under the name stays as it was; only a process that is killed
    leaves a hidden ``.w2v-nce-*.tmp`` behind. Links are followed. Pipes, devices, and "-" for
    standard output are written directly.

    The permissions are those of the file that is replaced, or those of any new file.

    Raises:
        OutputError: if the target cannot be opened.
    """

    def __init__(self, target: str | Path) -> None:
        self.target = str(target)
        self._temporary: Path | None = None
        self._place = Path(os.path.realpath(self.target))  # now: the working directory may change
        try:
            self._file = self._open()
        except OSError as error:
            raise OutputError(f"cannot write {self.target}: {self._reason(error)}") from error

    def write(self, data: bytes) -> int:
        """Write some bytes.

        Raises:
            W2vNceError: if the disk does not take them.
            BrokenPipeError: if the reader of a pipe has gone.
        """
        with reporting(self.target):
            return self._file.write(data)

    def flush(self) -> None:
        """Do nothing; :meth:`commit` flushes. Wrappers such as GzipFile call this."""

    def commit(self) -> None:
        """Put the file in its place, and wait until it is on the disk.

        Raises:
            W2vNceError: if the disk does not take it; the old file is then still there.
            BrokenPipeError: if the reader of a pipe has gone.
        """
        with reporting(self.target):
            self._file.flush()
            if self._temporary is None:
                return
            os.fsync(self._file.fileno())
            self._file.close()
            self._temporary.replace(self._place)
        self._temporary = None
        sync_folder(self._place.parent)

    def discard(self) -> None:
        """Close the file, and remove it unless it is committed."""
        with contextlib.suppress(OSError):
            if self.target not in STANDARD_OUTPUT:
                self._file.close()
        if self._temporary is not None:
            with contextlib.suppress(OSError):
                self._temporary.unlink()
            self._temporary = None

    def _open(self) -> BinaryIO:
        if self.target in STANDARD_OUTPUT:
            return sys.stdout.buffer
        mode = _mode(self.target)
        if mode is not None and not stat.S_ISREG(mode):
            return Path(self.target).open("wb")  # a folder fails here, as it should
        if not os.path.basename(self.target) or self._place.is_dir():  # noqa: PTH119
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        if mode is not None and not os.access(self.target, os.W_OK):
            raise PermissionError(EACCES, "the file is write-protected")
        return self._open_temporary(mode)

    def _open_temporary(self, mode: int | None) -> BinaryIO:
        temporary = hidden_name(self._place)
        file = temporary.open("xb")
        self._temporary = temporary
        if mode is not None:
            with contextlib.suppress(OSError):  # some file systems have no permissions
                temporary.chmod(stat.S_IMODE(mode))
        return file

    def _reason(self, error: OSError) -> str:
        if isinstance(error, FileNotFoundError) and self.target:
            return f"there is no folder {self._place.parent}; create it first"
        return error.strerror or str(error)


@contextlib.contextmanager
def reporting(target: str) -> Iterator[None]:
    """Turn errors of the operating system into one line, except broken pipes.

    Raises:
        W2vNceError: for any other error of the operating system.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise W2vNceError(f"cannot write {target}: {error.strerror or error}") from error


def hidden_name(place: Path, mark: str = "") -> Path:
    """Return a new temporary name beside a place; ``mark`` names its owner."""
    return place.with_name(f".w2v-nce-{mark}{secrets.token_hex(8)}.tmp")


def is_hidden_name(name: str, mark: str) -> bool:
    """Return whether a name is one of :func:`hidden_name` with that mark."""
    return re.fullmatch(rf"\.w2v-nce-{mark}[0-9a-f]{{16}}\.tmp", name) is not None


def _mode(path: str) -> int | None:
    """Return the type and permissions of a file, following links; None if there is no file."""
    try:
        return os.stat(path).st_mode  # noqa: PTH116  # Path("") would be the current folder
    except FileNotFoundError:
        return None


def sync_folder(folder: Path) -> None:
    """Make new names in a folder survive a power cut, where the file system supports it."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class AtomicFolder(Discardable):
    """A folder that appears under its name only when all of its files are on the disk.

    Opening creates a temporary folder beside the target, so that a target that cannot be written
    fails before any work is done; :meth:`commit` moves it into place. Left without a commit, it
    vanishes. An older folder is replaced if it holds none but the files that a new one may have;
    anything else under the name is left alone. ``mark`` is part of the names of temporary folders.

    Raises:
        OutputError: if the target cannot be created or is something else.
    """

    def __init__(self, target: str | Path, names: frozenset[str], mark: str = "") -> None:
        self.target = str(target)
        self._names, self._mark = names, mark
        self._place = Path(os.path.realpath(self.target))
        self._temporary: Path | None = None
        try:
            self._refuse_foreign_files()
            temporary = hidden_name(self._place, mark)
            temporary.mkdir()
        except FileNotFoundError:
            folder = self._place.parent
            raise OutputError(
                f"cannot write {self.target}: there is no folder {folder}; create it first"
            ) from None
        except OSError as error:
            raise OutputError(f"cannot write {self.target}: {error.strerror or error}") from error
        self._temporary = temporary

    @property
    def path(self) -> Path:
        """The folder to write the files into before the commit."""
        assert self._temporary is not None
        return self._temporary

    def commit(self) -> None:
        """Put the folder in its place, and wait until its files are on the disk.

        Raises:
            OutputError: if something else has come under the name meanwhile.
            W2vNceError: if the disk does not take them; an old folder is then still there.
        """
        with reporting(self.target):
            for file in self.path.iterdir():
                with file.open("rb") as written:
                    os.fsync(written.fileno())
            sync_folder(self.path)
            self._refuse_foreign_files()
            self._replace()
        self._temporary = None
        sync_folder(self._place.parent)

    def discard(self) -> None:
        """Remove the temporary folder, unless it is committed."""
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)
            self._temporary = None

    def _replace(self) -> None:
        if not self._place.exists():
            self.path.rename(self._place)
            return
        old = hidden_name(self._place, self._mark)
        try:
            self._place.rename(old)
            self.path.rename(self._place)
        except BaseException:  # Ctrl-C, too
            if old.exists() and not self._place.exists():
                old.rename(self._place)
            raise
        shutil.rmtree(old, ignore_errors=True)

    def _refuse_foreign_files(self) -> None:
        if not self._place.exists():
            return
        if not self._place.is_dir():
            raise OutputError(f"{self.target} is not a folder; choose another name")
        foreign = sorted({path.name for path in self._place.iterdir()} - self._names)
        if foreign:
            raise OutputError(
                f"the folder {self.target} holds {foreign[0]!r}, which is not of a model and would"
                " be lost; choose another name"
            )


class Writes:
    """A file that hides everything but ``write`` from NumPy."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def write(self, data: bytes) -> int:
        """Write some bytes."""
        return self.file.write(data)


def write_array(path: Path, array: npt.NDArray[Any]) -> None:
    """Write an ``.npy`` file.

    Raises:
        OSError: if the disk does not take it.
    """
    import numpy as np  # takes a tenth of a second, and every command imports this module

    with path.open("wb") as file:
        np.lib.format.write_array(Writes(file), np.asarray(array), allow_pickle=False)
