"""A bar that moves, on a terminal."""

from __future__ import annotations

import sys

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.progress import BarColumn, Progress, ProgressColumn, TaskProgressColumn, TextColumn

MARGIN = 3  # columns that a bar leaves free on its right, for the terminal to write ^C there


class Bar(Progress):
    """A bar that is a little narrower than the terminal, so that nothing pushes it up a line."""

    def start(self) -> None:
        """Show it, and the cursor, which nobody would bring back after Ctrl-Z or SIGKILL."""
        super().start()
        self.console.show_cursor(True)

    def get_renderable(self) -> RenderableType:
        """Return what is to be drawn."""
        return Narrower(super().get_renderable())


class Narrower:
    """What is drawn with a margin on its right, in which nothing is written, not even blanks."""

    def __init__(self, content: RenderableType) -> None:
        self.content = content

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        yield from console.render(self.content, options.update_width(options.max_width - MARGIN))


def error_console(quiet: bool = False) -> Console:
    """Return standard error; where it is no terminal, FORCE_COLOR does not make it one."""
    live = sys.stderr is not None and sys.stderr.isatty()
    return Console(stderr=True, quiet=quiet, force_terminal=None if live else False)


def can_show_bars(console: Console) -> bool:
    """Tell whether a console is a terminal on which a bar can move."""
    return console.is_terminal and not console.is_dumb_terminal


def new_bar(console: Console, *more: ProgressColumn) -> Bar:
    """Return a bar with what is being done before it and a percentage behind it, and more.

    It is shown while it is started, and leaves nothing behind.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        *more,
    )
    disabled = not can_show_bars(console)
    return Bar(*columns, console=console, expand=True, transient=True, disable=disabled)
