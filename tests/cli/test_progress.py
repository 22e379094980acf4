"""What is shown when the text is not what was counted, or how long it is is not known."""

from __future__ import annotations

import io
import sys

import pytest
from rich.console import Console

from w2v_nce.cli.terminal.bars import StepDisplay
from w2v_nce.cli.terminal.progress import (
    LineDisplay,
    LiveDisplay,
    display_for,
    extent,
    short_detail,
)
from w2v_nce.corpus.counting import CompilingTick, CountingTick, WarningTick
from w2v_nce.evaluation.analogies import AnalogyReport, Score
from w2v_nce.evaluation.similarity import PairReport
from w2v_nce.training.ticks import EvalTick, TrainingTick

pytestmark = pytest.mark.xdist_group("processes")

COUNTING = CountingTick(bytes_done=10, bytes_total=None, words=1234, types=56)
TOO_LONG = TrainingTick(
    words=300, total_words=100, seconds=2.0, learning_rate=1e-5, loss=2.5, epoch_loss=2.5
)


def test_lines_end_with_the_last_tick_and_never_pass_all(capsys: pytest.CaptureFixture) -> None:
    display = LineDisplay()
    display.seconds = 0
    display.follow([CompilingTick(), COUNTING, WarningTick("strange"), TOO_LONG])
    assert capsys.readouterr().err.splitlines() == [
        "compiling: kernels; only the first run takes seconds",
        "counting: 1,234 words, 56 distinct",
        "warning: strange",
        "training: 100.0 %, 300 of 100 words, 150 words/s, lr 0.00001, loss 2.500, 0:00:00 left",
    ]
    display.seconds = 1000
    short = TrainingTick(10, 100, 1.0, 0.1, 2.5, 2.5)
    display.follow([CompilingTick(), short, TrainingTick(20, 100, 2.0, 0.1, 2.5, 2.5)])
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in lines] == ["training: 10.0 %", "training: 20.0 %"]


def test_a_bar_without_an_end_and_a_warning_above_it() -> None:
    output = io.StringIO()
    display = LiveDisplay(Console(file=output, force_terminal=True, width=80))
    display.follow([CompilingTick(), COUNTING, WarningTick("strange [tag]"), TOO_LONG])
    assert "warning: strange [tag]" in output.getvalue()
    assert "100%" in output.getvalue()
    assert "300%" not in output.getvalue()
    assert extent(COUNTING) == (10, None)
    assert short_detail(COUNTING, 58) == "1.2k words  56 distinct"


def test_a_bar_forgets_how_long_the_one_before_was() -> None:
    output = io.StringIO()
    display = LiveDisplay(Console(file=output, force_terminal=True, width=80))
    display.follow([CountingTick(10, 10, 1234, 56), CompilingTick()])
    assert "%" not in output.getvalue().split("compiling")[-1]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_a_bar_leaves_room_for_what_the_terminal_echoes(width: int) -> None:
    output = io.StringIO()
    console = Console(file=output, force_terminal=True, width=width, color_system=None)
    LiveDisplay(console).follow([TOO_LONG])
    assert output.getvalue().count("\x1b[?25l") == 1
    _, drawn, _ = output.getvalue().split("\x1b[?25h")  # the cursor is seen all the time
    line = drawn.split("\x1b[2K")[-1].rstrip("\n")
    assert line.startswith("train")
    assert len(line) <= width - 3
    assert "…" not in line
    assert ("0:00:00" in line) == (width >= 40)


def test_no_bars_in_a_pipe_even_if_colours_are_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert isinstance(display_for(quiet=False), LineDisplay)
    with StepDisplay(quiet=False) as display:
        display.begin("counting", 100)
        display.advance(100)
        display.say("done")
    assert sys.stderr.getvalue() == "done\n"


def test_the_details_that_are_worth_least_go_first() -> None:
    tick = TrainingTick(999_900_000, 999_900_000, 1000.0, 0.05, 12.25, 2.5)
    whole = "999.9M/999.9M  999.9k/s  lr 0.0500  loss 12.250  0:00:00"
    assert short_detail(tick, 58) == whole
    assert short_detail(tick, len(whole)) == whole
    assert short_detail(tick, len(whole) - 1) == "999.9M/999.9M  loss 12.250  0:00:00"
    assert short_detail(tick, 30) == "loss 12.250  0:00:00"
    assert short_detail(tick, 7) == "0:00:00"
    assert short_detail(tick, 6) == ""
    assert short_detail(COUNTING, 20) == "1.2k words"


def test_evaluations_have_lines_of_their_own(capsys: pytest.CaptureFixture) -> None:
    analogies = AnalogyReport({"all": Score(3, 4, 8)}, "add", 100)
    ticks = [
        EvalTick(1_250_000, "questions.txt", analogies, is_best=True),
        EvalTick(1_250_000, "pairs.tsv", PairReport(0.5, 0.25, 1, 3)),
        EvalTick(50, "others.tsv", PairReport(None, None, 0, 3)),
    ]
    LineDisplay().follow(ticks)
    assert capsys.readouterr().err.splitlines() == [
        "eval        questions.txt: accuracy 75.0 %, coverage 50.0 %, after 1.2M words (best)",
        "eval        pairs.tsv: spearman 0.500, coverage 33.3 %, after 1.2M words",
        "eval        others.tsv: spearman -, coverage 0.0 %, after 50 words",
    ]
