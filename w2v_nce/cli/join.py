"""``w2v-nce join``."""

from __future__ import annotations

import click

from w2v_nce.cli.command import Command
from w2v_nce.cli.options import text_option
from w2v_nce.cli.phrases import write_joined
from w2v_nce.cli.targets import refuse_overwriting
from w2v_nce.config import available_cpus


@click.command(cls=Command, section="Training")
@click.argument("phrases", metavar="LIST")
@click.argument("corpus", nargs=-1, required=True, metavar="CORPUS...")
@text_option
@click.option("--threads", type=click.IntRange(min=1), help="Threads. Default: all processors.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def join(
    phrases: str, corpus: tuple[str, ...], output: str, threads: int | None, quiet: bool
) -> None:
    """Join the phrases of a list that 'phrases --list' has written, in another text.

    \b
    w2v-nce phrases corpus.txt -o joined.txt --list phrases.tsv
    w2v-nce join phrases.tsv heldout.txt -o heldout-joined.txt
    """
    from w2v_nce.cli.steps import StepDisplay
    from w2v_nce.corpus.sources import Corpus
    from w2v_nce.formats.compressed_file import CompressedFile
    from w2v_nce.formats.phrase_list import read_phrases

    source = Corpus.open(corpus)
    refuse_overwriting(source.paths, output)
    found = read_phrases(phrases)
    with CompressedFile(output) as text, StepDisplay(quiet) as display:
        write_joined(found, source, threads or available_cpus(), text, display)
        text.commit()
        many = "1 phrase" if len(found) == 1 else f"{len(found):,} phrases"
        display.say(f"joined      {output} ({many} of {phrases})")
