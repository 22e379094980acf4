"""The results as JSON, every run in full, and as Markdown tables of medians."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

#: The figures of a run that the tables show after the scores.
COLUMNS = ("seconds", "cpu_seconds", "words_per_second", "peak_mb")


@dataclass(frozen=True)
class Run:
    """One trainer, architecture and seed."""

    trainer: str
    architecture: str
    seed: int
    rate: float  # learning rate at the start
    scores: dict[str, float | None]
    seconds: float  # the whole process
    cpu_seconds: float  # the whole process, all threads
    loop_seconds: float | None  # the training loop alone, if the program tells
    words_per_second: float | None  # of the training loop
    peak_mb: float
    percent_trained: float | None  # of all epochs' words, as the program tells
    load_before: float  # of the machine, one-minute mean


def write_report(out: Path, facts: dict[str, Any], runs: list[Run], notes: list[str]) -> None:
    """Write ``results.json`` and ``results.md``."""
    cells = [summary(cell) for cell in group(runs)]
    document = {
        **facts,
        "notes": notes,
        "medians": cells,
        "runs": [dataclasses.asdict(run) for run in runs],
    }
    (out / "results.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    (out / "results.md").write_text(markdown(facts, cells, notes), encoding="utf-8")


def group(runs: list[Run]) -> list[list[Run]]:
    """Gather the runs that differ in the seed alone, in the order of their first."""
    cells: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        cells.setdefault((run.architecture, run.trainer), []).append(run)
    return list(cells.values())


def summary(cell: list[Run]) -> dict[str, Any]:
    """Return the medians over the seeds; None where no run has a figure."""
    names = ("seconds", "cpu_seconds", "loop_seconds", "words_per_second", "peak_mb")
    return {
        "architecture": cell[0].architecture,
        "trainer": cell[0].trainer,
        "rate": cell[0].rate,
        "seeds": len(cell),
        "scores": {task: middle([run.scores[task] for run in cell]) for task in cell[0].scores},
        **{name: middle([getattr(run, name) for run in cell]) for name in names},
    }


def middle(values: list[float | None]) -> float | None:
    """Return the median of the values that there are."""
    known = [value for value in values if value is not None]
    return median(known) if known else None


def markdown(facts: dict[str, Any], cells: list[dict[str, Any]], notes: list[str]) -> str:
    """Return the page: what was run, a table for each architecture, the notes."""
    parts = [heading(facts)]
    for architecture in dict.fromkeys(cell["architecture"] for cell in cells):
        rows = [cell for cell in cells if cell["architecture"] == architecture]
        parts.append(f"## {architecture}\n\n{table(rows)}")
    if notes:
        parts.append("Notes:\n\n" + "\n".join(f"- {note}" for note in notes))
    return "\n\n".join(parts) + "\n"


def heading(facts: dict[str, Any]) -> str:
    """Describe the run in a few lines."""
    given = facts["settings"]
    return "\n".join(
        [
            "# w2v-nce and its peers",
            "",
            *machine_lines(facts),
            f"- {given['dim']} dimensions, window {given['window']}, {given['noise']} noise words,"
            f" sample {given['sample']:g}, min-count {given['min_count']},"
            f" {given['epochs']} epochs, {given['threads']} threads",
            f"- medians over seeds {', '.join(map(str, facts['seeds']))}; analogies among the"
            f" {facts['restrict_vocab']:,} most frequent words, in per cent; word pairs:"
            " Spearman's correlation",
        ]
    )


def machine_lines(facts: dict[str, Any]) -> list[str]:
    """Tell what command ran on what machine with what text."""
    machine = facts["machine"]
    libraries = ", ".join(f"{name} {version}" for name, version in machine["libraries"].items())
    return [
        f"- `{facts['command']}`",
        f"- {machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB,"
        f" {machine['system']}, Python {machine['python']}",
        f"- {', '.join(facts['versions'])}; {libraries}",
        f"- {facts['corpus']['name']}: {facts['corpus']['words']:,} words",
    ]


def table(cells: list[dict[str, Any]]) -> str:
    """Return a Markdown table of one architecture."""
    tasks = list(cells[0]["scores"])
    columns = ["trainer", "rate", *tasks, "seconds", "CPU seconds", "training words/s", "peak MB"]
    lines = ["| " + " | ".join(columns) + " |", "|---|" + "---:|" * (len(columns) - 1)]
    for cell in cells:
        figures = [score_text(task, cell["scores"].get(task)) for task in tasks]
        figures += [whole(cell[name]) for name in COLUMNS]
        lines.append("| " + " | ".join([cell["trainer"], f"{cell['rate']:g}", *figures]) + " |")
    return "\n".join(lines)


def score_text(task: str, value: float | None) -> str:
    """Write a per cent with one decimal, a correlation with three."""
    if value is None:
        return "-"
    return f"{value:.1f}" if task.endswith("%") else f"{value:.3f}"


def whole(value: float | None) -> str:
    """Write a figure without decimals."""
    return "-" if value is None else f"{value:,.0f}"
