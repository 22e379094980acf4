"""The look of numbers and tables."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

import click

#: Where the context keeps whether a table has been printed.
TABLES = "w2v_nce.tables"


def compact(number: float) -> str:
    """Return a large number in short: 950, 12.3k, 67.7M, 1.2G."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= limit:
            return f"{number / limit:.1f}{unit}"
    return f"{number:.0f}"


def clock(seconds: float) -> str:
    """Return a duration as h:mm:ss."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def percent(share: float | None) -> str:
    """Return a share as a percentage with one decimal, a dash for None."""
    return "-" if share is None else f"{100 * share:.1f} %"


#: Controls, which would move the cursor, and bytes that are not UTF-8.
UNPRINTABLE = re.compile("[\0-\x1f\x7f-\x9f\ud800-\udfff]")


def printable(text: str) -> str:
    r"""Return a text with escapes such as ``\x00`` for unprintable characters."""
    return UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: ruled on a terminal, plain columns in a pipe, with empty lines between tables.

    The first column is text, the others are numbers, aligned to the right.
    """
    title, rows = printable(title), [[printable(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _print_ruled(title, header, rows)
    else:
        _print_plain(title, header, rows)


def _print_ruled(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title), box=SIMPLE_HEAD, title_justify="left", title_style="bold")
    for i, name in enumerate(header):
        table.add_column(name, justify="right" if i else "left", no_wrap=i > 0)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def _print_plain(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.cells import cell_len  # some characters are two columns wide, others none

    lines = [header, *rows]
    widths = [max(cell_len(line[i]) for line in lines) for i in range(len(header))]
    _separate()
    print(title)
    for line in lines:
        blanks = [" " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)]
        cells = [line[0] + blanks[0]]
        cells += [blank + cell for blank, cell in zip(blanks[1:], line[1:], strict=True)]
        print("  ".join(cells).rstrip())


def _separate() -> None:
    """Print an empty line unless this is the first table of a command."""
    context = click.get_current_context()
    if context.meta.get(TABLES):
        print()
    context.meta[TABLES] = True
