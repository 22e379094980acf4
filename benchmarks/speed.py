"""Measure how fast w2v-nce and its peers train, in turns, and write a table; see README.md."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import shlex
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.compare import provide_corpus, training_speed, warm_up
from benchmarks.machine import describe_machine
from benchmarks.measure import run
from benchmarks.peers import Job, Settings, Trainer, all_trainers
from benchmarks.report import machine_lines

OURS = "w2v-nce, ns"
FIGURES = ("words_per_second", "seconds", "peak_mb")


@dataclass(frozen=True)
class Cell:
    """What is measured: one column of the table."""

    architecture: str
    dim: int
    threads: int

    @classmethod
    def parse(cls, text: str) -> Cell:
        """Read e.g. ``skipgram:300:2``."""
        architecture, dim, threads = text.split(":")
        return cls(architecture, int(dim), int(threads))

    def __str__(self) -> str:
        return f"{self.architecture}, {self.dim} dimensions, {self.threads} threads"


CELLS = [
    Cell("skipgram", 100, 1),
    Cell("cbow", 100, 1),
    Cell("skipgram", 100, 2),
    Cell("cbow", 100, 2),
    Cell("skipgram", 300, 1),
    Cell("cbow", 300, 1),
    Cell("skipgram", 300, 2),
    Cell("cbow", 300, 2),
]


@dataclass(frozen=True)
class Timing:
    """One run of one trainer."""

    trainer: str
    architecture: str
    dim: int
    threads: int
    epochs: int
    words_per_second: float | None  # of the training loop
    seconds: float  # of the whole process
    peak_mb: float


def main() -> int:
    """Run all cells, trainers in turn, as many rounds as asked for."""
    options = parse_arguments()
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="w2v-nce-bench-") as name:
        folder = Path(name)
        words = provide_corpus(Path(options.corpus), folder / "corpus.txt", options.megabytes)
        trainers = chosen(options)
        architectures = list(dict.fromkeys(cell.architecture for cell in options.cells))
        warm_up(trainers, folder, job_for(options.cells[0], options).settings, architectures)
        facts = describe(options, words)
        timings: list[Timing] = []
        for cell, trainer in turns(options, trainers):
            job = job_for(cell, options)
            measured = run(trainer.command(job), folder)
            if measured.exit_code:
                print(f"{trainer.name}, {cell}: exit code {measured.exit_code}", file=sys.stderr)
                print(measured.tail, file=sys.stderr)
                return 1
            speed = training_speed(measured, words * job.settings.epochs, cell.threads)
            timings.append(
                Timing(
                    trainer.name,
                    *dataclasses.astuple(cell),
                    job.settings.epochs,
                    speed,
                    measured.seconds,
                    measured.peak_mb,
                )
            )
            print(f"{cell}: {timings[-1]}", file=sys.stderr, flush=True)
            write(out, facts, timings)
    print((out / "speed.md").read_text(encoding="utf-8"))
    return 0


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    add = parser.add_argument
    add("--corpus", required=True, metavar="FILE", help="text, one sentence a line; may be .gz")
    add("--out", default="benchmarks/results", metavar="DIR", help="for speed.md and speed.json")
    add("--rounds", type=int, default=3, help="runs of each, of which the table has the median")
    add("--epochs", type=int, default=1)
    add("--megabytes", type=int, metavar="N", help="train on so much of the text, to save time")
    names = [trainer.name for trainer in all_trainers()]
    add("--trainers", nargs="+", choices=names, default=names, metavar="NAME", help=str(names))
    add(
        "--cells",
        nargs="+",
        type=Cell.parse,
        default=CELLS,
        metavar="ARCH:DIM:THREADS",
        help="what to measure, e.g. skipgram:300:2",
    )
    return parser.parse_args()


def chosen(options: argparse.Namespace) -> list[Trainer]:
    """Return the wanted trainers that are installed."""
    return [t for t in all_trainers() if t.name in options.trainers and not t.missing()]


def turns(options: argparse.Namespace, trainers: list[Trainer]) -> Iterator[tuple[Cell, Trainer]]:
    """Yield all runs; in every round each trainer has its turn in each cell."""
    for _ in range(options.rounds):
        for cell in options.cells:
            for trainer in trainers:
                yield cell, trainer


def job_for(cell: Cell, options: argparse.Namespace) -> Job:
    """Return a job with the settings that word2vec made the usual ones."""
    settings = Settings(
        dim=cell.dim,
        window=5,
        noise=5,
        sample=1e-3,
        min_count=5,
        epochs=options.epochs,
        threads=cell.threads,
    )
    return Job(settings, cell.architecture, seed=1)


def describe(options: argparse.Namespace, words: int) -> dict[str, Any]:
    """Return what the figures depend on."""
    arguments = [Path(text).name if Path(text).exists() else text for text in sys.argv[1:]]
    return {
        "command": "python -m benchmarks.speed " + shlex.join(arguments),
        "machine": describe_machine(),
        "load_before": os.getloadavg()[0],
        "versions": sorted({t.version() for t in all_trainers() if not t.missing()}),
        "corpus": {"name": Path(options.corpus).name, "words": words},
        "epochs": options.epochs,
    }


def write(out: Path, facts: dict[str, Any], timings: list[Timing]) -> None:
    """Write all runs as JSON and their medians as Markdown."""
    document = {**facts, "runs": [dataclasses.asdict(timing) for timing in timings]}
    (out / "speed.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    parts = ["\n".join(["# Speed", "", *machine_lines(facts)])]
    cells = dict.fromkeys(Cell(t.architecture, t.dim, t.threads) for t in timings)
    parts += [section(cell, timings) for cell in cells]
    (out / "speed.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def section(cell: Cell, timings: list[Timing]) -> str:
    """Return the table of one cell: medians, and our speed as a multiple of the others'."""
    rows: dict[str, list[Timing]] = {}
    for timing in timings:
        if Cell(timing.architecture, timing.dim, timing.threads) == cell:
            rows.setdefault(timing.trainer, []).append(timing)
    middle = {
        name: [median_of([getattr(run, figure) for run in runs]) for figure in FIGURES]
        for name, runs in rows.items()
    }
    ours = middle.get(OURS, [None])[0]
    lines = [
        f"## {cell}",
        "",
        "| trainer | training words/s | w2v-nce is faster by | process, s | peak MB | runs |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, (speed, seconds, peak) in middle.items():
        ratio = f"{ours / speed:.1f}" if ours and speed and name != OURS else ""
        shown = f"{speed:,.0f}" if speed else "-"
        lines.append(
            f"| {name} | {shown} | {ratio} | {seconds:.1f} | {peak:,.0f} | {len(rows[name])} |"
        )
    return "\n".join(lines)


def median_of(values: list[float | None]) -> float | None:
    """Return the median, or None if a value is missing."""
    known = [value for value in values if value is not None]
    return median(known) if len(known) == len(values) else None


if __name__ == "__main__":
    sys.exit(main())
