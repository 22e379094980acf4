"""Run a program as a whole process: how long, how much memory, how far it came.

This module and all that imports it stay small, without numpy. Linux counts the size of the
parent at the fork towards the peak memory of the child, so that a parent with large arrays
would be measured instead of a small trainer.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

#: How word2vec.c, fastText and the driver of gensim write their progress, and how w2v-nce does.
PROGRESS = re.compile(rb"(?:Progress:\s*|training: )([0-9.]+) ?%")
#: What w2v-nce says at the end; more precise than its progress, which comes every ten seconds.
SUMMARY = re.compile(rb"trained +([0-9,]+) words in [0-9:.]+, ([0-9,]+) words/s")
#: What fastText says at the end, the only figure of its training loop that it tells.
SPEED_PER_THREAD = re.compile(rb"words/sec/thread: *([0-9]+)")
TAIL_BYTES = 2000


@dataclass(frozen=True)
class Measurement:
    """What a process cost, and what it said.

    ``percent`` is the last progress it wrote: the share of all epochs' words that it trained.
    ``loop_seconds`` is the time from 0 to 100 %, without start, vocabulary and writing; both
    are None for a program that writes no progress. ``speed_per_thread`` is in words a second,
    where the program tells it.
    """

    exit_code: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    loop_seconds: float | None
    percent: float | None
    speed_per_thread: float | None
    tail: str


class ProgressClock:
    """Notes when the first and the last progress came."""

    def __init__(self) -> None:
        self.first: tuple[float, float] | None = None  # (time, percent)
        self.last: tuple[float, float] | None = None
        self.tail = b""

    def feed(self, chunk: bytes, now: float) -> None:
        """Take the next output of the program, which arrived at the time ``now``."""
        unread = self.tail[-40:] + chunk  # a progress text may be split between two chunks
        self.tail = (self.tail + chunk)[-TAIL_BYTES:]
        shown = PROGRESS.findall(unread)
        if shown:
            self.first = self.first or (now, float(shown[0]))
            self.last = (now, float(shown[-1]))

    @property
    def speed_per_thread(self) -> float | None:
        """The speed that the program told last."""
        told = SPEED_PER_THREAD.findall(self.tail)
        return float(told[-1]) if told else None

    @property
    def loop_seconds(self) -> float | None:
        """Seconds from 0 to 100 %, as summed up or between the first and the last progress."""
        if summary := SUMMARY.search(self.tail):
            words, speed = (int(number.replace(b",", b"")) for number in summary.groups())
            return words / speed if speed else None
        if self.first is None or self.last is None or self.last[1] <= self.first[1]:
            return None
        share = (self.last[1] - self.first[1]) / 100
        return (self.last[0] - self.first[0]) / share


def run(command: Sequence[str], folder: Path) -> Measurement:
    """Run ``command`` in ``folder`` to its end and measure it."""
    clock = ProgressClock()
    start = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        while chunk := os.read(process.stdout.fileno(), 1 << 16):
            clock.feed(chunk, time.perf_counter())
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)  # it is reaped already
    return Measurement(
        exit_code=process.returncode,
        seconds=seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10),
        loop_seconds=clock.loop_seconds,
        percent=clock.last[1] if clock.last else None,
        speed_per_thread=clock.speed_per_thread,
        tail=clock.tail.decode(errors="replace"),
    )
