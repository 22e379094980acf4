"""``w2v-nce eval``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from w2v_nce.cli.console import percent, print_table

if TYPE_CHECKING:
    from w2v_nce.evaluation import AnalogyReport, PairReport

SCHEMA_VERSION = 1


@click.command(name="eval")
@click.argument("tasks", nargs=-1, required=True, metavar="TASK...")
@click.option(
    "-m",
    "--model",
    "vectors",
    default="vectors.bin",
    show_default=True,
    metavar="FILE",
    help="Vectors in word2vec's text or binary format, gzipped or not.",
)
@click.option(
    "--method",
    type=click.Choice(["add", "mul"]),
    default="add",
    show_default=True,
    help="Analogies: 3CosAdd or 3CosMul.",
)
@click.option(
    "--restrict-vocab",
    type=click.IntRange(min=0),
    default=30000,
    show_default=True,
    metavar="N",
    help="Analogies: use only the N most frequent words; 0 for all.",
)
@click.option("--match-case", is_flag=True, help="Tell upper and lower case apart.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def evaluate(
    tasks: tuple[str, ...],
    vectors: str,
    method: str,
    restrict_vocab: int,
    match_case: bool,
    as_json: bool,
) -> None:
    """Measure word vectors on analogy questions and on word pairs.

    What a TASK is, its content tells: lines of four words are analogies, with ": section"
    lines between; lines of two words and a number are pairs with human similarity scores.

    \b
    w2v-nce eval questions-words.txt
    w2v-nce eval wordsim353.tsv men.txt -m vectors.txt.gz --json
    """
    from w2v_nce.evaluation import AnalogyTask, evaluate_analogies, evaluate_pairs, read_task
    from w2v_nce.formats.word2vec import read_vectors

    loaded = [(path, read_task(path)) for path in tasks]
    embeddings = read_vectors(vectors)
    reports: list[dict[str, Any]] = []
    for path, task in loaded:
        report: AnalogyReport | PairReport
        if isinstance(task, AnalogyTask):
            report = evaluate_analogies(
                embeddings, task, method, restrict_vocab or None, fold_case=not match_case
            )
        else:
            report = evaluate_pairs(embeddings, task, fold_case=not match_case)
        reports.append({"task": path, **report.to_dict()})
        if not as_json:
            show_report(path, report)
    if as_json:
        document = {"schema_version": SCHEMA_VERSION, "vectors": vectors, "reports": reports}
        json.dump(document, sys.stdout, indent=2)
        print()


def show_report(path: str, report: AnalogyReport | PairReport) -> None:
    """Print a report as a table."""
    from w2v_nce.evaluation import AnalogyReport

    if isinstance(report, AnalogyReport):
        show_analogies(path, report)
    else:
        show_pairs(path, report)


def show_analogies(path: str, report: AnalogyReport) -> None:
    """Print the accuracy and coverage of every section and of the totals."""
    method = {"add": "3CosAdd", "mul": "3CosMul"}[report.method]
    scores = list(report.sections.items())
    if report.semantic.total and report.syntactic.total:
        scores += [("semantic", report.semantic), ("syntactic", report.syntactic)]
    scores.append(("total", report.total))
    rows = [
        (
            name,
            percent(score.accuracy),
            f"{score.correct:,} of {score.answered:,}",
            percent(score.coverage),
        )
        for name, score in scores
    ]
    title = f"{path}: analogies by {method} among {report.vocabulary:,} words"
    print_table(title, ("section", "accuracy", "correct", "coverage"), rows)


def show_pairs(path: str, report: PairReport) -> None:
    """Print the correlations and the coverage."""
    rows = [
        (
            "all pairs",
            "-" if report.spearman is None else f"{report.spearman:.3f}",
            "-" if report.pearson is None else f"{report.pearson:.3f}",
            f"{report.found} of {report.total}",
            percent(report.coverage),
        )
    ]
    print_table(f"{path}: word pairs", ("", "spearman", "pearson", "found", "coverage"), rows)
