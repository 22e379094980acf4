"""Logs as ``train --log`` writes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

KINDS = ("start", "tick", "heldout", "eval", "end")
WORDS = 1000  # of an epoch


def event(kind: str, words: int, **numbers: Any) -> dict[str, Any]:
    """Return an event after so many words; ``numbers`` are others than the usual."""
    at = {"seconds": words / 500, "epoch": words / WORDS, "words": words} if words < 10**9 else {
        "seconds": 1.0, "epoch": 1.0, "words": words}  # fmt: skip
    values: dict[str, dict[str, Any]] = {
        "start": {"version": "0.1.0", "config": {"epochs": 5}, "vocabulary": 50, "words": 5000},
        "tick": {**at, "words_per_second": 500.0, "learning_rate": 0.05, "loss": 2.5},
        "heldout": {**at, "loss": 2.6, "log_z_mean": 0.1, "log_z_sd": 0.2},
        "eval": {**at, "file": "men.txt", "task": "similarity", "score": 0.5, "coverage": 1.0},
        "end": {"seconds": 1.0, "words": words, "loss": 2.0, "stopped": None},
    }
    return {"schema_version": 1, "event": kind, **values[kind], **numbers}


def write_log(name: str, ticks: int = 50, rate: float = 0.05, only: Sequence[str] = KINDS) -> Path:
    """Write the log of a run of five epochs, with events of some kinds only."""
    events = [event("start", 0)]
    for i in range(1, ticks + 1):
        words = 5 * WORDS * i // ticks
        share = i / ticks
        events.append(
            event("tick", words, learning_rate=rate * (1 - share), loss=2 + 0.7 * (1 - share) ** 3)
        )
        if i % max(ticks // 5, 1) == 0:
            events.append(event("heldout", words, loss=2.8 - 0.5 * share))
            events.append(event("eval", words, file="q.txt", task="analogies", score=share / 3))
            events += [event("eval", words, file=f"data/{name}", score=share / 2)
                       for name in ("men.txt", "ws.txt")]  # fmt: skip
    events.append(event("end", 5 * WORDS))
    path = Path(name)
    path.write_text(
        "".join(json.dumps(each) + "\n" for each in events if each["event"] in only), "utf-8"
    )
    return path
