"""``w2v-nce odd-one-out``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from w2v_nce.cli.asking import (
    STANDARD_INPUT,
    answer_arguments,
    answer_lines,
    query_options,
    scored,
    show_json,
    whole_line,
)
from w2v_nce.cli.command import Command
from w2v_nce.cli.lines import refuse_reading_twice

if TYPE_CHECKING:
    from w2v_nce.cli.asking import Answer


@click.command(name="odd-one-out", cls=Command, section="Asking")
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@query_options(count=False)
def odd_one_out(words: tuple[str, ...], vectors: str, as_json: bool) -> None:
    """Print the word that is farthest, by cosine, from the mean of all.

    With - for a WORD, standard input is read, three words or more on each line.

    \b
    w2v-nce odd-one-out breakfast lunch dinner cereal
    w2v-nce odd-one-out - --json < groups.txt
    """
    from w2v_nce.formats.vectors import load_vectors
    from w2v_nce.queries import odd_ones_out

    def show(query: list[str], answer: Answer) -> None:
        if as_json:
            show_json(query, odd=answer[0][0], words=scored("cosine", answer))
        else:
            print(answer[0][0])

    refuse_reading_twice(*words, vectors)
    if words == STANDARD_INPUT:
        answer_lines(load_vectors(vectors), whole_line, odd_ones_out, show, as_json)
    else:
        answer_arguments(load_vectors(vectors), [list(words)], odd_ones_out, show)
