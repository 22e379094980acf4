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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from w2v_nce.cli.terminal.signals import Quit, Stopped
from w2v_nce.errors import FormatError, OutputError
from w2v_nce.files.atomic import STANDARD_OUTPUT, Discardable
from w2v_nce.files.json_documents import json_line
from w2v_nce.files.reading import opened
from w2v_nce.settings.version import VERSION
from w2v_nce.training.checkpoints import Checkpoint
from w2v_nce.training.monitor import TrainingTick
from w2v_nce.training.run import Tick, Training
from w2v_nce.training.validation import EvalTick, HeldOutTick

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
                version=VERSION,
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
                    f"{path}, line {number}: this is not from the log of a run; give another name"
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


Event = dict[str, Any]

SCHEMA_VERSION = 1

#: The numbers of each kind of event; those that may be null are marked so.
NUMBERS = {
    "tick": ("seconds", "epoch", "words", "words_per_second", "learning_rate", "loss?"),
    "heldout": ("seconds", "epoch", "words", "loss?", "log_z_mean?", "log_z_sd?"),
    "eval": ("seconds", "epoch", "words", "score?"),
}

TEXTS = {"eval": ("file", "task")}


@dataclass
class RunLog:
    """The events of one run, of each kind those in the order of the words that were done."""

    name: str
    ticks: list[Event] = field(default_factory=list)
    held_out: list[Event] = field(default_factory=list)
    evals: list[Event] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Add an event, if it is of a kind that is drawn."""
        kinds = {"tick": self.ticks, "heldout": self.held_out, "eval": self.evals}
        if event["event"] in kinds:
            kinds[event["event"]].append(event)

    def forget_after(self, words: float) -> None:
        """Drop what came after so many words: a run that is resumed does it again."""
        for events in (self.ticks, self.held_out, self.evals):
            events[:] = [event for event in events if event["words"] <= words]


def read_log(path: str | Path) -> RunLog:
    """Read the log of a run.

    Kinds of events that are not known are skipped. Where a run was resumed, what it did again
    counts. A last line that is cut off is left out: the run may be writing it.

    Raises:
        FormatError: naming the file and the line that is not part of such a log, or if there is
            nothing to draw in it.
    """
    log = RunLog(str(path))
    resumed = False
    for event in _events(path):
        if event["event"] in NUMBERS and resumed:
            log.forget_after(event["words"])
            resumed = False
        resumed = resumed or event["event"] == "start"
        log.take(event)
    if not (log.ticks or log.held_out or log.evals):
        raise FormatError(f"{path}: a log without any progress; nothing to draw")
    return log


def _events(path: str | Path) -> Iterator[Event]:
    with opened(path) as source:
        for number, line in enumerate(source.file, 1):
            if not line.strip():
                continue
            try:
                event = json.loads(line, parse_constant=_refuse_constant)
            except (ValueError, RecursionError):  # also bytes that are not UTF-8
                if not line.endswith(b"\n") and number > 1:
                    return
                _fail(path, number, f"{_start(line)} is not JSON")
            _check(path, number, event, line)
            yield event


def _check(path: str | Path, number: int, event: Any, line: bytes) -> None:
    """Make sure that an event has what is drawn of it.

    Raises:
        FormatError: if it has not.
    """
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        _fail(path, number, f"{_start(line)} is no event")
    if event.get("schema_version") != SCHEMA_VERSION:
        version = event.get("schema_version")
        _fail(path, number, f"schema_version is {version!r}; this program reads {SCHEMA_VERSION}")
    for name in NUMBERS.get(event["event"], ()):
        value = event.get(name.rstrip("?"))
        if value is None and name.endswith("?"):
            continue
        # The largest integers of JSON are not floats.
        if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
            _fail(path, number, f"{name.rstrip('?')} is {value!r:.40}, not a number")
    for name in TEXTS.get(event["event"], ()):
        if not isinstance(event.get(name), str):
            _fail(path, number, f"{name} is {event.get(name)!r:.40}, not a text")


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON


def _start(line: bytes) -> str:
    return repr(line[:40].decode("utf-8", "replace").strip())


def _fail(path: str | Path, number: int, what: str) -> NoReturn:
    raise FormatError(f"{path}, line {number}: {what}; `Log` writes logs")
