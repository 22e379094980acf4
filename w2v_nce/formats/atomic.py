"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

from w2v_nce.errors import OutputError, W2vNceError


class AtomicFile:
    """A file that appears under its name only when all of it is on the disk.

    Opening creates a temporary file beside the target, so that a target that cannot be written
    fails before any work is done; :meth:`commit` moves it into place. Left without a commit, it
    vanishes, and an older file under the name stays as it was. What cannot be replaced is written
    directly: pipes, devices, and "-" for standard output.

    Raises:
        OutputError: if the target cannot be opened.
    """

    def __init__(self, target: str | Path) -> None:
        self.target = str(target)
        self.temporary: Path | None = None
        try:
            self.file = self._open()
        except OSError as error:
            raise OutputError(f"cannot write {target}: {error.strerror or error}") from error

    def commit(self) -> None:
        """Put the file in its place.

        Raises:
            W2vNceError: if the disk does not take it; the old file is then still there.
        """
        with self._disk_errors():
            self.file.flush()
            if self.temporary is not None:
                os.fsync(self.file.fileno())
                self.file.close()
                self.temporary.replace(self._place())
                self.temporary = None

    def write(self, data: bytes) -> int:
        """Write some bytes.

        Raises:
            W2vNceError: if the disk does not take them.
        """
        with self._disk_errors():
            return self.file.write(data)

    def flush(self) -> None:
        """Do nothing; :meth:`commit` flushes. Wrappers such as GzipFile call this."""

    def close(self) -> None:
        """Close the file; remove it unless it is committed."""
        with contextlib.suppress(OSError):
            if self.file is not sys.stdout.buffer:
                self.file.close()
        if self.temporary is not None:
            self.temporary.unlink(missing_ok=True)
            self.temporary = None

    def __enter__(self) -> AtomicFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self) -> BinaryIO:
        if self.target == "-":
            return sys.stdout.buffer
        place = self._place()
        if place.exists() and not place.is_file():
            return cast(BinaryIO, place.open("wb"))  # a directory fails here, as it should
        if place.exists() and not os.access(place, os.W_OK):
            raise PermissionError(None, "the file is write-protected")
        handle, name = tempfile.mkstemp(prefix=f".{place.name[:80]}.", dir=place.parent)
        self.temporary = Path(name)
        os.fchmod(handle, _mode_for(place))
        return os.fdopen(handle, "wb")

    def _place(self) -> Path:
        """Where the file goes: to the end of links, which are kept."""
        return Path(os.path.realpath(self.target))

    @contextlib.contextmanager
    def _disk_errors(self):  # type: ignore[no-untyped-def]
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            raise W2vNceError(f"cannot write {self.target}: {error.strerror or error}") from error


def _mode_for(place: Path) -> int:
    """Return the permissions of the file that is replaced, or those of any new file."""
    try:
        return stat.S_IMODE(place.stat().st_mode)
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
