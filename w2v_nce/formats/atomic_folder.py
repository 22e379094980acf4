"""Folders that are there whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from w2v_nce.errors import OutputError
from w2v_nce.formats.atomic import Discardable, hidden_name, reporting, sync_folder


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
        """Where to write the files before the commit."""
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
