"""What the commands have in common that ask something of vectors."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from w2v_nce.cli.console import printable
from w2v_nce.cli.documents import json_line
from w2v_nce.cli.lines import batches, is_typed, read_lines
from w2v_nce.cli.options import Command, vectors_option
from w2v_nce.errors import InputError
from w2v_nce.text import split_words

if TYPE_CHECKING:
    from w2v_nce.embeddings import Embeddings

    Answer: TypeAlias = list[tuple[str, float]]
    #: Answers some queries.
    Ask = Callable[[Embeddings, list[list[str]]], list[Answer]]
    #: Prints the answer to a query.
    Show = Callable[[list[str], Answer], None]

STANDARD_INPUT = ("-",)


def query_options(count: bool) -> Callable[[Command], Command]:
    """Give a command the options of all queries; ``count`` for those that search for words."""
    options = [
        vectors_option,
        click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each query."),
    ]
    if count:
        options[1:1] = [
            click.option(
                "-n",
                "count",
                type=click.IntRange(min=1),
                default=10,
                show_default=True,
                help="Words each.",
            ),
            click.option(
                "--restrict-vocab",
                type=click.IntRange(min=0),
                default=0,
                metavar="N",
                help="Search only the N most frequent words. Default: 0, all of them.",
            ),
        ]

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def split_query(line: str) -> list[str]:
    """Return the words of a line: between tabs if it has any, else between blanks."""
    return [field for field in line.split("\t") if field] if "\t" in line else split_words(line)


def whole_line(line: str) -> list[list[str]]:
    """Return the words of a line as one query, or none if there are none."""
    return [query] if (query := split_query(line)) else []


def answer_arguments(
    embeddings: Embeddings, queries: list[list[str]], ask: Ask, show: Show
) -> None:
    """Answer the queries of the command line; one that cannot be answered is an error."""
    for query, answer in zip(queries, ask(embeddings, queries), strict=True):
        show(query, answer)


def answer_lines(
    embeddings: Embeddings,
    split: Callable[[str], Iterable[list[str]]],
    ask: Ask,
    show: Show,
    as_json: bool,
) -> None:
    """Answer the queries in the lines of standard input, many at a time.

    What is wrong with a query is said in its place, and the others are answered.

    Raises:
        InputError: in the end, if any could not be answered.
    """
    total = wrong = 0
    for lines in batches(read_lines("-"), is_typed("-")):
        queries = [query for line in lines for query in split(line)]
        for query, answer in answers(embeddings, queries, ask):
            total += 1
            if isinstance(answer, InputError):
                wrong += 1
                show_error(query, answer, as_json)
            else:
                show(query, answer)
        sys.stdout.flush()
    if wrong:
        raise InputError(f"{wrong:,} of {total:,} queries could not be answered")


def answers(
    embeddings: Embeddings, queries: list[list[str]], ask: Ask
) -> Iterator[tuple[list[str], Answer | InputError]]:
    """Yield each query with its answer, or with what is wrong with it."""
    if all(word in embeddings for query in queries for word in query):
        try:
            yield from zip(queries, ask(embeddings, queries), strict=True)
            return
        except InputError:
            pass  # find out whose it is
    for query in queries:
        try:
            yield query, ask(embeddings, [query])[0]
        except InputError as error:
            yield query, error


def show_error(query: Sequence[str], error: InputError, as_json: bool) -> None:
    """Say what is wrong with a query."""
    if as_json:
        from w2v_nce.embeddings import UnknownWordError

        near = error.suggestions if isinstance(error, UnknownWordError) else []
        show_json(query, error=str(error), suggestions=near)
    else:
        click.echo(f"w2v-nce: {printable(' '.join(str(error).split()))}", err=True)


def show_json(query: Sequence[str], **fields: Any) -> None:
    """Print an object on a line."""
    print(json_line(query=list(query), **fields))


def scored(name: str, answer: Answer) -> list[dict[str, Any]]:
    """Return words with their scores, for JSON."""
    return [{"word": word, name: score} for word, score in answer]


def score_rows(answer: Answer) -> list[tuple[str, str]]:
    """Return words with their scores, for a table."""
    return [(word, f"{score:.4f}") for word, score in answer]
