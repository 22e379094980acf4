"""``w2v-nce predict``, ``score`` and ``calibrate``: commands that use a model's probabilities."""

from __future__ import annotations

import sys
from typing import Any

import click

from w2v_nce.cli.commands.query import scored
from w2v_nce.cli.options.command import Command
from w2v_nce.cli.options.option import json_option, model_option, option
from w2v_nce.cli.options.values import FileName, FolderName, TextName
from w2v_nce.cli.terminal.console import print_table
from w2v_nce.cli.terminal.lines import batches, is_typed, read_lines
from w2v_nce.files.json_documents import json_document, json_line
from w2v_nce.settings.train_config import CALIBRATION_CONTEXTS
from w2v_nce.text import split_words


@click.command(cls=Command, section="Asking")
@click.argument("sentences", nargs=-1, metavar="[SENTENCE]...")
@model_option
@option(
    "-n",
    "count",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="Number of words for each sentence.",
)
@option("--json", "as_json", is_flag=True, help="Print a JSON object for each sentence.")
def predict(sentences: tuple[str, ...], folder: str, count: int, as_json: bool) -> None:
    """Print the most probable words for the gap [?] in each sentence.

    Without a SENTENCE, read standard input, one sentence on each line.

    \b
    w2v-nce predict -m model/ "the quick [?] fox" -n 10
    w2v-nce predict -m model/ --json < sentences.txt
    """
    from w2v_nce.model.model import Model
    from w2v_nce.model.sentences import fill_gaps

    model = Model.load(folder)
    lines = iter(sentences) if sentences else read_lines("-")
    for batch in batches(lines, not sentences and is_typed("-")):
        for sentence, words in zip(batch, fill_gaps(model, batch, count), strict=True):
            show(sentence, words, as_json)
        sys.stdout.flush()


def show(sentence: str, words: list[tuple[str, float]], as_json: bool) -> None:
    """Print the words for one sentence."""
    if as_json:
        print(json_line(sentence=sentence, answers=scored("probability", words)))
    else:
        rows = [(word, f"{value:.4f}") for word, value in words]
        print_table(sentence, ("word", "probability"), rows)


@click.command(cls=Command, section="Asking")
@click.argument("text", type=FileName(), default="-", metavar="[TEXT]")
@model_option
@option(
    "--normalize",
    type=click.Choice(["exact", "fast", "none"]),
    default="exact",
    show_default=True,
    help="exact: sum over the whole vocabulary; fast: use the sum that a calibrated model predicts;"
    " none: take the scores of NCE for log-probabilities.",
)
@option("--words", is_flag=True, help="Also print each word with its log-probability.")
@option("--json", "as_json", is_flag=True, help="Print a JSON object for each line.")
def score(text: str, folder: str, normalize: str, words: bool, as_json: bool) -> None:
    """Print the log-probability of each line of a text: of its words given their neighbours.

    For each line, print the sum over its words (natural logarithms), a tab, and the number of
    words. Words that the model does not know are left out.

    \b
    w2v-nce score -m model/ < sentences.txt
    w2v-nce score sentences.txt -m model/ --words
    """
    from w2v_nce.model.model import Model
    from w2v_nce.model.sentences import score_sentences

    model = Model.load(folder)
    for lines in batches(read_lines(text), is_typed(text)):
        found = score_sentences(model, [split_words(line) for line in lines], normalize)
        for line, logs in zip(lines, found, strict=True):
            print(describe(line, logs, words, as_json))
        sys.stdout.flush()


def describe(line: str, logs: list[float | None], words: bool, as_json: bool) -> str:
    """Return the line of output for a sentence."""
    known = [log for log in logs if log is not None]
    total = sum(known, 0.0)
    pairs = list(zip(split_words(line), logs, strict=True))
    if as_json:
        document: dict[str, Any] = {
            "sentence": line,
            "log_prob": total,
            "words": len(known),
        }
        if words:
            document["tokens"] = [{"word": word, "log_prob": log} for word, log in pairs]
        return json_line(**document)
    fields = [f"{total:.4f}", str(len(known))]
    if words:
        fields += [f"{word} {'-' if log is None else format(log, '.4f')}" for word, log in pairs]
    return "\t".join(fields)


@click.command(cls=Command, section="Training", python="calibrate_folder")
@click.argument("folder", type=FolderName(), metavar="MODEL")
@click.argument("texts", nargs=-1, required=True, type=TextName(), metavar="TEXT...")
@option(
    "--contexts",
    type=click.IntRange(min=100),
    default=CALIBRATION_CONTEXTS,
    show_default=True,
    metavar="N",
    help="Number of contexts to fit on, drawn at random.",
)
@json_option
def calibrate(folder: str, texts: tuple[str, ...], contexts: int, as_json: bool) -> None:
    """Calibrate a model folder: fit the temperature of its predictions, and predict log Z.

    'score', 'predict', 'complete' and 'eval --likelihood' then have truer probabilities, and 'score
    --normalize fast' needs no sum over all words. The TEXT should be like the text to be scored,
    preferably not seen in training; the training text will do.

    \b
    w2v-nce calibrate model/ heldout.txt
    """
    from w2v_nce.cli.run.results import describe_calibration
    from w2v_nce.cli.terminal.bars import StepDisplay
    from w2v_nce.corpus.sources import Corpus
    from w2v_nce.model.fitting import calibrate_folder

    with StepDisplay(quiet=False) as display:
        display.begin("calibrating", 2)
        fits = calibrate_folder(folder, Corpus.open(texts), contexts, display.advance)
    for line in describe_calibration(fits):
        click.echo(line, err=True)
    if as_json:
        found = {name: {"method": fit.method, "error": fit.error} for name, fit in fits.items()}
        print(json_document(model=folder, **found))
