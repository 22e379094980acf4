"""``w2v-nce analogy``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from w2v_nce.cli.asking import (
    STANDARD_INPUT,
    answer_arguments,
    answer_lines,
    query_options,
    score_rows,
    scored,
    show_json,
    whole_line,
)
from w2v_nce.cli.command import Command
from w2v_nce.cli.console import print_table
from w2v_nce.cli.lines import refuse_reading_twice

if TYPE_CHECKING:
    from w2v_nce.cli.asking import Answer
    from w2v_nce.embeddings import Embeddings


@click.command(cls=Command, section="Asking")
@click.argument("words", nargs=-1, required=True, metavar="A B C")
@query_options(count=True)
@click.option(
    "--method",
    type=click.Choice(["add", "mul"]),
    default="add",
    show_default=True,
    help="3CosAdd, cos(b) - cos(a) + cos(c), or 3CosMul, their product.",
)
def analogy(
    words: tuple[str, ...],
    vectors: str,
    count: int,
    restrict_vocab: int,
    method: str,
    as_json: bool,
) -> None:
    """Print the best answers to "A is to B as C is to what?".

    With - alone, standard input is read, three words on each line.

    \b
    w2v-nce analogy man king woman
    w2v-nce analogy - --method mul --json < questions.txt
    """
    from w2v_nce.formats.vectors import load_vectors
    from w2v_nce.queries import analogies

    def ask(embeddings: Embeddings, queries: list[list[str]]) -> list[Answer]:
        return analogies(embeddings, queries, count, method, restrict_vocab)

    def show(query: list[str], answer: Answer) -> None:
        if as_json:
            show_json(query, method=method, answers=scored("score", answer))
        else:
            a, b, c = query
            title = f"{a} is to {b} as {c} is to:"
            print_table(title, ("word", "score"), score_rows(answer))

    refuse_reading_twice(*words, vectors)
    if words == STANDARD_INPUT:
        answer_lines(load_vectors(vectors), whole_line, ask, show, as_json)
    else:
        if len(words) != 3:
            raise click.UsageError(f"an analogy takes three words, not {len(words)}")
        answer_arguments(load_vectors(vectors), [list(words)], ask, show)
