"""Train w2v-nce and its peers on one text and evaluate all vectors alike; see README.md."""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.machine import describe_machine
from benchmarks.measure import Measurement, run
from benchmarks.peers import Job, Settings, Trainer, all_trainers, script
from benchmarks.report import Run, write_report

ARCHITECTURES = ("skipgram", "cbow")
WARM_UP_BYTES = 200_000
#: A run that reports less has not trained all its epochs. word2vec.c tells its progress every
#: 10,000 words of a thread, so that on a short text the last that it tells is below 100 %.
COMPLETE_PERCENT = 90.0


@dataclass
class Comparison:
    """What is compared on what, and what came of it so far."""

    settings: Settings
    architectures: list[str]
    seeds: list[int]
    tasks: list[Path]
    restrict_vocab: int
    folder: Path  # where corpus.txt is and the vectors are written
    words: int  # in the corpus
    runs: list[Run] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Tell now and in the report."""
        print(f"note: {text}", file=sys.stderr, flush=True)
        self.notes.append(text)


def main() -> int:
    """Run the comparison; the exit code is 1 if a trainer failed."""
    options = parse_arguments()
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="w2v-nce-bench-") as name:
        folder = Path(name)
        comparison = Comparison(
            settings=settings_from(options),
            architectures=options.architectures,
            seeds=[options.seeds[0]] if options.quick else options.seeds,
            tasks=[Path(task).resolve() for task in options.eval],
            restrict_vocab=options.restrict_vocab,
            folder=folder,
            words=provide_corpus(Path(options.corpus), folder / "corpus.txt"),
        )
        trainers = present(all_trainers(), options.trainers, comparison)
        failures = 0
        facts = describe(options, comparison, trainers)
        warm_up(trainers, folder, comparison.settings, comparison.architectures)
        for job, trainer in jobs(comparison, trainers):
            failures += not perform(trainer, job, comparison)
            if options.keep_vectors:
                keep_vectors(trainer, job, folder, out)
            write_report(out, facts, comparison.runs, comparison.notes)
    print((out / "results.md").read_text(encoding="utf-8"))
    return 1 if failures else 0


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    add = parser.add_argument
    add("--corpus", required=True, metavar="FILE", help="text, one sentence a line; may be .gz")
    add("--eval", nargs="+", default=[], metavar="FILE", help="analogy questions, word pairs")
    add(
        "--out", default="benchmarks/results", metavar="DIR", help="for results.md and results.json"
    )
    add("--quick", action="store_true", help="one epoch, the first seed")
    add("--seeds", nargs="+", type=int, default=[1, 2, 3])
    add("--architectures", nargs="+", choices=ARCHITECTURES, default=list(ARCHITECTURES))
    names = [trainer.name for trainer in all_trainers()]
    add("--trainers", nargs="+", choices=names, default=names, metavar="NAME", help=str(names))
    add("--dim", type=int, default=100)
    add("--window", type=int, default=5)
    add("--noise", type=int, default=5, help="noise words per example")
    add("--sample", type=float, default=1e-3)
    add("--min-count", type=int, default=5)
    add("--epochs", type=int, default=5)
    add("--threads", type=int, default=os.cpu_count() or 1)
    add("--rate", type=float, help="learning rate for all; default: see README.md")
    add("--restrict-vocab", type=int, default=30_000, help="for analogies")
    add("--keep-vectors", action="store_true", help="copy the vectors to DIR, too")
    options = parser.parse_args()
    for path in [options.corpus, *options.eval]:
        if not Path(path).is_file():
            parser.error(f"there is no file {path}")
    return options


def settings_from(options: argparse.Namespace) -> Settings:
    """Pick the settings of the trainers from the command line."""
    values = {item.name: getattr(options, item.name) for item in dataclasses.fields(Settings)}
    settings = Settings(**values)
    return dataclasses.replace(settings, epochs=1) if options.quick else settings


def provide_corpus(source: Path, target: Path, megabytes: int | None = None) -> int:
    """Link or unpack the corpus, or the first lines of it, to ``target`` and count its words."""
    if source.suffix == ".gz" or megabytes is not None:
        opened = gzip.open if source.suffix == ".gz" else open
        with opened(source, "rb") as text, target.open("wb") as plain:
            for line in text:  # never much of it in memory, which trainers would be charged for
                plain.write(line)
                if megabytes is not None and plain.tell() >= megabytes * 1_000_000:
                    break
    else:
        target.symlink_to(source.resolve())
    with target.open("rb") as lines:
        return sum(len(line.split()) for line in lines)


def present(trainers: list[Trainer], wanted: list[str], comparison: Comparison) -> list[Trainer]:
    """Return the wanted trainers that are installed; note the others."""
    found = []
    for trainer in trainers:
        if trainer.name not in wanted:
            continue
        if reason := trainer.missing():
            comparison.note(f"{trainer.name} is skipped: {reason}")
        else:
            found.append(trainer)
    if not found:
        sys.exit("None of the trainers is installed; see benchmarks/README.md.")
    if comparison.tasks and not script("w2v-nce").is_file():
        sys.exit("w2v-nce is not installed for this Python; it evaluates: pip install -e .")
    return found


def jobs(comparison: Comparison, trainers: list[Trainer]) -> Iterator[tuple[Job, Trainer]]:
    """Yield all runs, trainers in turn, so that a busy spell of the machine hits all alike."""
    for seed in comparison.seeds:
        for architecture in comparison.architectures:
            for trainer in trainers:
                if trainer.seeded or seed == comparison.seeds[0]:
                    yield Job(comparison.settings, architecture, seed), trainer


def warm_up(
    trainers: list[Trainer], folder: Path, settings: Settings, architectures: list[str]
) -> None:
    """Let the trainers that compile at their first run do so on the beginning of the text."""
    corpus = folder / "warm-up.txt"
    with (folder / "corpus.txt").open("rb") as text:
        corpus.write_bytes(text.read(WARM_UP_BYTES))
    settings = dataclasses.replace(settings, epochs=1)
    for trainer in trainers:
        if trainer.compiles_at_first_run:
            for architecture in architectures:
                job = Job(settings, architecture, 1, corpus.name, "warm-up-vectors.txt")
                seconds = run(trainer.command(job), folder).seconds
                print(f"warm-up, {trainer.name}, {architecture}: {seconds:.1f} s", file=sys.stderr)


def perform(trainer: Trainer, job: Job, comparison: Comparison) -> bool:
    """Train once, evaluate, and record; return whether it went well."""
    what = f"{trainer.name}, {job.architecture}, seed {job.seed}"
    print(f"{what} ...", file=sys.stderr, flush=True)
    load = os.getloadavg()[0]
    vectors = comparison.folder / job.output
    vectors.unlink(missing_ok=True)
    measured = run(trainer.command(job), comparison.folder)
    if measured.exit_code or not vectors.is_file():
        comparison.note(f"{what}: failed, exit code {measured.exit_code}: {last_line(measured)}")
        return False
    if measured.percent is not None and measured.percent < COMPLETE_PERCENT:
        comparison.note(f"{what}: trained only {measured.percent:.1f} % of its epochs' words")
    scores = evaluate(vectors, comparison)
    comparison.runs.append(
        Run(
            trainer=trainer.name,
            architecture=job.architecture,
            seed=job.seed,
            rate=trainer.rate(job),
            scores=scores,
            seconds=measured.seconds,
            cpu_seconds=measured.cpu_seconds,
            loop_seconds=measured.loop_seconds,
            words_per_second=speed(comparison, measured),
            peak_mb=measured.peak_mb,
            percent_trained=measured.percent,
            load_before=load,
        )
    )
    print(f"  {measured.seconds:.1f} s, {scores}", file=sys.stderr, flush=True)
    return True


def speed(comparison: Comparison, measured: Measurement) -> float | None:
    """Return the words trained in a second of the training loop."""
    settings = comparison.settings
    return training_speed(measured, comparison.words * settings.epochs, settings.threads)


def training_speed(measured: Measurement, words: int, threads: int) -> float | None:
    """Return the words, over all epochs, by the seconds of the training loop, or what is told."""
    if measured.loop_seconds:
        return words / measured.loop_seconds
    return measured.speed_per_thread and measured.speed_per_thread * threads


def evaluate(vectors: Path, comparison: Comparison) -> dict[str, float | None]:
    """Return the score of each task, with w2v-nce's evaluation for all; a process of its own."""
    if not comparison.tasks:
        return {}
    command = [str(script("w2v-nce")), "eval", *map(str, comparison.tasks), "-m", str(vectors)]
    command += ["--restrict-vocab", str(comparison.restrict_vocab), "--json"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    reports: list[dict[str, Any]] = json.loads(answer.stdout)["reports"]
    return dict(map(score, reports))


def score(report: dict[str, Any]) -> tuple[str, float | None]:
    """Name and give the figure of the table: per cent of questions right, or Spearman's."""
    name = Path(report["file"]).stem
    if report["task"] == "similarity":
        value = report["spearman"]
        return name, None if value is None else round(float(value), 4)
    return f"{name} %", round(100 * float(report["total"]["accuracy"]), 2)


def keep_vectors(trainer: Trainer, job: Job, folder: Path, out: Path) -> None:
    """Copy the vectors of a run to the results."""
    name = f"{trainer.name}-{job.architecture}-{job.seed}.txt".replace(", ", "-")
    if (folder / job.output).is_file():
        shutil.copy(folder / job.output, out / name)


def last_line(measured: Measurement) -> str:
    """Return the last line of a program's output."""
    lines = measured.tail.replace("\r", "\n").strip().splitlines()
    return lines[-1] if lines else "no output"


def describe(
    options: argparse.Namespace, comparison: Comparison, trainers: list[Trainer]
) -> dict[str, Any]:
    """Return what the figures depend on, for the report; files by their names alone."""
    arguments = [Path(text).name if Path(text).exists() else text for text in sys.argv[1:]]
    return {
        "command": "python -m benchmarks.compare " + shlex.join(arguments),
        "machine": describe_machine(),
        "versions": sorted({trainer.version() for trainer in trainers}),
        "corpus": {"name": Path(options.corpus).name, "words": comparison.words},
        "tasks": [task.name for task in comparison.tasks],
        "restrict_vocab": comparison.restrict_vocab,
        "settings": dataclasses.asdict(comparison.settings),
        "seeds": comparison.seeds,
    }


if __name__ == "__main__":
    sys.exit(main())
