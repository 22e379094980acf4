"""The checkpoints of a run: numbered folders in one folder, of which the last two are kept."""

from __future__ import annotations

import json
import shutil
import time
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from w2v_nce.arrays import Longs
from w2v_nce.errors import ConfigError, FormatError, OutputError
from w2v_nce.files.atomic import AtomicFolder, hidden_name, is_hidden_name, reporting, write_array
from w2v_nce.files.lock import FolderLock, lock_folder
from w2v_nce.files.model_folder import FILES as MODEL_FILES
from w2v_nce.files.model_folder import write_model
from w2v_nce.kernels.state import Parameters
from w2v_nce.model.model import Model
from w2v_nce.training.hot_rows import spare_rows
from w2v_nce.training.memory import refuse_too_much
from w2v_nce.training.schedule import Position
from w2v_nce.training.validation import ValidationState

KEPT = 2
EVERY = 600.0  # seconds


class Checkpoints:
    """The folder of a run's checkpoints, and when the next one is due.

    ``every`` is in seconds; ``about`` is stored with each of them. The folder is locked, so that
    one process at a time uses it; unfinished checkpoints of other runs are removed.

    Raises:
        OutputError: if the folder cannot be written to, or another process uses it.
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
        """The numbers of the checkpoints that exist, in order."""
        return numbers_in(self.folder)

    @property
    def is_due(self) -> bool:
        """Whether it is time for the next checkpoint."""
        return time.monotonic() - self.saved_at >= self.every

    def save(self, checkpoint: Checkpoint) -> Path:
        """Write a checkpoint, remove all but the last two, and return the folder of the new one.

        Raises:
            W2vNceError: if it cannot be written; older ones are then kept.
        """
        place = self._next_place()
        write_checkpoint(place, replace(checkpoint, about=self.about))
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
    """Lock a folder that has checkpoints; leave any other as it is.

    Raises:
        OutputError: if another process uses it.
    """
    with suppress(OSError):  # reading or writing there will fail with a message
        if numbers_in(Path(folder)):
            return lock_folder(Path(folder))
    return None


def newest_checkpoint(folder: str | Path, force: bool = False) -> Checkpoint:
    """Read the newest checkpoint in a folder; ``force`` skips the check of available memory.

    Raises:
        FormatError: if the folder has none, or it is damaged, naming an older one if possible.
        ConfigError: as :func:`read_checkpoint` does.
    """
    path = Path(folder)
    try:
        numbers = numbers_in(path)
    except OSError as error:
        raise FormatError(f"{error.filename or folder}: {error.strerror or error}") from error
    if not numbers:
        raise FormatError(f"there is no checkpoint in {folder}; `Checkpoints` writes them")
    newest, older = path / name_of(numbers[-1]), [path / name_of(each) for each in numbers[:-1]]
    try:
        return read_checkpoint(newest, force)
    except FormatError as error:
        if not older:
            raise
        raise FormatError(f"{error}; to go on from {older[-1]} instead, remove {newest}") from error


RUN = "run.json"
BEST = "best.npz"
FROZEN = "frozen.npy"
ADAGRAD = "squares.npz"  # of older versions
FILES = MODEL_FILES | {RUN, BEST, FROZEN}
FORMAT_VERSION = 2
MORE_MEMORY = "end other programs, or go on where there is more"
MARK = "checkpoint-"  # of temporary folders

#: Names in files, where these differ from those of fields.
STORED_NAMES = {"chunk": "block", "interval": "leg"}


@dataclass(frozen=True)
class Checkpoint:
    """The state of a run between two chunks of text."""

    model: Model
    position: Position
    epoch_words: int  # running words of an epoch
    validation: ValidationState | None = None
    frozen: Longs | None = None  # ids of words
    left: list[Any] | None = None  # of the text of the epoch, where several processes share it
    about: dict[str, Any] = field(default_factory=dict)  # for the owner's use


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write a new folder: all of it, or nothing.

    Raises:
        OutputError: if it cannot be created.
        W2vNceError: if the disk does not take it.
    """
    validation = checkpoint.validation
    description = {
        "format_version": FORMAT_VERSION,
        "position": _stored(checkpoint.position),
        "epoch_words": checkpoint.epoch_words,
        "judge": validation and _stored(validation._replace(kept=None)),
        "left": checkpoint.left,
        "about": checkpoint.about,
    }
    with AtomicFolder(folder, FILES, MARK) as target:
        with reporting(str(folder)):
            write_model(target.path, checkpoint.model.stored)
            (target.path / RUN).write_text(json.dumps(description, indent=1) + "\n", "utf-8")
            if validation and validation.kept:
                np.savez(target.path / BEST, **validation.kept._asdict())
            if checkpoint.frozen is not None:
                write_array(target.path / FROZEN, checkpoint.frozen)
        target.commit()


