"""``w2v-nce cluster``."""

from __future__ import annotations

import click

from w2v_nce.cli.command import Command


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
    from w2v_nce.cli.convert import refuse_same
    from w2v_nce.clustering import cluster as find_classes
    from w2v_nce.formats.compressed_file import CompressedFile
    from w2v_nce.formats.vectors import load_vectors

    refuse_same(vectors, output)
    with CompressedFile(output) as file:
        embeddings = load_vectors(vectors)
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
