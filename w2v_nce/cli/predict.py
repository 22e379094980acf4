"""``w2v-nce predict``."""

from __future__ import annotations

import sys

import click

from w2v_nce.cli.asking import scored
from w2v_nce.cli.command import Command
from w2v_nce.cli.console import print_table
from w2v_nce.cli.documents import json_line
from w2v_nce.cli.lines import batches, is_typed, read_lines


@click.command(cls=Command, section="Asking")
@click.argument("sentences", nargs=-1, metavar="[SENTENCE]...")
@click.option("-m", "--model", "folder", required=True, metavar="DIR", help="A model folder.")
@click.option(
    "-n", "count", type=click.IntRange(min=1), default=10, show_default=True, help="Words each."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each sentence.")
def predict(sentences: tuple[str, ...], folder: str, count: int, as_json: bool) -> None:
    """Print the most probable words for the gap [?] in each sentence.

    Without a SENTENCE, standard input is read, one on each line.

    \b
    w2v-nce predict -m model/ "the quick [?] fox" -n 10
    w2v-nce predict -m model/ --json < sentences.txt
    """
    from w2v_nce.formats.model_folder import load_model
    from w2v_nce.sentences import fill_gaps

    model = load_model(folder)
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
