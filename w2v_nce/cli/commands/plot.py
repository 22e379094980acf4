"""``w2v-nce plot``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from w2v_nce.cli.commands.train import refuse_useless
from w2v_nce.cli.options.command import Command

if TYPE_CHECKING:
    from w2v_nce.embeddings.embeddings import Embeddings
    from w2v_nce.plotting.word_map import Groups, WordMap

TOP = 2000  # words that a map shows

#: Options that are about maps of words only, or about curves only.
OF_MAPS = ("vectors", "words_file", "top", "method", "groups", "seed")

OF_CURVES = ("scale",)


@click.command(cls=Command, section="Files of vectors")
@click.argument("vectors", required=False, metavar="[FILE]")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="The picture: .html, .png or .svg. Default: map.html, or loss.html with --loss.",
)
@click.option(
    "--words",
    "words_file",
    metavar="FILE",
    help="Show only the words in FILE, one on each line; behind a tab each may have a group, as"
    " 'w2v-nce cluster' writes it.",
)
@click.option(
    "--top",
    type=click.IntRange(min=1),
    metavar="N",
    help="Show only the N most frequent words. Default: 2000, or all of --words.",
)
@click.option(
    "--method",
    type=click.Choice(["pca", "tsne", "umap"]),
    default="pca",
    show_default=True,
    help="pca: the two main directions; tsne, umap: neighbours stay together (extras plot, umap).",
)
@click.option(
    "--groups",
    type=click.IntRange(min=1, max=28),
    metavar="K",
    help="Colour K groups that are found by k-means. Default: those of --words, or else 7.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Other groups, and another picture by tsne or umap.",
)
@click.option(
    "--loss",
    "logs",
    multiple=True,
    metavar="LOG",
    help="Draw the curves of a training run, written by 'train --log LOG'; several are compared.",
)
@click.option(
    "--against",
    "scale",
    type=click.Choice(["epoch", "words", "seconds"]),
    default="epoch",
    show_default=True,
    help="The horizontal axis of curves.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.pass_context
def plot(
    context: click.Context,
    vectors: str | None,
    output: str | None,
    words_file: str | None,
    top: int | None,
    method: str,
    groups: int | None,
    seed: int,
    logs: tuple[str, ...],
    scale: str,
    quiet: bool,
) -> None:
    """Draw a map of words, or the curves of training runs.

    FILE is a file of vectors or a model folder; vectors.bin by default. A page (.html) needs no
    network and no server: it has search, zoom, and the nearest words of each word (of those on the
    map). .png and .svg need Matplotlib (extra plot).

    \b
    w2v-nce plot vectors.bin -o map.html --method tsne
    w2v-nce plot --loss first.jsonl --loss second.jsonl -o loss.png
    """
    refuse_useless(context, useless(logs))
    from w2v_nce.cli.run.paths import refuse_overwriting
    from w2v_nce.files.atomic import AtomicFile
    from w2v_nce.plotting import kind_of
    from w2v_nce.plotting.word_map import draw_map

    output = output or ("loss.html" if logs else "map.html")
    kind = kind_of(output)
    if kind != "html":
        from w2v_nce.plotting.figures import matplotlib

        matplotlib()  # if it is missing, that is said before anything is read
    vectors = vectors or "vectors.bin"
    files = logs or tuple(name for name in (vectors, words_file) if name)
    refuse_overwriting(map(Path, files), output, "what is read")
    with AtomicFile(output) as file:
        if logs:
            picture, said = curves_of(logs, scale, kind)
        else:
            embeddings, known = chosen(vectors, words_file, top, quiet)
            word_map = draw_map(embeddings, method, groups or known, seed)
            picture, said = map_of(word_map, vectors, kind), word_map.caption
        file.write(picture)
        file.commit()
    if not quiet:
        click.echo(f"picture     {output} ({said})", err=True)


def useless(logs: tuple[str, ...]) -> dict[str, str]:
    """Return the options that would do nothing, with what they are about."""
    if logs:
        return dict.fromkeys(OF_MAPS, "maps of words; leave it or --loss out")
    return dict.fromkeys(OF_CURVES, "the curves of --loss")


def chosen(
    vectors: str, words_file: str | None, top: int | None, quiet: bool
) -> tuple[Embeddings, Groups | None]:
    """Return the words that are drawn, and their groups if a file names them."""
    from w2v_nce.cli.commands.vectors import keep_words
    from w2v_nce.cli.terminal.lines import read_lines, refuse_reading_twice
    from w2v_nce.embeddings.embeddings import Embeddings
    from w2v_nce.embeddings.transforms import most_frequent
    from w2v_nce.files.word_lists import parse_word_groups
    from w2v_nce.plotting.word_map import given_groups

    refuse_reading_twice(vectors, words_file)
    embeddings = Embeddings.load(vectors)
    if words_file is None:
        return most_frequent(embeddings, top or TOP), None
    words, group_of = parse_word_groups(read_lines(words_file), words_file)
    embeddings = keep_words(embeddings, words, quiet)
    embeddings = most_frequent(embeddings, top or len(embeddings))
    return embeddings, given_groups(embeddings.words, group_of) if group_of else None


def map_of(word_map: WordMap, title: str, kind: str) -> bytes:
    """Return a picture of words."""
    from w2v_nce.plotting.map_figure import map_picture
    from w2v_nce.plotting.page import map_page

    return map_page(word_map, title) if kind == "html" else map_picture(word_map, title, kind)


def curves_of(logs: tuple[str, ...], scale: str, kind: str) -> tuple[bytes, str]:
    """Return a picture of runs, and what it shows."""
    from w2v_nce.plotting.curves import panels
    from w2v_nce.plotting.curves_figure import curves_picture
    from w2v_nce.plotting.page import curves_page
    from w2v_nce.training.run_log import read_log

    drawn = panels([read_log(log) for log in logs])
    if kind == "html":
        picture = curves_page(drawn, ", ".join(logs), scale)
    else:
        picture = curves_picture(drawn, scale, kind)
    runs = "1 run" if len(logs) == 1 else f"{len(logs)} runs"
    return picture, f"{runs}: {'; '.join(panel.title for panel in drawn)}"
