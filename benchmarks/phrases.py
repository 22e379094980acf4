"""Measure how fast w2v-nce and gensim join phrases, in turns, and whether they write the same."""

from __future__ import annotations

import argparse
import filecmp
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.machine import describe_machine
from benchmarks.measure import Measurement, run

THRESHOLD, MIN_COUNT = 100, 5  # the defaults of word2phrase and of w2v-nce


def main() -> None:
    arguments = read_arguments()
    commands = {
        f"w2v-nce, {threads} threads": [
            *(sys.executable, "-m", "w2v_nce", "phrases", arguments.corpus, "-q"),
            *("-o", f"{threads}.txt", "--threads", str(threads)),
            *("--threshold", str(THRESHOLD), "--min-count", str(MIN_COUNT)),
        ]
        for threads in arguments.threads
    }
    driver = Path(__file__).with_name("phrases_gensim.py")
    commands["gensim"] = [
        *(sys.executable, str(driver), arguments.corpus, "gensim.txt"),
        *(str(THRESHOLD), str(MIN_COUNT)),
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(next(iter(commands.values())), folder)  # compiles
        runs: dict[str, list[Measurement]] = {program: [] for program in commands}
        for _ in range(arguments.rounds):
            for program, command in commands.items():
                runs[program].append(checked(run(command, folder)))
        for threads in arguments.threads:
            same = filecmp.cmp(folder / f"{threads}.txt", folder / "gensim.txt", shallow=False)
            print(f"{threads} threads: {'the text of' if same else 'NOT what'} gensim writes")
    show(runs, count_words(arguments.corpus))


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True, type=os.path.abspath, help="a text file")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def checked(measurement: Measurement) -> Measurement:
    """Stop at a program that failed."""
    if measurement.exit_code:
        sys.exit(measurement.tail)
    return measurement


def count_words(corpus: str) -> int:
    with Path(corpus).open("rb") as file:
        return sum(len(line.split()) for line in file)


def show(runs: dict[str, list[Measurement]], words: int) -> None:
    """Print a table of medians."""
    print("\n| program | words/s | seconds | CPU seconds | peak MB |\n|---|---|---|---|---|")
    for program, measured in runs.items():
        seconds = median(each.seconds for each in measured)
        cpu = median(each.cpu_seconds for each in measured)
        peak = median(each.peak_mb for each in measured)
        print(f"| {program} | {words / seconds:,.0f} | {seconds:.2f} | {cpu:.2f} | {peak:.0f} |")
    machine = describe_machine()
    print(f"\n{machine['cpu']}, {machine['cores']} cores, Python {machine['python']}")


if __name__ == "__main__":
    main()
