"""``w2v-nce plot``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from w2v_nce.cli.options.command import Command, names_in_group, refuse_ineffective
from w2v_nce.cli.options.option import option, quiet_option
from w2v_nce.cli.options.values import FileName, ResultName

if TYPE_CHECKING:
    from w2v_nce.embeddings.embeddings import Embeddings
    from w2v_nce.plotting.word_map import Groups, WordMap

TOP = 2000  # words that a map shows

#: The groups of the options.
MAPS, CURVES = "Maps of words", "Curves of training runs"


@click.command(cls=Command, section="Files of vectors")
@click.argument("vectors", type=FileName(), required=False, metavar="[FILE]")
@option(
    "-o",
    "--output",
    type=ResultName(),
    metavar="FILE",
    help="File for the picture: .html, .png or .svg. Default: map.html, or loss.html with --loss.",
)
@option(
    "--words",
    "words_file",
    group=MAPS,
    type=FileName(),
    metavar="FILE",
    help="Show only the words in FILE, one on each line; each may have a group behind a tab, as"
    " 'w2v-nce cluster' writes it.",
)
@option(
    "--top",
    group=MAPS,
    type=click.IntRange(min=1),
    metavar="N",
    help="Show only the N most frequent words. Default: 2000, or all of --words.",
)
@option(
    "--method",
    group=MAPS,
    type=click.Choice(["pca", "tsne", "umap"]),
    default="pca",
    show_default=True,
    help="pca: the two principal components; tsne, umap: keep neighbours together (extras plot,"
    " umap).",
)
@option(
    "--groups",
    group=MAPS,
    type=click.IntRange(min=1, max=28),
    metavar="K",
    help="Colour K groups found by k-means. Default: the groups of --words, otherwise 7.",
)
@option(
    "--seed",
    group=MAPS,
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Seed of k-means, tsne and umap.",
)
@option(
    "--loss",
    "logs",
    group=CURVES,
    type=FileName(),
    multiple=True,
    metavar="LOG",
    help="Draw the curves of a training run, whose LOG 'train --log' has written; give several to"
    " compare them.",
)
@option(
    "--against",
    "scale",
    group=CURVES,
    type=click.Choice(["epoch", "words", "seconds"]),
    default="epoch",
    show_default=True,
    help="Horizontal axis.",
)
@quiet_option
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

    FILE is a file of vectors or a model folder; vectors.bin by default. A page (.html) needs
    neither network nor server; it has search, zoom, and for each word the nearest words on the
    map. Pictures (.png, .svg) need Matplotlib (extra plot).

    \b
    w2v-nce plot vectors.bin -o map.html --method tsne
    w2v-nce plot --loss first.jsonl --loss second.jsonl -o loss.png
    """
    refuse_ineffective(context, ineffective(context.command, logs))
    from w2v_nce.cli.run.paths import refuse_overwriting
    from w2v_nce.files.atomic import AtomicFile
    from w2v_nce.plotting import kind_of
    from w2v_nce.plotting.word_map import draw_map

    output = output or ("loss.html" if logs else "map.html")
    kind = kind_of(output)
    if kind != "html":
        from w2v_nce.plotting.figures import matplotlib

        matplotlib()  # raises an error if it is missing, before anything is read
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


def ineffective(command: click.Command, logs: tuple[str, ...]) -> dict[str, str]:
    """Return the options that would have no effect, with the topic that each is about."""
    if logs:
        names = ["vectors", *names_in_group(command, MAPS)]
        return dict.fromkeys(names, "maps of words; leave it or --loss out")
    return {"scale": "the curves of --loss"}


def chosen(
    vectors: str, words_file: str | None, top: int | None, quiet: bool
) -> tuple[Embeddings, Groups | None]:
    """Return the words to draw, and their groups if a file names them."""
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
    """Return a picture of runs, and its description."""
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
