"""Locks on folders that one process at a time may use."""

from __future__ import annotations

import os
import socket
import weakref
from contextlib import suppress
from errno import EACCES, EAGAIN
from pathlib import Path

from w2v_nce.errors import OutputError

LOCK = ".w2v-nce-lock"


class FolderLock:
    """Keeps a folder for this process as long as the object lives; see :func:`lock_folder`.

    The operating system gives up the lock when the process ends, however it does: a file that a
    killed one has left is no obstacle. On NFS, the lock holds between machines if the server and
    the mount support it. Where locks are not supported at all, the folder is not locked.

    Raises:
        OutputError: if another process has it.
        OSError: if the lock file cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._file = (folder / LOCK).open("ab+", buffering=0)
        try:
            if not _is_free(self._file.fileno()):
                self._file.seek(0)
                owner = self._file.read().decode("utf-8", "replace").strip() or "another process"
                raise OutputError(
                    f"{folder} is in use by another run ({owner}); wait for its end, or choose"
                    " another folder"
                )
            with suppress(OSError):  # a full disk: the lock holds nevertheless
                self._file.truncate(0)
                self._file.write(f"process {os.getpid()} on {socket.gethostname()}\n".encode())
        except BaseException:
            self._file.close()
            raise

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self._file.close()


_locks: weakref.WeakValueDictionary[Path, FolderLock] = weakref.WeakValueDictionary()


def lock_folder(folder: Path) -> FolderLock:
    """Return the lock of a folder, which this process may have already.

    Raises:
        OutputError: if another process has it.
        OSError: if the lock file cannot be written.
    """
    place = folder.resolve()
    lock = _locks.get(place)
    if lock is None:
        lock = _locks[place] = FolderLock(folder)
    return lock


def _is_free(descriptor: int) -> bool:
    """Take the lock of a file unless another process has it."""
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (EACCES, EAGAIN)  # anything else: locks are not supported
    return True
