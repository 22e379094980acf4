"""Folders that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from w2v_nce.errors import OutputError, W2vNceError
from w2v_nce.formats.atomic import sync_folder

Folder = TypeVar("Folder", bound="AtomicFolder")


class AtomicFolder:
    """A folder that appears under its name only when all of its files are on the disk.

    Opening creates a temporary folder beside the target, so that a target that cannot be written
    fails before any work is done; :meth:`commit` moves it into place. Left without a commit, it
    vanishes. An older folder is replaced if it is empty or holds the file ``mark``; anything
    else under the name is left alone.

    Raises:
        OutputError: if the target cannot be created or is something else.
    """

    def __init__(self, target: str | Path, mark: str) -> None:
        self.target = str(target)
        self._place = Path(os.path.realpath(self.target))
        self._temporary: Path | None = None
        if self._place.exists() and not _may_replace(self._place, mark):
            raise OutputError(
                f"{self.target} exists and is not a folder with a {mark}; choose another name"
            )
        try:
            temporary = self._hidden_name()
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
            W2vNceError: if the disk does not take them; an old folder is then still there.
        """
        with self.reporting():
            for file in self.path.iterdir():
                with file.open("rb") as written:
                    os.fsync(written.fileno())
            sync_folder(self.path)
            if self._place.exists():
                old = self._hidden_name()
                self._place.rename(old)
                self.path.rename(self._place)
                shutil.rmtree(old, ignore_errors=True)
            else:
                self.path.rename(self._place)
        self._temporary = None
        sync_folder(self._place.parent)

    @contextlib.contextmanager
    def reporting(self) -> Iterator[None]:
        """Turn what the disk says into one line."""
        try:
            yield
        except OSError as error:
            raise W2vNceError(f"cannot write {self.target}: {error.strerror or error}") from error

    def __enter__(self: Folder) -> Folder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def _hidden_name(self) -> Path:
        return self._place.with_name(f".w2v-nce-{secrets.token_hex(8)}.tmp")


def _may_replace(folder: Path, mark: str) -> bool:
    return folder.is_dir() and ((folder / mark).is_file() or not any(folder.iterdir()))
