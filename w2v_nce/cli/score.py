"""``w2v-nce score``."""

from __future__ import annotations

import sys
from typing import Any

import click

from w2v_nce.cli.command import Command
from w2v_nce.cli.documents import json_line
from w2v_nce.cli.lines import batches, is_typed, read_lines
from w2v_nce.text import split_words


@click.command(cls=Command, section="Asking")
@click.argument("text", default="-", metavar="[TEXT]")
@click.option("-m", "--model", "folder", required=True, metavar="DIR", help="A model folder.")
@click.option(
    "--normalize",
    type=click.Choice(["exact", "fast", "none"]),
    default="exact",
    show_default=True,
    help="exact: sum over the whole vocabulary; fast: what a calibrated model predicts of the sum;"
    " none: trust the scores of NCE as they are.",
)
@click.option("--words", is_flag=True, help="Print every word with its log-probability, too.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each line.")
def score(text: str, folder: str, normalize: str, words: bool, as_json: bool) -> None:
    """Print the log-probability of every line of a text: its words given their neighbours.

    For each line, the sum over its words (natural logarithms), a tab, and how many words that
    are. Words that the model does not know are left out.

    \b
    w2v-nce score -m model/ < sentences.txt
    w2v-nce score sentences.txt -m model/ --words
    """
    from w2v_nce.formats.model_folder import load_model
    from w2v_nce.sentences import score_sentences

    model = load_model(folder)
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
