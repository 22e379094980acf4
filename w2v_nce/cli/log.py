"""The log of a run: a JSON object on each line, written as the ticks come."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import os
import stat
import sys
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from w2v_nce import __version__
from w2v_nce.cli.documents import json_line
from w2v_nce.cli.signals import Quit, Stopped
from w2v_nce.errors import FormatError, OutputError
from w2v_nce.formats.atomic import STANDARD_OUTPUT, Discardable
from w2v_nce.formats.checkpoint import Checkpoint
from w2v_nce.training import EvalTick, HeldOutTick, Tick, Training, TrainingTick

SECONDS = 1.0  # between the ticks of a run that is logged, so that logs of long runs stay small


class Log(Discardable):
    """Where the ticks of a run are written, or nowhere if there is no path.

    What an older run has left in the file stays until training begins, and of the run that ``past``
    is a checkpoint of, all that lies before it. If the disk takes no more there is a warning, and
    the training goes on.

    Raises:
        OutputError: if the file cannot be written.
        FormatError: if it has something else than the log of the run that goes on.
    """

    def __init__(self, path: str | None, past: Checkpoint | None = None) -> None:
        self.path = path or ""
        self.words = past.position.words if past else -1  # of the last tick
        self.has_begun = False
        self.is_new = path is not None and not Path(path).exists()
        self.kept = 0  # bytes of the older run
        self.file: BinaryIO | None = None
        if path is None:
            return
        try:
            if past and Path(path).is_file():
                self.kept = size_before(path, past)
            self.file = _opened(path)
        except OSError as error:
            raise OutputError(f"cannot write {path}: {error.strerror or error}") from error

    def discard(self) -> None:
        """Close the file, and remove it if nothing has come to be logged."""
        if self.file is None:
            return
        with contextlib.suppress(OSError):
            self.file.close()
        if self.is_new and not self.has_begun and self.path not in STANDARD_OUTPUT:
            Path(self.path).unlink(missing_ok=True)

    def follow(self, run: Training, ticks: Iterable[Tick]) -> Generator[Tick, None, None]:
        """Pass the ticks of a run on, and write those that tell of training."""
        for tick in ticks:
            if run.model is not None and not self.has_begun:
                self._begin(run)
            self._note(run, tick)
            yield tick

    @contextlib.contextmanager
    def ending(self, run: Training) -> Iterator[None]:
        """Write at the end what has ended the run."""
        try:
            yield
        except Quit:
            raise
        except Stopped as stopped:
            self._end(run, ended_by(run, stopped))
            raise
        except Exception:
            self._end(run, "failed")
            raise
        self._end(run, ended_by(run))

    def _begin(self, run: Training) -> None:
        assert run.vocabulary is not None
        self.has_begun = True
        if self.file is not None and stat.S_ISREG(os.fstat(self.file.fileno()).st_mode):
            self.file.truncate(self.kept)
        if not self.kept:
            self._write(
                "start",
                version=__version__,
                config=dataclasses.asdict(run.config),
                processes=run.machines,
                vocabulary=len(run.vocabulary),
                words=run.config.epochs * run.epoch_words,
            )

    def _note(self, run: Training, tick: Tick) -> None:
        if isinstance(tick, TrainingTick) and tick.words > self.words:
            self.words = tick.words
            self._write(
                "tick",
                **_place(run, tick.words),
                words_per_second=tick.words_per_second,
                learning_rate=tick.learning_rate,
                loss=tick.loss,
            )
        elif isinstance(tick, HeldOutTick):
            self._write(
                "heldout",
                **_place(run, tick.words),
                loss=tick.loss,
                log_z_mean=tick.mean_log_z,
                log_z_sd=tick.sd_log_z,
            )
        elif isinstance(tick, EvalTick):
            self._write(
                "eval",
                **_place(run, tick.words),
                file=tick.file,
                task=tick.task,
                score=tick.score,
                coverage=tick.coverage,
            )

    def _end(self, run: Training, stopped: str | None) -> None:
        tick = run.last_tick
        if tick is not None:
            self._write(
                "end", seconds=tick.seconds, words=tick.words, loss=tick.epoch_loss, stopped=stopped
            )

    def _write(self, event: str, **values: Any) -> None:
        if self.file is None:
            return
        shown = {name: _short(value) for name, value in values.items()}
        line = json_line(event=event, **shown)
        try:
            self.file.write(line.encode() + b"\n")
            self.file.flush()
        except OSError as error:
            reason = error.strerror or error
            print(
                f"warning: cannot write {self.path}: {reason}; training goes on without a log",
                file=sys.stderr,
                flush=True,
            )
            with contextlib.suppress(OSError):
                self.file.close()
            self.file = None


def ended_by(run: Training, signal: Stopped | None = None) -> str | None:
    """Say in a word what has ended a run before all was trained, if anything did."""
    if signal is not None:
        return signal.word
    return "patience" if run.is_out_of_patience else None


def size_before(path: str, past: Checkpoint) -> int:
    """Return how many bytes of a log tell of what was before a checkpoint.

    Raises:
        FormatError: if it is no log.
        OSError: if it cannot be read.
    """
    size = 0
    with Path(path).open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):  # half written when the run was killed
                break
            try:
                if _is_behind(json.loads(line), past):
                    break
            except (KeyError, TypeError, ValueError):
                raise FormatError(
                    f"{path}, line {number}: this is not from the log of a run; give --log another"
                    " name"
                ) from None
            size += len(line)
    return size


def _is_behind(event: dict[str, Any], past: Checkpoint) -> bool:
    """Tell whether a line of a log was written for what a checkpoint does not know of."""
    kind, words = str(event["event"]), int(event["words"])
    if kind in ("start", "end"):
        return kind == "end"
    if kind == "tick":
        return words > past.position.words
    return words > (past.judge.words if past.judge else 0)


def _opened(path: str) -> BinaryIO:
    """Open a file to append to, or standard output."""
    if path in STANDARD_OUTPUT:
        return os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    return Path(path).open("ab")


def _place(run: Training, words: int) -> dict[str, float]:
    """Return where a run stands after so many words."""
    assert run.last_tick is not None
    return {"seconds": run.last_tick.seconds, "epoch": words / run.epoch_words, "words": words}


def _short(value: Any) -> Any:
    """Write a number with as many digits as anyone reads; JSON has none that is not finite."""
    if not isinstance(value, float):
        return value
    return float(f"{value:.7g}") if math.isfinite(value) else None
