"""What a command shows on standard error that reads a corpus several times."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from types import TracebackType
from typing import TypeVar

from w2v_nce.cli.bar import can_show_bars, error_console, new_bar
from w2v_nce.cli.console import percent
from w2v_nce.phrases import PhraseTick

Result = TypeVar("Result")
SECONDS = 10.0  # between lines


class StepDisplay:
    """A bar on a terminal, else a line now and then, or nothing if ``quiet``.

    A step is a part of the work that goes through so many bytes.
    """

    def __init__(self, quiet: bool) -> None:
        console = error_console(quiet)
        live = not quiet and can_show_bars(console)
        self.lines = not quiet and not live
        self.interval = 0.2 if live else 1.0  # seconds between the ticks that it wants
        self.console = console
        self.bar = new_bar(console)
        self.task = self.bar.add_task("", total=None)
        self.printed = time.monotonic()
        self.step, self.done = "", 0
        self.total: int | None = None

    def __enter__(self) -> StepDisplay:
        self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.bar.stop()

    def follow(self, run: Generator[PhraseTick, None, Result]) -> Result:
        """Iterate a run to its end; return what it returns."""
        while True:
            try:
                tick = next(run)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            where = f"pass {tick.number} of {tick.passes}: " if tick.passes > 1 else ""
            if where + tick.doing != self.step:
                self.begin(where + tick.doing, tick.bytes_total)
            self.advance(tick.bytes_done - self.done)

    def begin(self, step: str, total: int | None) -> None:
        """Show that a step begins."""
        self.step, self.done, self.total = step, 0, total
        self.bar.update(self.task, description=step, completed=0, total=total or None)

    def advance(self, size: int) -> None:
        """Show that some more bytes are done."""
        self.done += size
        self.bar.update(self.task, completed=self.done)
        if self.lines and time.monotonic() - self.printed >= SECONDS:
            self.printed = time.monotonic()
            share = percent(min(self.done / self.total, 1.0) if self.total else None)
            print(f"{self.step}: {share}", file=sys.stderr, flush=True)

    def say(self, line: str) -> None:
        """Print a line, below the bar."""
        self.console.print(line, highlight=False, markup=False, soft_wrap=True)
