"""``w2v-nce index``."""

from __future__ import annotations

import click

from w2v_nce.cli.command import Command


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
    from w2v_nce.cli.convert import refuse_same
    from w2v_nce.cli.steps import StepDisplay
    from w2v_nce.config import available_cpus
    from w2v_nce.formats.index_file import IndexFile
    from w2v_nce.formats.vectors import load_vectors
    from w2v_nce.neighbour_index import NeighbourIndex, new_graph

    if vectors == "-" and output is None:
        raise click.UsageError("vectors from standard input have no name; give the index one by -o")
    target = output or vectors.rstrip("/") + ".index"
    refuse_same(vectors, target)
    new_graph(1)  # so that a missing package is told before anything is read
    with IndexFile(target) as file, StepDisplay(quiet) as display:
        embeddings = load_vectors(vectors)
        display.begin("building", len(embeddings))
        found = NeighbourIndex.build(embeddings, threads or available_cpus(), display.advance)
        file.save(found)
    display.say(
        f"index       {target} ({len(embeddings):,} words; recall {found.recall:.3f} of the ten"
        " nearest)"
    )
