"""What ``train --log`` has written, read again."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from w2v_nce.errors import FormatError
from w2v_nce.formats.input_file import opened

Event = dict[str, Any]

VERSION = 1
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
    if event.get("schema_version") != VERSION:
        version = event.get("schema_version")
        _fail(path, number, f"schema_version is {version!r}; this program reads {VERSION}")
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
    raise FormatError(f"{path}, line {number}: {what}; a log is what 'train --log FILE' writes")
