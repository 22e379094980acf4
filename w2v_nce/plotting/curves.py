"""The curves of training, from the logs of runs, in panels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from w2v_nce.arrays import Doubles
from w2v_nce.plotting.style import shown

if TYPE_CHECKING:
    from w2v_nce.training.run_log import Event, RunLog

MOST_POINTS = 600  # of a line; hardly fewer than pixels
#: Measures of progress, and their labels.
SCALES = {"epoch": "epochs", "words": "words", "seconds": "seconds"}
SCORES = {"analogies": "Analogies, accuracy", "similarity": "Similarity, Spearman's ρ"}


@dataclass(frozen=True)
class Line:
    """n points of one quantity of one run."""

    run: int
    label: str  # at its end; "" where the title of the panel suffices
    at: dict[str, Doubles]  # (n,) for each scale
    values: Doubles  # (n,)
    spread: Doubles | None  # (n,) standard deviations, for a band
    marked: bool  # measured a few times, not in a stream


@dataclass(frozen=True)
class Panel:
    """The lines of one quantity."""

    title: str
    lines: list[Line]
    from_zero: bool = False  # whether its axis shows zero


def panels(logs: Sequence[RunLog]) -> list[Panel]:
    """Return the panels of some runs: loss, log Z, evaluations, learning rate, speed."""
    names = run_names(logs) if len(logs) > 1 else [""]
    ticks, held_out = [log.ticks for log in logs], [log.held_out for log in logs]
    measured = lines(names, held_out, "loss", "held out")
    found = [
        Panel("Loss", lines(names, ticks, "loss", "training" if measured else "") + measured),
        Panel("log Z, mean ± standard deviation", lines(names, held_out, "log_z_mean")),
        *score_panels(names, logs),
        Panel("Learning rate", lines(names, ticks, "learning_rate"), from_zero=True),
        Panel("Words per second", lines(names, ticks, "words_per_second"), from_zero=True),
    ]
    return [panel for panel in found if panel.lines]


def score_panels(names: Sequence[str], logs: Sequence[RunLog]) -> list[Panel]:
    """Return a panel for each kind of evaluation."""
    asked = dict.fromkeys((event["task"], event["file"]) for log in logs for event in log.evals)
    found = []
    for task in dict.fromkeys(task for task, _ in asked):
        files = [file for each, file in asked if each == task]
        scores = []
        for file in files:
            events = [
                [event for event in log.evals if (event["task"], event["file"]) == (task, file)]
                for log in logs
            ]
            scores += lines(names, events, "score", Path(file).name)
        found.append(Panel(SCORES.get(task, shown(task)), scores))
    return found


def lines(
    names: Sequence[str], events: Sequence[list[Event]], key: str, what: str = ""
) -> list[Line]:
    """Return a line for each run that knows the quantity."""
    found = []
    for run, (name, all_events) in enumerate(zip(names, events, strict=True)):
        known = [event for event in all_events if event.get(key) is not None]
        if not known:
            continue
        spread = None
        if key == "log_z_mean":
            spread = thinned(np.array([event.get("log_z_sd") or 0.0 for event in known]))
        label = shown(", ".join(part for part in (name, what) if part))
        at = {scale: thinned(column(known, scale)) for scale in SCALES}
        marked = known[0]["event"] != "tick" or len(known) == 1  # no line would be seen
        found.append(Line(run, label, at, thinned(column(known, key)), spread, marked))
    return found


def run_names(logs: Sequence[RunLog]) -> list[str]:
    """Return short names of runs: those of their files, with folders where they are not enough."""
    short = [Path(log.name).name.split(".")[0] for log in logs]
    return [
        shown(stem if stem and short.count(stem) == 1 else log.name)
        for stem, log in zip(short, logs, strict=True)
    ]


def column(events: Sequence[Event], key: str) -> Doubles:
    """Return one number of each event."""
    return np.array([event[key] for event in events], np.float64)


def thinned(values: Doubles) -> Doubles:
    """Return at most 600 values: means of as many neighbours as it takes."""
    size = -(-len(values) // MOST_POINTS)
    starts = np.arange(0, len(values), size)
    return np.add.reduceat(values, starts) / np.diff(np.append(starts, len(values)))
