"""``w2v-nce convert``, ``cluster`` and ``index``: commands that turn vectors into files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from w2v_nce.cli.options.command import Command
from w2v_nce.cli.options.option import option, quiet_option, threads_option, vectors_kinds
from w2v_nce.cli.options.values import FileName, ResultName
from w2v_nce.cli.terminal.lines import read_lines, refuse_reading_twice
from w2v_nce.errors import OutputError

if TYPE_CHECKING:
    from w2v_nce.embeddings.embeddings import Embeddings

NAMED = 5  # unknown words that are named


@click.command(cls=Command, section="Files of vectors")
@click.argument("source", type=FileName(), metavar="FROM")
@click.argument("target", type=ResultName(), metavar="TO")
@option(
    "--to",
    "kind",
    type=vectors_kinds,
    help="Format of TO. Default: by its name: .bin, .npy, .safetensors, .tsv for TensorBoard's"
    " projector; anything else, such as .txt or fastText's .vec, is text.",
)
@option(
    "--words",
    "words_file",
    type=FileName(),
    help="Keep only the words in FILE, one on each line.",
)
@option(
    "--top", type=click.IntRange(min=1), metavar="N", help="Keep only the N most frequent words."
)
@option("--remove-mean", is_flag=True, help="Subtract the mean of all vectors.")
@option(
    "--all-but-the-top",
    "directions",
    type=click.IntRange(min=0),
    metavar="D",
    help="Subtract the mean and the D principal components (Mu & Viswanath 2018).",
)
@option("--normalise", "--normalize", is_flag=True, help="Scale vectors to length 1.")
@quiet_option
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
    """Convert vectors to another format, all or some, unchanged or transformed.

    FROM is a file of vectors in any format, which is recognised by its content, or a model folder.
    Text and binary files are compressed if TO ends in .gz, .xz or .zst. Matrices (.npy,
    .safetensors, .tsv) have their words in a file beside them. Options apply in the order of this
    help.

    \b
    w2v-nce convert vectors.bin vectors.txt.gz --top 50000
    w2v-nce convert glove.6B.300d.txt glove.npy --all-but-the-top 3 --normalise
    """
    from w2v_nce.embeddings.embeddings import Embeddings
    from w2v_nce.embeddings.transforms import (
        all_but_the_top,
        most_frequent,
        normalised,
        without_mean,
    )
    from w2v_nce.files.vectors import open_vectors_file

    refuse_same(source, target)
    refuse_reading_twice(source, words_file)
    words = [line for line in read_lines(words_file) if line] if words_file else None
    with open_vectors_file(target, kind) as file:
        embeddings = Embeddings.load(source)
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
        file.save(embeddings.words, embeddings.vectors)
    if not quiet:
        click.echo(f"vectors     {target} ({len(embeddings):,} x {embeddings.dim})", err=True)


def refuse_same(source: str, target: str) -> None:
    """Make sure that a result does not replace the vectors that are read.

    Raises:
        OutputError: if it would.
    """
    if Path(source).exists() and Path(target).exists() and Path(source).samefile(target):
        raise OutputError(f"{target} holds the vectors that are read; choose another name")


def keep_words(embeddings: Embeddings, words: list[str], quiet: bool) -> Embeddings:
    """Return the vectors of some words, and print those that have none."""
    from w2v_nce.embeddings.transforms import selected

    chosen, unknown = selected(embeddings, words)
    if unknown and not quiet:
        named = ", ".join(unknown[:NAMED]) + (", …" if len(unknown) > NAMED else "")
        share = f"{len(unknown):,} of {len(unknown) + len(chosen):,}"
        click.echo(f"unknown     {share} words: {named}", err=True)
    return chosen


@click.command(cls=Command, section="Files of vectors")
@click.argument("vectors", type=FileName(), default="vectors.bin", metavar="[FILE]")
@option(
    "-k",
    "count",
    type=click.IntRange(min=1),
    default=500,
    show_default=True,
    help="Number of classes.",
)
@option(
    "-o",
    "--output",
    type=ResultName(),
    default="classes.tsv",
    show_default=True,
    help="File for words and classes; .gz, .xz and .zst compress; - is standard output.",
)
@option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Seed of the first centroids.",
)
@option(
    "--rounds",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="Maximum number of rounds of k-means.",
)
@quiet_option
def cluster(vectors: str, count: int, output: str, seed: int, rounds: int, quiet: bool) -> None:
    """Cluster words by the directions of their vectors (spherical k-means).

    FILE is a file of vectors or a model folder; vectors.bin by default. Write a word, a tab and the
    number of its class on each line, in the order of FILE.

    \b
    w2v-nce cluster -k 500 vectors.bin -o classes.tsv
    sort -k 2 -n classes.tsv
    """
    from w2v_nce.embeddings.clustering import cluster as find_classes
    from w2v_nce.embeddings.embeddings import Embeddings
    from w2v_nce.files.compressed import CompressedFile

    refuse_same(vectors, output)
    with CompressedFile(output) as file:
        embeddings = Embeddings.load(vectors)
        found = find_classes(embeddings.vectors, count, seed, rounds)
        for word, number in zip(embeddings.words, found.of_row.tolist(), strict=True):
            file.write(b"%b\t%d\n" % (word.encode("utf-8", "surrogateescape"), number))
        file.commit()
    if not quiet:
        ended = f"{found.rounds} round{'s' if found.rounds > 1 else ''}"
        click.echo(
            f"classes     {output} ({len(embeddings):,} words in {count:,} classes; mean cosine"
            f" with the centroid {found.mean_cosine:.3f} after {ended})",
            err=True,
        )


@click.command(cls=Command, section="Asking")
@click.argument("vectors", type=FileName(), default="vectors.bin", metavar="[FILE]")
@option(
    "-o",
    "--output",
    type=ResultName(),
    help="File for the index. Default: FILE.index.",
)
@threads_option
@quiet_option
def index(vectors: str, output: str | None, threads: int | None, quiet: bool) -> None:
    """Build an index with which 'similar --index' finds nearest words without comparing all.

    FILE is a file of vectors or a model folder; vectors.bin by default. The search is approximate:
    its recall, the share of the ten nearest words that it finds, is measured on a sample of words
    and printed. An index pays for thousands of queries among a million words; for a few, exact
    search is done before the index is even open. Needs the package usearch.

    \b
    w2v-nce index vectors.bin
    w2v-nce similar - -m vectors.bin --index vectors.bin.index --json < words.txt
    """
    from w2v_nce.cli.terminal.bars import StepDisplay
    from w2v_nce.embeddings.embeddings import Embeddings
    from w2v_nce.embeddings.index import IndexFile, NeighbourIndex, new_graph
    from w2v_nce.threads import available_cpus

    if vectors == "-" and output is None:
        raise click.UsageError("vectors from standard input have no name; name the index with -o")
    target = output or vectors.rstrip("/") + ".index"
    refuse_same(vectors, target)
    new_graph(1)  # raises an error if the package is missing, before anything is read
    with IndexFile(target) as file, StepDisplay(quiet) as display:
        embeddings = Embeddings.load(vectors)
        display.begin("building", len(embeddings))
        found = NeighbourIndex.build(embeddings, threads or available_cpus(), display.advance)
        file.save(found)
    display.say(
        f"index       {target} ({len(embeddings):,} words; recall {found.recall:.3f} of the ten"
        " nearest)"
    )
