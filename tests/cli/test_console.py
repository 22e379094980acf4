"""Tables of odd words: wide ones, with accents of their own, and some that are no text."""

from __future__ import annotations

import io
import sys

import click
import pytest

from w2v_nce.cli.terminal.console import print_table

WORDS = ["中文", "😀", "e\u0301", "\udce9", "a\x1b[31mb", "[bold]", "plain"]
SHOWN = ["中文", "😀", "e\u0301", r"\udce9", r"a\x1b[31mb", "[bold]", "plain"]
COLUMNS = [4, 2, 1, 6, 10, 6, 5]


class Terminal(io.StringIO):
    """What takes text as a terminal does."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


def table(times: int = 1) -> None:
    """Print one with all the words, as a command does."""
    with click.Context(click.Command("table")):
        for _ in range(times):
            print_table("a\x1bb", ("word", "cosine"), [(word, "0.5000") for word in WORDS])


def test_columns_stand_below_each_other_in_a_pipe(capsys: pytest.CaptureFixture) -> None:
    table()
    title, header, *lines = capsys.readouterr().out.splitlines()
    assert title == r"a\x1bb"
    assert header == "word        cosine"
    blanks = [" " * (10 - columns) for columns in COLUMNS]
    rows = [word + blank + "  0.5000" for word, blank in zip(SHOWN, blanks, strict=True)]
    assert lines == rows
    table(2)
    whole = [title, header, *rows]
    assert capsys.readouterr().out.splitlines() == [*whole, "", *whole]


def test_columns_stand_below_each_other_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("TERM", "xterm"), ("NO_COLOR", "1"), ("COLUMNS", "60")):
        monkeypatch.setenv(name, value)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    table()
    blanks = [" " * (10 - columns) for columns in COLUMNS]
    for word, blank in zip(SHOWN, blanks, strict=True):
        assert f"  {word}{blank}   0.5000" in terminal.getvalue()
