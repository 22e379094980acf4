"""``w2v-nce convert``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from w2v_nce.cli.command import Command
from w2v_nce.cli.lines import read_lines, refuse_reading_twice
from w2v_nce.cli.options import vectors_kinds
from w2v_nce.errors import OutputError

if TYPE_CHECKING:
    from w2v_nce.embeddings import Embeddings

NAMED = 5  # unknown words that are named


@click.command(cls=Command, section="Files of vectors")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option(
    "--to",
    "kind",
    type=vectors_kinds,
    help="The format of TO. Default: by its name; .bin is binary; .npy; .safetensors; .tsv is for"
    " TensorBoard's projector; anything else, such as .txt or fastText's .vec, is text.",
)
@click.option(
    "--words", "words_file", metavar="FILE", help="Keep only the words in FILE, one on each line."
)
@click.option(
    "--top", type=click.IntRange(min=1), metavar="N", help="Keep only the N most frequent words."
)
@click.option("--remove-mean", is_flag=True, help="Subtract the mean of all vectors.")
@click.option(
    "--all-but-the-top",
    "directions",
    type=click.IntRange(min=0),
    metavar="D",
    help="Subtract the mean, and what is left in the D main directions (Mu & Viswanath 2018).",
)
@click.option("--normalise", "--normalize", is_flag=True, help="Scale vectors to length 1.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def convert(
    source: str,
    target: str,
    kind: str | None,
    words_file: str | None,
    top: int | None,
    remove_mean: bool,
    directions: int | None,
    normalise: bool,
    quiet: bool,
) -> None:
    """Write vectors in another format, all or some, as they are or changed.

    FROM is a file of vectors in any format, which its content tells, or a model folder. Text and
    binary files are compressed if TO ends in .gz, .xz or .zst. Matrices (.npy, .safetensors, .tsv)
    have their words in a file beside them. What is asked for is done in the order of the options.

    \b
    w2v-nce convert vectors.bin vectors.txt.gz --top 50000
    w2v-nce convert glove.6B.300d.txt glove.npy --all-but-the-top 3 --normalise
    """
    from w2v_nce.formats.vectors import load_vectors, open_vectors_file
    from w2v_nce.postprocess import all_but_the_top, most_frequent, normalised, without_mean

    refuse_same(source, target)
    refuse_reading_twice(source, words_file)
    words = [line for line in read_lines(words_file) if line] if words_file else None
    with open_vectors_file(target, kind) as file:
        embeddings = load_vectors(source)
        if words is not None:
            embeddings = keep_words(embeddings, words, quiet)
        if top is not None:
            embeddings = most_frequent(embeddings, top)
        if remove_mean:
            embeddings = without_mean(embeddings)
        if directions is not None:
            embeddings = all_but_the_top(embeddings, directions)
        if normalise:
            embeddings = normalised(embeddings)
        file.save(embeddings)
    if not quiet:
        click.echo(f"vectors     {target} ({len(embeddings):,} x {embeddings.dim})", err=True)


def refuse_same(source: str, target: str) -> None:
    """Make sure that vectors are not replaced by what is made of them.

    Raises:
        OutputError: if they would be.
    """
    if Path(source).exists() and Path(target).exists() and Path(source).samefile(target):
        raise OutputError(f"{target} holds the vectors that are read; choose another name")


def keep_words(embeddings: Embeddings, words: list[str], quiet: bool) -> Embeddings:
    """Return the vectors of some words, and say which have none."""
    from w2v_nce.postprocess import selected

    chosen, unknown = selected(embeddings, words)
    if unknown and not quiet:
        named = ", ".join(unknown[:NAMED]) + (", …" if len(unknown) > NAMED else "")
        share = f"{len(unknown):,} of {len(unknown) + len(chosen):,}"
        click.echo(f"unknown     {share} words: {named}", err=True)
    return chosen
