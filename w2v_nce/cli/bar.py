"""A bar that moves, on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TaskProgressColumn, TextColumn


def can_show_bars(console: Console) -> bool:
    """Tell whether a console is a terminal on which a bar can move."""
    return console.is_terminal and not console.is_dumb_terminal


def new_bar(console: Console, *more: ProgressColumn) -> Progress:
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
    return Progress(*columns, console=console, expand=True, transient=True, disable=disabled)