def read_checkpoint(folder: Path, force: bool = False) -> Checkpoint:
    """Read a folder that :func:`write_checkpoint` has written, into memory.

    ``force`` skips the check of available memory.

    Raises:
        FormatError: naming the file that is missing or malformed.
        ConfigError: if it was trained with AdaGrad, or there is too little memory to go on.
    """
    if (folder / ADAGRAD).exists():
        raise ConfigError(
            f"{folder} is of a run with AdaGrad, which this version does not have; begin a new run"
        )
    stored = Model.load(folder)
    if not force:
        refuse_too_much(stored.config, len(stored.vocabulary), MORE_MEMORY)
    model = with_own_parameters(stored)
    try:
        description: dict[str, Any] = json.loads((folder / RUN).read_bytes())
        if description["format_version"] != FORMAT_VERSION:
            raise FormatError(
                f"{folder / RUN}: format version {description['format_version']!r}; this program"
                f" reads {FORMAT_VERSION}"
            )
        judge = description["judge"]
        validation = ValidationState(**_fields(judge)) if judge else None
        if validation and (folder / BEST).exists():
            kept = _read_arrays(folder / BEST, model.parameters._asdict())
            validation = validation._replace(kept=Parameters(**kept))
        frozen = np.load(folder / FROZEN) if (folder / FROZEN).exists() else None
        return Checkpoint(
            model=model,
            position=Position(**_fields(description["position"])),
            epoch_words=int(description["epoch_words"]),
            validation=validation,
            frozen=frozen,
            left=description.get("left"),  # which older versions do not write
            about=dict(description["about"]),
        )
    except OSError as error:
        raise FormatError(f"{error.filename or folder / RUN}: {error.strerror or error}") from error
    except (KeyError, TypeError, ValueError, EOFError, AttributeError) as error:
        raise FormatError(f"{folder / RUN} does not describe a run: {error!r}") from error


def with_own_parameters(model: Model) -> Model:
    """Return a model that was opened as one that can be trained: with padded rows, in memory."""
    config = model.config
    spare = spare_rows(config, model.vocabulary.counts)
    fresh = Model.untrained(config, model.vocabulary, model.noise, spare)
    fresh.input_vectors[:] = model.input_vectors
    fresh.output_vectors[:] = model.output_vectors
    fresh.bias[:] = model.bias
    if model.normalizer is not None:
        if config.normalizer == "constant":
            fresh.parameters.log_z[:] = model.normalizer[0]
        else:
            fresh.parameters.input[:, config.dim] = model.normalizer
    return fresh


def _stored(state: Position | ValidationState) -> dict[str, Any]:
    """Return fields under their names in files."""
    return {STORED_NAMES.get(name, name): value for name, value in state._asdict().items()}


def _fields(stored: dict[str, Any]) -> dict[str, Any]:
    """Return what :func:`_stored` has named, under the names of fields."""
    names = {stored_name: name for name, stored_name in STORED_NAMES.items()}
    return {names.get(name, name): value for name, value in stored.items()}


def _read_arrays(file: Path, like: dict[str, Any]) -> dict[str, Any]:
    """Read named arrays of known shapes."""
    try:
        with np.load(file, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in like}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise FormatError(f"{file} is damaged or missing: {error}") from error
    for name, array in like.items():
        if found[name].shape != array.shape or found[name].dtype != array.dtype:
            raise FormatError(f"{file}: {name} is {found[name].shape}; {array.shape} is needed")
    return found
