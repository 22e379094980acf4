"""The log of a run: a JSON object on each line, written while it trains and read to be drawn."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import os
import stat
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

from w2v_nce.errors import FormatError, OutputError
from w2v_nce.files.atomic import STANDARD_OUTPUT, Discardable
from w2v_nce.files.json_documents import SCHEMA_VERSION, json_line
from w2v_nce.files.reading import opened
from w2v_nce.settings.version import VERSION
from w2v_nce.training.ticks import EvalTick, HeldOutTick, TrainingTick

if TYPE_CHECKING:  # as they need Numba
    from w2v_nce.training.checkpoints import Checkpoint
    from w2v_nce.training.run import Tick, Training

SECONDS = 1.0  # between the ticks of a run that is logged, so that logs of long runs stay small
Event = dict[str, Any]
PLACE = {"seconds": "number", "epoch": "number", "words": "number"}

#: The kinds of events, and the types of their fields; "?" marks those that may be null.
EVENTS = {
    "start": {
        "version": "text",
        "config": "object",
        "processes": "number",
        "vocabulary": "number",
        "words": "number",
    },
    "tick": {**PLACE, "words_per_second": "number", "learning_rate": "number", "loss": "number?"},
    "heldout": {**PLACE, "loss": "number?", "log_z_mean": "number?", "log_z_sd": "number?"},
    "eval": {
        **PLACE,
        "file": "text",
        "task": "text",
        "score": "number?",
        "coverage": "number?",
    },
    "end": {"seconds": "number", "words": "number", "loss": "number?", "stopped": "text?"},
}

DRAWN = ("tick", "heldout", "eval")


class LogWriter(Discardable):
    """Writes the ticks of a run to a file, or nowhere if ``path`` is None.

    The file keeps its old content until training begins, and the log of the run that ``past`` is
    a checkpoint of up to that checkpoint. If the file cannot be written to any more, ``warn`` is
    called once, and training goes on.

    Raises:
        OutputError: if the file cannot be opened.
        FormatError: if it is not the log of the run that goes on.
    """

    def __init__(
        self, path: str | None, warn: Callable[[str], None], past: Checkpoint | None = None
    ) -> None:
        self.path, self.warn = path or "", warn
        self.words = past.position.words if past else -1  # of the last tick
        self.has_begun = False
        self.is_new = path is not None and not Path(path).exists()
        self.kept = 0  # bytes of the older log
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
        """Close the file, and remove it if it is new and training has not begun."""
        if self.file is None:
            return
        with contextlib.suppress(OSError):
            self.file.close()
        if self.is_new and not self.has_begun and self.path not in STANDARD_OUTPUT:
            Path(self.path).unlink(missing_ok=True)

    def follow(self, run: Training, ticks: Iterable[Tick]) -> Generator[Tick, None, None]:
        """Pass the ticks of a run on, and write those of training."""
        for tick in ticks:
            if run.model is not None and not self.has_begun:
                self._begin(run)
            self._note(run, tick)
            yield tick

    def end(self, run: Training, stopped: str | None) -> None:
        """Write the end of a run; ``stopped`` is a word for what has ended it early."""
        tick = run.last_tick
        if tick is not None:
            self._write("end", tick.seconds, tick.words, tick.epoch_loss, stopped)

    def _begin(self, run: Training) -> None:
        assert run.vocabulary is not None
        self.has_begun = True
        if self.file is not None and stat.S_ISREG(os.fstat(self.file.fileno()).st_mode):
            self.file.truncate(self.kept)
        if not self.kept:
            config, words = dataclasses.asdict(run.config), run.config.epochs * run.epoch_words
            self._write("start", VERSION, config, run.processes.size, len(run.vocabulary), words)

    def _note(self, run: Training, tick: Tick) -> None:
        if not isinstance(tick, TrainingTick | HeldOutTick | EvalTick):
            return
        assert run.last_tick is not None
        place = run.last_tick.seconds, tick.words / run.epoch_words, tick.words
        if isinstance(tick, HeldOutTick):
            self._write("heldout", *place, tick.loss, tick.mean_log_z, tick.sd_log_z)
        elif isinstance(tick, EvalTick):
            self._write("eval", *place, tick.file, tick.task, tick.score, tick.coverage)
        elif tick.words > self.words:
            self.words = tick.words
            self._write("tick", *place, tick.words_per_second, tick.learning_rate, tick.loss)

    def _write(self, event: str, *values: Any) -> None:
        """Write an event, whose fields have these values."""
        if self.file is None:
            return
        line = json_line(event=event, **dict(zip(EVENTS[event], map(_short, values), strict=True)))
        try:
            self.file.write(line.encode() + b"\n")
            self.file.flush()
        except OSError as error:
            reason = error.strerror or error
            self.warn(f"cannot write {self.path}: {reason}; training goes on without a log")
            with contextlib.suppress(OSError):
                self.file.close()
            self.file = None


def size_before(path: str, past: Checkpoint) -> int:
    """Return the size in bytes of the part of a log that lies before a checkpoint.

    Raises:
        FormatError: if it is not a log.
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


