"""``w2v-nce demo``."""

from __future__ import annotations

from pathlib import Path

import click

from w2v_nce.cli.options.command import Command
from w2v_nce.cli.options.option import option, threads_option
from w2v_nce.cli.options.values import FolderName
from w2v_nce.errors import OutputError


@click.command(cls=Command, section="Training")
@click.argument("folder", type=FolderName(), default="w2v-nce-demo", metavar="[DIR]")
@option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Seed of the invented world and of training.",
)
@threads_option
@option("-q", "--quiet", is_flag=True, help="Show no progress, only results.")
def demo(folder: str, seed: int, threads: int | None, quiet: bool) -> None:
    """Train and evaluate vectors on a small invented world.

    Write a corpus of two million words, analogy questions and word pairs to DIR, train vectors,
    evaluate them and print some nearest neighbours. Commands are printed before they run.

    \b
    w2v-nce demo
    """
    from w2v_nce.cli.commands.evaluate import evaluate
    from w2v_nce.cli.commands.train import train
    from w2v_nce.demo.world import write_world
    from w2v_nce.embeddings.embeddings import Embeddings

    click.echo(f"Writing a corpus, analogy questions and word pairs to {Path(folder)}/")
    try:
        world = write_world(Path(folder), seed=seed)
    except OSError as error:
        raise OutputError(f"cannot write to {folder}: {error.strerror}") from error
    vectors = Path(folder) / "vectors.bin"
    options = [f"--seed={seed}"] + ([f"--threads={threads}"] if threads else [])
    _run(train, [str(world.corpus), "-o", str(vectors), *options], ["-q"] if quiet else [])
    _run(evaluate, [str(world.analogies), str(world.pairs), "-m", str(vectors)])
    click.echo("\nNearest neighbours by cosine:")
    embeddings = Embeddings.load(vectors)
    for word in world.showcase:
        near = ", ".join(
            f"{other} {cosine:.2f}" for other, cosine in embeddings.neighbours(word, 5)
        )
        click.echo(f"  {word:<12} {near}")


def _run(command: click.Command, arguments: list[str], silent: list[str] | None = None) -> None:
    """Print another command, and run it in this process."""
    click.echo(f"\n$ w2v-nce {command.name} {' '.join(arguments)}")
    command.main([*arguments, *(silent or [])], f"w2v-nce {command.name}", standalone_mode=False)
