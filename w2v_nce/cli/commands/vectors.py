"""``w2v-nce convert``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from w2v_nce.cli.options.command import Command
from w2v_nce.cli.options.settings import vectors_kinds
from w2v_nce.cli.terminal.lines import read_lines, refuse_reading_twice
from w2v_nce.errors import OutputError

if TYPE_CHECKING:
    from w2v_nce.embeddings.embeddings import Embeddings

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
    """Make sure that vectors are not replaced by what is made of them.

    Raises:
        OutputError: if they would be.
    """
    if Path(source).exists() and Path(target).exists() and Path(source).samefile(target):
        raise OutputError(f"{target} holds the vectors that are read; choose another name")


def keep_words(embeddings: Embeddings, words: list[str], quiet: bool) -> Embeddings:
    """Return the vectors of some words, and say which have none."""
    from w2v_nce.embeddings.transforms import selected

    chosen, unknown = selected(embeddings, words)
    if unknown and not quiet:
        named = ", ".join(unknown[:NAMED]) + (", …" if len(unknown) > NAMED else "")
        share = f"{len(unknown):,} of {len(unknown) + len(chosen):,}"
        click.echo(f"unknown     {share} words: {named}", err=True)
    return chosen


@click.command(cls=Command, section="Files of vectors")
@click.argument("vectors", default="vectors.bin", metavar="[FILE]")
@click.option(
    "-k", "count", type=click.IntRange(min=1), default=500, show_default=True, help="Classes."
)
@click.option(
    "-o",
    "--output",
    default="classes.tsv",
    show_default=True,
    metavar="FILE",
    help="Where words and classes go; .gz, .xz and .zst compress; - is standard output.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Other classes."
)
@click.option(
    "--rounds",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="How often words change their classes, at most.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def cluster(vectors: str, count: int, output: str, seed: int, rounds: int, quiet: bool) -> None:
    """Put words into classes by the directions of their vectors (spherical k-means).

    FILE is a file of vectors or a model folder; vectors.bin by default. Writes a word, a tab and
    the number of its class on each line, in the order of FILE.

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
@click.argument("vectors", default="vectors.bin", metavar="[FILE]")
@click.option(
    "-o", "--output", metavar="FILE", help="Where the index goes. Default: FILE with .index behind."
)
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    metavar="N",
    help="Threads. Default: the processors that this process may use.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def index(vectors: str, output: str | None, threads: int | None, quiet: bool) -> None:
    """Make an index, by which 'similar --index' finds nearest words without looking at all words.

    FILE is a file of vectors or a model folder; vectors.bin by default. The search is then
    approximate: the recall, the share of the ten nearest words that is found, is measured with a
    sample of words and printed. It pays for thousands of queries among a million words; few are
    answered by exact search before the index is opened. Needs the package usearch.

    \b
    w2v-nce index vectors.bin
    w2v-nce similar - -m vectors.bin --index vectors.bin.index --json < words.txt
    """
    from w2v_nce.cli.terminal.bars import StepDisplay
    from w2v_nce.embeddings.embeddings import Embeddings
    from w2v_nce.embeddings.index import IndexFile, NeighbourIndex, new_graph
    from w2v_nce.threads import available_cpus

    if vectors == "-" and output is None:
        raise click.UsageError("vectors from standard input have no name; give the index one by -o")
    target = output or vectors.rstrip("/") + ".index"
    refuse_same(vectors, target)
    new_graph(1)  # so that a missing package is told before anything is read
    with IndexFile(target) as file, StepDisplay(quiet) as display:
        embeddings = Embeddings.load(vectors)
        display.begin("building", len(embeddings))
        found = NeighbourIndex.build(embeddings, threads or available_cpus(), display.advance)
        file.save(found)
    display.say(
        f"index       {target} ({len(embeddings):,} words; recall {found.recall:.3f} of the ten"
        " nearest)"
    )
