"""The checkpoints of a run: numbered folders in one folder, of which the last two are kept."""

from __future__ import annotations

import dataclasses
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from w2v_nce.errors import FormatError, OutputError
from w2v_nce.formats.atomic import hidden_name, is_hidden_name, reporting
from w2v_nce.formats.atomic_folder import AtomicFolder
from w2v_nce.formats.checkpoint import (
    FILES,
    MARK,
    Checkpoint,
    read_checkpoint,
    write_checkpoint,
)
from w2v_nce.formats.folder_lock import FolderLock, lock_folder

KEPT = 2
EVERY = 600.0  # seconds


class Checkpoints:
    """Where the checkpoints of one run go, and when the next one is due.

    ``every`` is in seconds; ``about`` is kept in each of them. One process at a time may use the
    folder, which is locked; checkpoints that others have left half-done there are removed.

    Raises:
        OutputError: if there is no writing in the folder, or another process uses it.
    """

    def __init__(
        self, folder: str | Path, every: float = EVERY, about: dict[str, Any] | None = None
    ) -> None:
        self.folder, self.every, self.about = Path(folder), every, about or {}
        self.saved_at = time.monotonic()
        try:
            self.folder.mkdir(exist_ok=True)
            self._lock = lock_folder(self.folder)
            self._clear()
            with AtomicFolder(self._next_place(), FILES, MARK):
                pass  # so that it fails now if it must
        except OSError as error:
            raise OutputError(
                f"cannot write checkpoints to {folder}: {error.strerror or error}"
            ) from error

    @property
    def numbers(self) -> list[int]:
        """Those of the checkpoints that are there, in order."""
        return numbers_in(self.folder)

    @property
    def is_due(self) -> bool:
        """Whether the last one is long enough ago."""
        return time.monotonic() - self.saved_at >= self.every

    def save(self, checkpoint: Checkpoint) -> Path:
        """Write one more checkpoint, and remove what is too old; return where it is.

        Raises:
            W2vNceError: if the disk does not take it; older ones are then still there.
        """
        place = self._next_place()
        write_checkpoint(place, dataclasses.replace(checkpoint, about=self.about))
        with reporting(str(self.folder)):
            for number in numbers_in(self.folder)[:-KEPT]:
                # First its name, so that what has a number is always whole.
                (self.folder / name_of(number)).rename(hidden_name(self.folder / "old", MARK))
            self._clear()
        self.saved_at = time.monotonic()
        return place

    def _next_place(self) -> Path:
        return self.folder / name_of(max(numbers_in(self.folder), default=0) + 1)

    def _clear(self) -> None:
        for path in self.folder.iterdir():
            if is_hidden_name(path.name, MARK):
                shutil.rmtree(path, ignore_errors=True)


def name_of(number: int) -> str:
    """Return the name of a checkpoint."""
    return f"{number:06}"


def numbers_in(folder: Path) -> list[int]:
    """Return the numbers of the checkpoints in a folder, in order."""
    names = (path.name for path in folder.iterdir())
    return sorted(int(name) for name in names if name.isascii() and name.isdecimal())


def lock_if_used(folder: str | Path) -> FolderLock | None:
    """Lock a folder that has checkpoints; another one is left as it is.

    Raises:
        OutputError: if another process uses it.
    """
    with suppress(OSError):  # what is wrong with it will be said by what reads or writes there
        if numbers_in(Path(folder)):
            return lock_folder(Path(folder))
    return None


def newest_checkpoint(folder: str | Path, force: bool = False) -> Checkpoint:
    """Read the newest checkpoint in a folder; ``force`` tries it with too little memory, too.

    Raises:
        FormatError: if there is none, or it is damaged; naming the one before, if there is one.
        ConfigError: if there is too little memory for going on.
    """
    path = Path(folder)
    try:
        numbers = numbers_in(path)
    except OSError as error:
        raise FormatError(f"{error.filename or folder}: {error.strerror or error}") from error
    if not numbers:
        raise FormatError(
            f"there is no checkpoint in {folder}; 'w2v-nce train --checkpoint' writes them"
        )
    newest, older = path / name_of(numbers[-1]), [path / name_of(each) for each in numbers[:-1]]
    try:
        return read_checkpoint(newest, force)
    except FormatError as error:
        if not older:
            raise
        raise FormatError(f"{error}; to go on from {older[-1]} instead, remove {newest}") from error
