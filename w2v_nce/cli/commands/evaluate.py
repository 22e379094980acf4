"""``w2v-nce eval`` and ``complete``."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

import click

from w2v_nce.cli.options.command import Command
from w2v_nce.cli.options.option import json_option, model_option, option, vectors_option
from w2v_nce.cli.options.values import FileName, TextName
from w2v_nce.cli.terminal.console import percent, print_table
from w2v_nce.files.json_documents import json_document

if TYPE_CHECKING:
    from w2v_nce.evaluation.analogies import AnalogyReport
    from w2v_nce.evaluation.likelihood import LikelihoodReport
    from w2v_nce.evaluation.similarity import PairReport

    Report: TypeAlias = AnalogyReport | PairReport | LikelihoodReport


@click.command(name="eval", cls=Command, section="Measuring")
@click.argument("tasks", nargs=-1, type=FileName(), metavar="TASK...")
@vectors_option
@option(
    "--likelihood",
    "texts",
    type=TextName(),
    multiple=True,
    metavar="TEXT",
    group="Likelihood",
    help="Measure how well a model folder predicts a text that it was not trained on; may be given"
    " several times.",
)
@option(
    "--full-text",
    is_flag=True,
    group="Likelihood",
    help="Measure on the full text, with probabilities corrected for subsampling. Default:"
    " subsample the text as in training.",
)
@option(
    "--examples",
    type=click.IntRange(min=0),
    default=20000,
    show_default=True,
    metavar="N",
    group="Likelihood",
    help="Number of examples, drawn at random from the whole text; 0 for all.",
)
@option(
    "--method",
    type=click.Choice(["add", "mul"]),
    default="add",
    show_default=True,
    group="Analogies",
    help="add: 3CosAdd; mul: 3CosMul.",
)
@option(
    "--restrict-vocab",
    type=click.IntRange(min=0),
    default=30000,
    show_default=True,
    metavar="N",
    group="Analogies",
    help="Use only the N most frequent words; 0 for all.",
)
@option("--match-case", is_flag=True, help="Distinguish upper and lower case.")
@json_option
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
    """Evaluate word vectors on analogy questions and word pairs, and models on text.

    The type of a TASK is recognised by its content: lines of four words are analogies, with
    ": section" lines between; lines of two words and a number are pairs with human similarity
    scores.

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
    from w2v_nce.embeddings.embeddings import Embeddings
    from w2v_nce.evaluation.analogies import evaluate_analogies
    from w2v_nce.evaluation.similarity import evaluate_pairs
    from w2v_nce.evaluation.tasks import AnalogyTask, read_task

    loaded = [(path, read_task(path)) for path in tasks]
    if not loaded:
        return
    embeddings = Embeddings.load(vectors)
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
    from w2v_nce.model.model import Model

    corpora = [(path, Corpus.open([path])) for path in texts]
    model = Model.load(folder)
    for path, corpus in corpora:
        yield path, evaluate_likelihood(model, corpus, examples, full_text)


@click.command(cls=Command, section="Measuring")
@click.argument("tasks", nargs=-1, required=True, type=FileName(), metavar="QUESTIONS...")
@model_option
@json_option
def complete(tasks: tuple[str, ...], folder: str, as_json: bool) -> None:
    """Measure how often a model chooses the right word for a gap among some candidates.

    Each line of QUESTIONS holds a sentence with a gap [?], the right word and other words,
    separated by tabs.

    \b
    w2v-nce complete questions.tsv -m model/
    """
    from w2v_nce.evaluation.completion import evaluate_completion, read_questions
    from w2v_nce.model.model import Model

    loaded = [(path, read_questions(path)) for path in tasks]
    model = Model.load(folder)
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


LIKELY = 1 / 64  # the table of calibration shows only probabilities above this


def show_report(path: str, report: Report) -> None:
    """Print a report as one or two tables."""
    from w2v_nce.evaluation.analogies import AnalogyReport
    from w2v_nce.evaluation.similarity import PairReport

    if isinstance(report, AnalogyReport):
        show_analogies(path, report)
    elif isinstance(report, PairReport):
        show_pairs(path, report)
    else:
        show_likelihood(path, report)


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
            f"{report.found:,} of {report.total:,}",
            percent(report.coverage),
        )
    ]
    print_table(f"{path}: word pairs", ("", "spearman", "pearson", "found", "coverage"), rows)


def show_likelihood(path: str, report: LikelihoodReport) -> None:
    """Print perplexities, log Z and the calibration of the probabilities."""
    thinned = f"as in training (sample {report.sample:g})" if report.sample else "not"
    rows = [
        ("perplexity", f"{report.perplexity:.1f}"),
        ("perplexity, trusting Z = 1", f"{report.trusting_perplexity:.1f}"),
        ("perplexity of the unigram", f"{report.unigram_perplexity:.1f}"),
        ("log Z, mean", f"{report.mean_log_z:.3f}"),
        ("log Z, standard deviation", f"{report.sd_log_z:.3f}"),
        *calibrated_rows(report),
        ("nce loss", f"{report.nce_loss:.3f}"),
        ("calibration error, first choice", f"{report.calibration_error:.4f}"),
        ("misplaced probability", f"{report.misplaced:.4f}"),
        ("known words", percent(report.coverage)),
        ("examples", f"{report.examples:,} of {report.text_examples:,}"),
    ]
    print_table(f"{path}: likelihood; frequent words dropped: {thinned}", ("", "value"), rows)
    levels = [
        (f"{level.above:.2g} to {2 * level.above:.2g}", f"{level.count:,}",
         f"{level.predicted:.5f}", f"{level.observed:.5f}")
        for level in report.calibration
        if level.above >= LIKELY
    ]  # fmt: skip
    header = ("probability", "words", "predicted", "observed")
    print_table("calibration: predicted and observed frequencies", header, levels)


def calibrated_rows(report: LikelihoodReport) -> list[tuple[str, str]]:
    """Return the rows of a calibrated model."""
    if report.calibrated_perplexity is None:
        return []
    return [
        ("perplexity, log Z predicted", f"{report.calibrated_perplexity:.1f}"),
        ("log Z less prediction, s.d.", f"{report.sd_calibrated_log_z:.3f}"),
    ]
