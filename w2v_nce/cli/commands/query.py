"""``w2v-nce similar``, ``analogy`` and ``odd-one-out``: queries that vectors answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from w2v_nce.cli.options.command import Command
from w2v_nce.cli.options.option import Decorator, Function, option, vectors_option
from w2v_nce.cli.options.values import FileName
from w2v_nce.cli.terminal.console import print_table, printable
from w2v_nce.cli.terminal.errors import spelled
from w2v_nce.cli.terminal.lines import batches, is_typed, read_lines, refuse_reading_twice
from w2v_nce.errors import InputError
from w2v_nce.files.json_documents import json_line
from w2v_nce.text import split_words

if TYPE_CHECKING:
    from w2v_nce.embeddings.embeddings import Embeddings

    Answer: TypeAlias = list[tuple[str, float]]
    #: A function that answers some queries.
    Ask = Callable[[Embeddings, list[list[str]]], list[Answer]]
    #: A function that prints the answer to a query.
    Show = Callable[[list[str], Answer], None]

STANDARD_INPUT = ("-",)


def query_options(count: bool) -> Decorator:
    """Give a command the options of all queries; ``count`` adds those of a search for words."""
    options = [
        vectors_option,
        option("--json", "as_json", is_flag=True, help="Print a JSON object for each query."),
    ]
    if count:
        options[1:1] = [
            option(
                "-n",
                "count",
                type=click.IntRange(min=1),
                default=10,
                show_default=True,
                help="Number of answers to each query.",
            ),
            option(
                "--restrict-vocab",
                type=click.IntRange(min=0),
                default=0,
                metavar="N",
                help="Search only the N most frequent words. Default: 0, all of them.",
            ),
        ]

    def decorate(command: Function) -> Function:
        for each in reversed(options):
            command = each(command)
        return command

    return decorate


def split_query(line: str) -> list[str]:
    """Return the words of a line, separated by tabs if it has any, otherwise by blanks."""
    return [field for field in line.split("\t") if field] if "\t" in line else split_words(line)


def whole_line(line: str) -> list[list[str]]:
    """Return the words of a line as one query, or none if there are none."""
    return [query] if (query := split_query(line)) else []


def answer_arguments(
    embeddings: Embeddings, queries: list[list[str]], ask: Ask, show: Show
) -> None:
    """Print the answers to the queries of the command line, all of which must have one."""
    for query, answer in zip(queries, ask(embeddings, queries), strict=True):
        show(query, answer)


def answer_lines(
    embeddings: Embeddings,
    split: Callable[[str], Iterable[list[str]]],
    ask: Ask,
    show: Show,
    as_json: bool,
) -> None:
    """Print the answers to the queries in the lines of standard input, many at a time.

    An error stands in the place of an answer, and the other queries are answered.

    Raises:
        InputError: in the end, if a query could not be answered.
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
    """Yield each query with its answer or its error."""
    if all(word in embeddings for query in queries for word in query):
        try:
            yield from zip(queries, ask(embeddings, queries), strict=True)
            return
        except InputError:
            pass  # each by itself tells which one is wrong
    for query in queries:
        try:
            yield query, ask(embeddings, [query])[0]
        except InputError as error:
            yield query, error


def show_error(query: Sequence[str], error: InputError, as_json: bool) -> None:
    """Print the error of a query."""
    message = spelled(str(error))
    if as_json:
        from w2v_nce.embeddings.word_vectors import UnknownWordError

        near = error.suggestions if isinstance(error, UnknownWordError) else []
        show_json(query, error=message, suggestions=near)
    else:
        click.echo(f"w2v-nce: {printable(' '.join(message.split()))}", err=True)


def show_json(query: Sequence[str], **fields: Any) -> None:
    """Print a JSON object on a line."""
    print(json_line(query=list(query), **fields))


def scored(name: str, answer: Answer) -> list[dict[str, Any]]:
    """Return words with their scores, for JSON."""
    return [{"word": word, name: score} for word, score in answer]


def score_rows(answer: Answer) -> list[tuple[str, str]]:
    """Return words with their scores, for a table."""
    return [(word, f"{score:.4f}") for word, score in answer]


@click.command(cls=Command, section="Asking")
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@query_options(count=True)
@option("--together", is_flag=True, help="Treat the words as one query: search near their mean.")
@option(
    "--index",
    "index_file",
    type=FileName(),
    metavar="FILE",
    help="Search with an index made by 'w2v-nce index': faster among many words, but it may miss"
    " some.",
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

    If WORD is -, read standard input: each word is a query or, with --together, each line. Words
    on a line are separated by tabs if there are any, otherwise by blanks.

    \b
    w2v-nce similar king queen -n 5
    w2v-nce similar king queen --together -m model/
    w2v-nce similar - --json < words.txt
    """
    from w2v_nce.embeddings.embeddings import Embeddings
    from w2v_nce.embeddings.index import load_index
    from w2v_nce.embeddings.queries import neighbours

    refuse_reading_twice(*words, vectors)
    embeddings = Embeddings.load(vectors)
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


@click.command(cls=Command, section="Asking")
@click.argument("words", nargs=-1, required=True, metavar="A B C")
@query_options(count=True)
@option(
    "--method",
    type=click.Choice(["add", "mul"]),
    default="add",
    show_default=True,
    help="add: 3CosAdd, cos(b) - cos(a) + cos(c); mul: 3CosMul, cos(b) cos(c) / cos(a).",
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

    If - stands in place of the words, read standard input, three words on each line.

    \b
    w2v-nce analogy man king woman
    w2v-nce analogy - --method mul --json < questions.txt
    """
    from w2v_nce.embeddings.embeddings import Embeddings
    from w2v_nce.embeddings.queries import analogies

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
        answer_lines(Embeddings.load(vectors), whole_line, ask, show, as_json)
    else:
        if len(words) != 3:
            raise click.UsageError(f"an analogy takes three words, not {len(words)}")
        answer_arguments(Embeddings.load(vectors), [list(words)], ask, show)


@click.command(name="odd-one-out", cls=Command, section="Asking")
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@query_options(count=False)
def odd_one_out(words: tuple[str, ...], vectors: str, as_json: bool) -> None:
    """Print the word whose cosine with the mean of all is lowest.

    If WORD is -, read standard input, three words or more on each line.

    \b
    w2v-nce odd-one-out breakfast lunch dinner cereal
    w2v-nce odd-one-out - --json < groups.txt
    """
    from w2v_nce.embeddings.embeddings import Embeddings
    from w2v_nce.embeddings.queries import odd_ones_out

    def show(query: list[str], answer: Answer) -> None:
        if as_json:
            show_json(query, odd=answer[0][0], words=scored("cosine", answer))
        else:
            print(answer[0][0])

    refuse_reading_twice(*words, vectors)
    if words == STANDARD_INPUT:
        answer_lines(Embeddings.load(vectors), whole_line, odd_ones_out, show, as_json)
    else:
        answer_arguments(Embeddings.load(vectors), [list(words)], odd_ones_out, show)
