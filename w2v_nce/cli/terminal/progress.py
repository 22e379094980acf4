"""The progress of a training run on standard error: a live display, lines, or nothing."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Iterable
from typing import Protocol

from rich.console import Console
from rich.progress import TextColumn

from w2v_nce.cli.terminal.bars import MARGIN, can_show_bars, error_console, new_bar
from w2v_nce.cli.terminal.console import clock, compact, percent
from w2v_nce.cli.terminal.errors import spelled
from w2v_nce.cli.terminal.signals import StateRequests
from w2v_nce.corpus.counting import CompilingTick, CountingTick, WarningTick
from w2v_nce.settings.train_config import TrainConfig, initial_loss
from w2v_nce.training.run import Tick, Training
from w2v_nce.training.ticks import CheckpointTick, EvalTick, HeldOutTick, TrainingTick

#: The columns of a line around the detail, with at least four columns of the bar.
BESIDE_DETAIL = len("training " + "━━━━ " + "100% ") + MARGIN


class Display(Protocol):
    """A way to run the training and show its progress."""

    interval: float  # seconds between ticks

    def follow(self, run: Iterable[Tick]) -> None:
        """Iterate the run to its end, and show its progress."""

    def summarise(self, run: Training) -> None:
        """Show a summary of the run."""

    def say(self, line: str) -> None:
        """Show a line."""


def display_for(quiet: bool) -> Display:
    """Return the display that suits standard error."""
    if quiet:
        return Silence()
    console = error_console()
    if can_show_bars(console):
        return LiveDisplay(console)
    return LineDisplay()


class Silence:
    """A display that shows nothing."""

    interval = 1.0

    def follow(self, run: Iterable[Tick]) -> None:
        """Iterate the run to its end, and show its progress."""
        for _ in run:
            pass

    def summarise(self, run: Training) -> None:
        """Show nothing."""

    def say(self, line: str) -> None:
        """Show nothing."""


class LineDisplay:
    """Plain lines when training begins and ends and every ten seconds, for logs and pipes."""

    interval = 1.0
    seconds = 10.0  # between lines

    def follow(self, run: Iterable[Tick]) -> None:
        """Iterate the run to its end, and show its progress."""
        printed, seen = time.monotonic(), ""
        unsaid: Step | None = None
        for tick in run:
            if isinstance(tick, Remark):
                self.say(remark(tick))
                continue
            begins = seen not in ("", phase(tick)) and not isinstance(tick, CountingTick)
            seen, unsaid = phase(tick), tick
            if begins or time.monotonic() - printed >= self.seconds:
                self.say(state(tick))
                printed, unsaid = time.monotonic(), None
        if isinstance(unsaid, TrainingTick):
            self.say(state(unsaid))

    def summarise(self, run: Training) -> None:
        """Print the summary."""
        self.say("\n".join(summary(run)))

    def say(self, line: str) -> None:
        """Print a line."""
        print(line, file=sys.stderr, flush=True)


class LiveDisplay:
    """A bar that moves, on a terminal."""

    interval = 0.2

    def __init__(self, console: Console) -> None:
        self.console = console

    def follow(self, run: Iterable[Tick]) -> None:
        """Iterate the run to its end, and show its progress."""
        with new_bar(self.console, TextColumn("{task.fields[detail]}")) as progress:
            bar, seen = progress.add_task("", total=None, detail=""), ""
            for tick in run:
                if isinstance(tick, Remark):
                    self.say(remark(tick))
                    continue
                if phase(tick) != seen:  # a new bar, as a bar cannot go back to an unknown end
                    progress.remove_task(bar)
                    bar, seen = progress.add_task("", total=None, detail=""), phase(tick)
                done, total = extent(tick)
                progress.update(
                    bar,
                    description=seen,
                    completed=done,
                    total=total,
                    detail=short_detail(tick, self.console.width - BESIDE_DETAIL),
                )

    def summarise(self, run: Training) -> None:
        """Print the summary."""
        for line in summary(run):
            self.say(line)

    def say(self, line: str) -> None:
        """Print a line."""
        self.console.print(line, highlight=False, markup=False, soft_wrap=True)


Step = CompilingTick | CountingTick | TrainingTick  # a tick that tells of progress
Remark = WarningTick | HeldOutTick | EvalTick | CheckpointTick


def phase(tick: Step) -> str:
    """Return the name of the phase that a run is in."""
    if isinstance(tick, CompilingTick):
        return "compiling"
    return "counting" if isinstance(tick, CountingTick) else "training"


def state(tick: Step) -> str:
    """Return the progress in one line."""
    return f"{phase(tick)}: {long_detail(tick)}"


def with_states(run: Iterable[Tick], requests: StateRequests) -> Generator[Tick, None, None]:
    """Pass the ticks of a run on, and print the progress when it is requested."""
    for tick in run:
        if isinstance(tick, Step) and requests.take():
            print(state(tick), file=sys.stderr, flush=True)
        yield tick


def extent(tick: Step) -> tuple[float, float | None]:
    """Return the work done and the total work, None if unknown."""
    if isinstance(tick, CompilingTick):
        return 0, None
    if isinstance(tick, CountingTick):
        return tick.bytes_done, tick.bytes_total
    return min(tick.words, tick.total_words), tick.total_words


def remaining(tick: TrainingTick) -> str:
    """Return the time left, estimated from the mean speed."""
    if not tick.words:
        return "-:--:--"
    return clock(tick.seconds * max(tick.total_words - tick.words, 0) / tick.words)


def loss_text(tick: TrainingTick) -> str:
    """Return the loss with three decimals."""
    return "-" if tick.loss is None else f"{tick.loss:.3f}"


def remark(tick: Remark) -> str:
    """Return the line of a tick that has one of its own."""
    if isinstance(tick, CheckpointTick):
        return f"checkpoint  {tick.path}"
    if isinstance(tick, WarningTick):
        return f"warning: {spelled(tick.message)}"
    best = " (best)" if tick.is_best else ""
    if isinstance(tick, EvalTick):
        return evaluation(tick) + best
    return (
        f"held out    nce loss {tick.nce_loss:.3f}, perplexity {tick.perplexity:.1f}, log Z"
        f" {tick.mean_log_z:.2f} ± {tick.sd_log_z:.2f}, after {compact(tick.words)} words{best}"
    )


def evaluation(tick: EvalTick) -> str:
    """Return the line of an evaluation."""
    if tick.task == "analogies":
        score = f"accuracy {percent(tick.score)}"
    else:
        score = "spearman " + ("-" if tick.score is None else f"{tick.score:.3f}")
    return (
        f"eval        {tick.file}: {score}, coverage {percent(tick.coverage)}, after"
        f" {compact(tick.words)} words"
    )


def short_detail(tick: Step, width: int) -> str:
    """Return the longest description of a tick that fits this width; 58 columns fit all."""
    return next((each for each in short_details(tick) if len(each) <= width), "")


def short_details(tick: Step) -> list[str]:
    """Return descriptions of a tick, from the longest to the shortest."""
    if isinstance(tick, CompilingTick):
        return ["kernels"]
    if isinstance(tick, CountingTick):
        words = f"{compact(tick.words)} words"
        return [f"{words}  {compact(tick.types)} distinct", words]
    words = f"{compact(tick.words)}/{compact(tick.total_words)}"
    speed, rate = f"{compact(tick.words_per_second)}/s", f"lr {tick.learning_rate:.4f}"
    loss, left = f"loss {loss_text(tick)}", remaining(tick)
    parts = ([words, speed, rate, loss, left], [words, loss, left], [loss, left], [left])
    return ["  ".join(each) for each in parts]


def long_detail(tick: Step) -> str:
    """Return a description of a tick in full words."""
    if isinstance(tick, CompilingTick):
        return "kernels; only the first run takes seconds"
    if isinstance(tick, CountingTick):
        share = f"{percent(tick.bytes_done / tick.bytes_total)}, " if tick.bytes_total else ""
        return f"{share}{tick.words:,} words, {tick.types:,} distinct"
    return (
        f"{percent(tick.share)},"
        f" {tick.words:,} of {tick.total_words:,} words,"
        f" {tick.words_per_second:,.0f} words/s, lr {tick.learning_rate:.5f},"
        f" loss {loss_text(tick)}, {remaining(tick)} left"
    )


def about_loss(config: TrainConfig) -> str:
    """Return the name of the loss, and its value before training if that is known."""
    initial = initial_loss(config)
    if initial is None:
        return config.loss
    return f"{config.loss}, k = {config.k}; {initial:.3f} at the start"


def summary(run: Training) -> list[str]:
    """Return the lines of a summary of a run."""
    vocabulary, tick, config = run.vocabulary, run.last_tick, run.config
    assert vocabulary is not None
    lines = [
        f"vocabulary  {len(vocabulary):,} of {vocabulary.corpus_types:,} distinct words,"
        f" {percent(vocabulary.total / vocabulary.corpus_words)} of the text"
    ]
    if tick is not None:
        of_all = "" if tick.words == tick.total_words else f" of {tick.total_words:,}"
        lines.append(
            f"trained     {tick.words:,}{of_all} words in {clock(tick.seconds)},"
            f" {tick.words_per_second:,.0f} words/s"
        )
        if tick.epoch_loss is not None:
            lines.append(
                f"loss        {tick.epoch_loss:.3f} in the last epoch ({about_loss(config)})"
            )
    return lines + [evaluation(each) for each in run.evals]
