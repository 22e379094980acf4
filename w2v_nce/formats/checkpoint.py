"""Checkpoints: model folders with all that a run needs to go on.

    run.json       where the run stands, and what it was asked to do
    squares.npz    AdaGrad's sums, if it is used
    best.npz       the parameters that did best when they were measured, if they are kept
    frozen.npy     the numbers of words whose input vectors stay as they are, if there are any

and the files of a model folder; see :mod:`w2v_nce.formats.model_folder`.
"""

from __future__ import annotations

import json
import math
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from w2v_nce.arrays import Longs
from w2v_nce.errors import FormatError
from w2v_nce.formats.array_file import write_array
from w2v_nce.formats.atomic import reporting
from w2v_nce.formats.atomic_folder import AtomicFolder
from w2v_nce.formats.model_folder import FILES as MODEL_FILES
from w2v_nce.formats.model_folder import load_model, write_model
from w2v_nce.kernels.contrast import Parameters, Squares
from w2v_nce.memory import refuse_too_much
from w2v_nce.model import Model
from w2v_nce.position import Position

RUN = "run.json"
SQUARES = "squares.npz"
BEST = "best.npz"
FROZEN = "frozen.npy"
FILES = MODEL_FILES | {RUN, SQUARES, BEST, FROZEN}
FORMAT_VERSION = 2
MORE_MEMORY = "end other programs, or go on where there is more"
MARK = "checkpoint-"  # of temporary folders


class JudgeState(NamedTuple):
    """What the measurements have said so far."""

    best: float = math.inf  # the lowest loss
    failures: int = 0  # measurements since
    leg: int = 0  # the part of the text that is under way, up to the next measurement
    words: int = 0  # trained before the last one
    kept: Parameters | None = None  # those of the lowest loss


@dataclass(frozen=True)
class Checkpoint:
    """A run between two blocks of text."""

    model: Model
    position: Position
    squares: Squares
    epoch_words: int  # running words of an epoch
    judge: JudgeState | None = None
    frozen: Longs | None = None  # ids of words
    left: list[Any] | None = None  # of the text of the epoch, where several machines share it
    about: dict[str, Any] = field(default_factory=dict)  # what its owner wants to know again


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write a new folder: all of it, or nothing.

    Raises:
        OutputError: if it cannot be created.
        W2vNceError: if the disk does not take it.
    """
    judge = checkpoint.judge
    description = {
        "format_version": FORMAT_VERSION,
        "position": checkpoint.position._asdict(),
        "epoch_words": checkpoint.epoch_words,
        "judge": judge and judge._replace(kept=None)._asdict(),
        "left": checkpoint.left,
        "about": checkpoint.about,
    }
    with AtomicFolder(folder, FILES, MARK) as target:
        with reporting(str(folder)):
            write_model(target.path, checkpoint.model)
            (target.path / RUN).write_text(json.dumps(description, indent=1) + "\n", "utf-8")
            if checkpoint.squares.input.size:
                np.savez(target.path / SQUARES, **checkpoint.squares._asdict())
            if judge and judge.kept:
                np.savez(target.path / BEST, **judge.kept._asdict())
            if checkpoint.frozen is not None:
                write_array(target.path / FROZEN, checkpoint.frozen)
        target.commit()


def read_checkpoint(folder: Path, force: bool = False) -> Checkpoint:
    """Read a folder that :func:`write_checkpoint` has written, into memory.

    ``force`` tries what there is too little memory for.

    Raises:
        FormatError: naming the file that is missing or malformed.
        ConfigError: if there is too little memory for going on.
    """
    stored = load_model(folder)
    if not force:
        refuse_too_much(stored.config, len(stored.vocabulary), MORE_MEMORY)
    model = with_own_parameters(stored)
    rows = len(model.vocabulary)
    size = rows if model.config.optimizer == "adagrad" else 0
    squares = Squares(*(np.zeros(size, np.float32) for _ in Squares._fields))
    if size:
        squares = Squares(**_read_arrays(folder / SQUARES, squares._asdict()))
    try:
        description: dict[str, Any] = json.loads((folder / RUN).read_bytes())
        if description["format_version"] != FORMAT_VERSION:
            raise FormatError(
                f"{folder / RUN}: format version {description['format_version']!r}; this program"
                f" reads {FORMAT_VERSION}"
            )
        judge = description["judge"] and JudgeState(**description["judge"])
        if judge and (folder / BEST).exists():
            kept = _read_arrays(folder / BEST, model.parameters._asdict())
            judge = judge._replace(kept=Parameters(**kept))
        frozen = np.load(folder / FROZEN) if (folder / FROZEN).exists() else None
        return Checkpoint(
            model=model,
            position=Position(**description["position"]),
            squares=squares,
            epoch_words=int(description["epoch_words"]),
            judge=judge,
            frozen=frozen,
            left=description.get("left"),  # which older versions do not write
            about=dict(description["about"]),
        )
    except OSError as error:
        raise FormatError(f"{error.filename or folder / RUN}: {error.strerror or error}") from error
    except (KeyError, TypeError, ValueError, EOFError) as error:
        raise FormatError(f"{folder / RUN} does not describe a run: {error!r}") from error


def with_own_parameters(model: Model) -> Model:
    """Return a model that was opened as one that can be trained: with padded rows, in memory."""
    config = model.config
    fresh = Model.untrained(config, model.vocabulary, model.noise)
    fresh.input_vectors[:] = model.input_vectors
    fresh.output_vectors[:] = model.output_vectors
    fresh.bias[:] = model.bias
    if model.normalizer is not None:
        if config.normalizer == "constant":
            fresh.parameters.log_z[:] = model.normalizer[0]
        else:
            fresh.parameters.input[:, config.dim] = model.normalizer
    return fresh


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
