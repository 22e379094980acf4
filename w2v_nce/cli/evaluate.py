"""``w2v-nce eval``."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from w2v_nce.cli.command import Command, Option
from w2v_nce.cli.documents import json_document
from w2v_nce.cli.options import vectors_option
from w2v_nce.cli.reports import show_report

if TYPE_CHECKING:
    from w2v_nce.cli.reports import Report


@click.command(name="eval", cls=Command, section="Measuring")
@click.argument("tasks", nargs=-1, metavar="TASK...")
@vectors_option
@click.option(
    "--likelihood",
    "texts",
    multiple=True,
    metavar="TEXT",
    cls=Option,
    group="Likelihood",
    help="Measure how well a model folder predicts a text that it was not trained on.",
)
@click.option(
    "--full-text",
    is_flag=True,
    cls=Option,
    group="Likelihood",
    help="Measure the text as it is, with probabilities that are corrected for the"
    " subsampling. Default: of text with frequent words dropped as in training.",
)
@click.option(
    "--examples",
    type=click.IntRange(min=0),
    default=20000,
    show_default=True,
    metavar="N",
    cls=Option,
    group="Likelihood",
    help="Examples, chosen by chance from all of the text; 0 for all.",
)
@click.option(
    "--method",
    type=click.Choice(["add", "mul"]),
    default="add",
    show_default=True,
    cls=Option,
    group="Analogies",
    help="3CosAdd or 3CosMul.",
)
@click.option(
    "--restrict-vocab",
    type=click.IntRange(min=0),
    default=30000,
    show_default=True,
    metavar="N",
    cls=Option,
    group="Analogies",
    help="Use only the N most frequent words; 0 for all.",
)
@click.option("--match-case", is_flag=True, help="Tell upper and lower case apart.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def evaluate(
    tasks: tuple[str, ...],
    vectors: str,
    texts: tuple[str, ...],
    full_text: bool,
    examples: int,
    method: str,
    restrict_vocab: int,
    match_case: bool,
    as_json: bool,
) -> None:
    """Measure word vectors on analogy questions and on word pairs, and models on text.

    What a TASK is, its content tells: lines of four words are analogies, with ": section"
    lines between; lines of two words and a number are pairs with human similarity scores.

    \b
    w2v-nce eval questions-words.txt
    w2v-nce eval wordsim353.tsv men.txt -m vectors.txt.gz --json
    w2v-nce eval --likelihood heldout.txt -m model/
    """
    if not tasks and not texts:
        raise click.UsageError("name a TASK, or a text with --likelihood")
    if full_text and not texts:
        raise click.UsageError("--full-text is about --likelihood; name a text with it")
    documents = []
    for path, report in itertools.chain(
        measure_vectors(vectors, tasks, method, restrict_vocab or None, not match_case),
        measure_model(vectors, texts, examples or None, full_text),
    ):
        documents.append({"file": path, **report.to_dict()})
        if not as_json:
            show_report(path, report)
    if as_json:
        print(json_document(vectors=vectors, reports=documents))


def measure_vectors(
    vectors: str, tasks: tuple[str, ...], method: str, limit: int | None, fold_case: bool
) -> Iterator[tuple[str, Report]]:
    """Yield a report on each task."""
    from w2v_nce.evaluation import AnalogyTask, evaluate_analogies, evaluate_pairs, read_task
    from w2v_nce.formats.vectors import load_vectors

    loaded = [(path, read_task(path)) for path in tasks]
    if not loaded:
        return
    embeddings = load_vectors(vectors)
    for path, task in loaded:
        if isinstance(task, AnalogyTask):
            yield path, evaluate_analogies(embeddings, task, method, limit, fold_case)
        else:
            yield path, evaluate_pairs(embeddings, task, fold_case=fold_case)


def measure_model(
    folder: str, texts: tuple[str, ...], examples: int | None, full_text: bool
) -> Iterator[tuple[str, Report]]:
    """Yield a report on each text."""
    if not texts:
        return
    from w2v_nce.corpus.sources import Corpus
    from w2v_nce.evaluation.likelihood import evaluate_likelihood
    from w2v_nce.formats.model_folder import load_model

    corpora = [(path, Corpus.open([path])) for path in texts]
    model = load_model(folder)
    for path, corpus in corpora:
        yield path, evaluate_likelihood(model, corpus, examples, full_text)
