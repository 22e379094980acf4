"""``w2v-nce complete``."""

from __future__ import annotations

import click

from w2v_nce.cli.command import Command
from w2v_nce.cli.console import percent, print_table
from w2v_nce.cli.documents import json_document


@click.command(cls=Command, section="Measuring")
@click.argument("tasks", nargs=-1, required=True, metavar="QUESTIONS...")
@click.option("-m", "--model", "folder", required=True, metavar="DIR", help="A model folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def complete(tasks: tuple[str, ...], folder: str, as_json: bool) -> None:
    """Measure how often a model chooses the right word for a gap, of some candidates.

    Each line of QUESTIONS is a sentence with a gap [?], the right word and other words, with
    tabs between.

    \b
    w2v-nce complete questions.tsv -m model/
    """
    from w2v_nce.evaluation.completion import evaluate_completion, read_questions
    from w2v_nce.formats.model_folder import load_model

    loaded = [(path, read_questions(path)) for path in tasks]
    model = load_model(folder)
    reports = [(path, evaluate_completion(model, questions)) for path, questions in loaded]
    if as_json:
        documents = [{"file": path, **report.to_dict()} for path, report in reports]
        print(json_document(model=folder, reports=documents))
        return
    for path, report in reports:
        row = (
            "all questions",
            percent(report.accuracy),
            f"{report.correct} of {report.questions}",
            percent(report.chance),
            percent(report.known / report.questions),
        )
        header = ("", "accuracy", "correct", "by chance", "answer known")
        print_table(f"{path}: sentence completion", header, [row])