def _is_behind(event: Event, past: Checkpoint) -> bool:
    """Return whether an event comes after a checkpoint."""
    kind, words = str(event["event"]), int(event["words"])
    if kind in ("start", "end"):
        return kind == "end"
    if kind == "tick":
        return words > past.position.words
    return words > (past.validation.words if past.validation else 0)


def _opened(path: str) -> BinaryIO:
    """Open a file to append to, or standard output."""
    if path in STANDARD_OUTPUT:
        return os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    return Path(path).open("ab")


def _short(value: Any) -> Any:
    """Round a number to seven digits."""
    return float(f"{value:.7g}") if isinstance(value, float) else value


@dataclass
class RunLog:
    """The events of one run, each kind in the order of the words that were done."""

    name: str
    ticks: list[Event] = field(default_factory=list)
    held_out: list[Event] = field(default_factory=list)
    evals: list[Event] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Add an event, if it is of a kind that is drawn."""
        kinds = dict(zip(DRAWN, (self.ticks, self.held_out, self.evals), strict=True))
        if event["event"] in kinds:
            kinds[event["event"]].append(event)

    def forget_after(self, words: float) -> None:
        """Drop the events after a number of words, which a resumed run has done again."""
        for events in (self.ticks, self.held_out, self.evals):
            events[:] = [event for event in events if event["words"] <= words]


def read_log(path: str | Path) -> RunLog:
    """Read the log of a run.

    Unknown kinds of events are skipped. Where a run was resumed, its later events replace those
    that it has done again. A last line that is cut off is left out: the run may be writing it.

    Raises:
        FormatError: naming the file and the line that is not part of a log, or if the log has
            nothing to draw.
    """
    log = RunLog(str(path))
    resumed = False
    for event in _events(path):
        if event["event"] in DRAWN and resumed:
            log.forget_after(event["words"])
            resumed = False
        resumed = resumed or event["event"] == "start"
        log.take(event)
    if not (log.ticks or log.held_out or log.evals):
        raise FormatError(f"{path}: a log without any progress; nothing to draw")
    return log


def describe(first: bytes, last: bytes) -> str | None:
    """Return a line about a log, given its first and last whole lines; None if it is not a log."""
    try:
        begin, latest = json.loads(first), json.loads(last)
        if begin["event"] != "start":
            return None
        config = begin["config"]
        run = f"{config['architecture']}, {config['loss']}"
        size = f"{begin['vocabulary']:,} x {config['dim']}"
        ended = latest["event"] == "end"
        state = latest["stopped"] or "done" if ended else "under way or killed"
        words = 0 if latest["event"] == "start" else latest["words"]
        return f"a log of a run: {run}, {size}; {state}, {words:,} of {begin['words']:,} words"
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return None


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
    """Make sure that an event has the fields of its kind, if that is drawn.

    Raises:
        FormatError: if it has not.
    """
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        _fail(path, number, f"{_start(line)} is no event")
    if event.get("schema_version") != SCHEMA_VERSION:
        version = event.get("schema_version")
        _fail(path, number, f"schema_version is {version!r}; this program reads {SCHEMA_VERSION}")
    if event["event"] not in DRAWN:
        return
    for name, kind in EVENTS[event["event"]].items():
        value = event.get(name)
        if value is None and kind.endswith("?"):
            continue
        if kind == "text" and not isinstance(value, str):
            _fail(path, number, f"{name} is {value!r:.40}, not a text")
        if kind != "text" and not _is_finite_number(value):
            _fail(path, number, f"{name} is {value!r:.40}, not a number")


def _is_finite_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # the largest integers of JSON are not floats
        return False


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON


def _start(line: bytes) -> str:
    return repr(line[:40].decode("utf-8", "replace").strip())


def _fail(path: str | Path, number: int, problem: str) -> NoReturn:
    raise FormatError(f"{path}, line {number}: {problem}; `LogWriter` writes logs")
