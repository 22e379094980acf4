"""Progress bars on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from types import TracebackType
from typing import TypeVar

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.progress import BarColumn, Progress, ProgressColumn, TaskProgressColumn, TextColumn

from w2v_nce.cli.terminal.console import percent
from w2v_nce.corpus.phrases.learning import PhraseTick

MARGIN = 3  # columns that a bar leaves free on its right, for the terminal to write ^C there


class Bar(Progress):
    """A bar a little narrower than the terminal, so that ^C in its line does not break it."""

    def start(self) -> None:
        """Show the bar and the cursor, which would stay hidden after Ctrl-Z or SIGKILL."""
        super().start()
        self.console.show_cursor(True)

    def get_renderable(self) -> RenderableType:
        """Return the bar with its margin."""
        return Narrower(super().get_renderable())


class Narrower:
    """Content with a margin on its right, in which nothing is written, not even blanks."""

    def __init__(self, content: RenderableType) -> None:
        self.content = content

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the content."""
        yield from console.render(self.content, options.update_width(options.max_width - MARGIN))


def error_console(quiet: bool = False) -> Console:
    """Return standard error; FORCE_COLOR does not make it a terminal if it is none."""
    live = sys.stderr is not None and sys.stderr.isatty()
    return Console(stderr=True, quiet=quiet, force_terminal=None if live else False)


def can_show_bars(console: Console) -> bool:
    """Return whether a console is a terminal on which a bar can move."""
    return console.is_terminal and not console.is_dumb_terminal


def new_bar(console: Console, *more: ProgressColumn) -> Bar:
    """Return a bar with the name of the step before it, and a percentage and more behind it.

    It is shown between its start and its stop, and leaves nothing on the screen.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        *more,
    )
    disabled = not can_show_bars(console)
    return Bar(*columns, console=console, expand=True, transient=True, disable=disabled)


Result = TypeVar("Result")
SECONDS = 10.0  # between lines


class StepDisplay:
    """A bar on a terminal, otherwise a line every ten seconds; nothing if ``quiet``.

    A step is a part of the work whose size is known, such as that of a text in bytes.
    """

    def __init__(self, quiet: bool) -> None:
        console = error_console(quiet)
        live = not quiet and can_show_bars(console)
        self.lines = not quiet and not live
        self.interval = 0.2 if live else 1.0  # seconds between ticks
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
        """Iterate a run to its end, and return its result."""
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
        """Show that some more of the step is done."""
        self.done += size
        self.bar.update(self.task, completed=self.done)
        if self.lines and time.monotonic() - self.printed >= SECONDS:
            self.printed = time.monotonic()
            share = percent(min(self.done / self.total, 1.0) if self.total else None)
            print(f"{self.step}: {share}", file=sys.stderr, flush=True)

    def say(self, line: str) -> None:
        """Print a line, below the bar."""
        self.console.print(line, highlight=False, markup=False, soft_wrap=True)
