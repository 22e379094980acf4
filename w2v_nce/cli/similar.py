"""``w2v-nce similar``."""

from __future__ import annotations

from collections.abc import Iterable
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
    split_query,
    whole_line,
)
from w2v_nce.cli.command import Command
from w2v_nce.cli.console import print_table
from w2v_nce.cli.lines import refuse_reading_twice

if TYPE_CHECKING:
    from w2v_nce.cli.asking import Answer
    from w2v_nce.embeddings import Embeddings


@click.command(cls=Command, section="Asking")
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@query_options(count=True)
@click.option("--together", is_flag=True, help="What is near to all words, i.e. to their mean.")
@click.option(
    "--index",
    "index_file",
    metavar="FILE",
    help="Search by an index of 'w2v-nce index': quicker among many words, but may miss some.",
)
def similar(
    words: tuple[str, ...],
    vectors: str,
    count: int,
    restrict_vocab: int,
    together: bool,
    index_file: str | None,
    as_json: bool,
) -> None:
    """Print the words nearest to each WORD, by cosine.

    With - for a WORD, standard input is read: each word in it is a query, or with --together each
    line. Words on a line are separated by tabs if there are any, else by blanks.

    \b
    w2v-nce similar king queen -n 5
    w2v-nce similar king queen --together -m model/
    w2v-nce similar - --json < words.txt
    """
    from w2v_nce.formats.index_file import load_index
    from w2v_nce.formats.vectors import load_vectors
    from w2v_nce.queries import neighbours

    refuse_reading_twice(*words, vectors)
    embeddings = load_vectors(vectors)
    index = load_index(index_file, embeddings) if index_file else None

    def ask(embeddings: Embeddings, queries: list[list[str]]) -> list[Answer]:
        return neighbours(embeddings, queries, count, restrict_vocab, index)

    def show(query: list[str], answer: Answer) -> None:
        if as_json:
            show_json(query, neighbours=scored("cosine", answer))
        else:
            print_table(" ".join(query), ("word", "cosine"), score_rows(answer))

    def split(line: str) -> list[list[str]]:
        return whole_line(line) if together else one_by_one(split_query(line))

    if words == STANDARD_INPUT:
        answer_lines(embeddings, split, ask, show, as_json)
    else:
        queries = [list(words)] if together else one_by_one(words)
        answer_arguments(embeddings, queries, ask, show)


def one_by_one(words: Iterable[str]) -> list[list[str]]:
    """Return a query for each word."""
    return [[word] for word in words]
