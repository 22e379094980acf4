"""``w2v-nce phrases``."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v_nce.cli.options import config_options, text_option
from w2v_nce.cli.targets import refuse_overwriting
from w2v_nce.errors import OutputError
from w2v_nce.phrase_config import PhraseConfig

if TYPE_CHECKING:
    from w2v_nce.cli.steps import StepDisplay
    from w2v_nce.corpus.sources import Corpus
    from w2v_nce.formats.compressed_file import CompressedFile
    from w2v_nce.phrases import Phrases


@click.command()
@click.argument("corpus", nargs=-1, required=True, metavar="CORPUS...")
@text_option
@click.option(
    "--list",
    "list_path",
    metavar="FILE",
    help="Write the phrases, too: pass, phrase, words, count and score, with tabs between. 'join'"
    " joins them in other texts.",
)
@config_options(PhraseConfig)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def phrases(
    corpus: tuple[str, ...], output: str, list_path: str | None, quiet: bool, **settings: Any
) -> None:
    """Join words that occur together more often than by chance: new york becomes new_york.

    The text stays as it is but for the white space inside phrases. Nothing is joined across
    line ends.

    \b
    w2v-nce phrases corpus.txt -o joined.txt
    w2v-nce phrases corpus.txt --passes 2 --threshold-decay 0.5 --connectors english -o joined.txt
    """
    config = PhraseConfig(**settings)
    from w2v_nce.cli.steps import StepDisplay
    from w2v_nce.corpus.sources import Corpus
    from w2v_nce.formats.compressed_file import CompressedFile
    from w2v_nce.formats.phrase_list import write_phrases
    from w2v_nce.phrases import learn_phrases

    source = Corpus.open(corpus).spooled()
    for path in filter(None, (output, list_path)):
        refuse_overwriting(source.paths, path)
    refuse_twice(output, list_path)
    with (
        CompressedFile(output) as text,
        CompressedFile(list_path) if list_path is not None else nullcontext() as phrase_list,
        StepDisplay(quiet) as display,
    ):
        found = display.follow(learn_phrases(source, config, display.interval))
        write_joined(found, source, config.thread_count, text, display)
        if phrase_list:
            write_phrases(phrase_list, found)
            phrase_list.commit()
        text.commit()
        display.say(summary(found, config))


def write_joined(
    found: Phrases, corpus: Corpus, threads: int, text: CompressedFile, display: StepDisplay
) -> None:
    """Write the text of a corpus with phrases joined, and show how it goes."""
    display.begin("joining", corpus.size)
    for piece in found.join_corpus(corpus, threads):
        text.write(piece)
        display.advance(len(piece))


def refuse_twice(output: str, list_path: str | None) -> None:
    """Make sure that text and list do not go to the same place.

    Raises:
        OutputError: if they would.
    """
    if list_path is not None and Path(output).resolve() == Path(list_path).resolve():
        raise OutputError(f"--list {list_path} is where the text goes; choose another name")


def summary(found: Phrases, config: PhraseConfig) -> str:
    """Say how many phrases there are."""
    thresholds = [config.threshold_of(number) for number in range(config.passes)]
    parts = [
        f"{len(phrases):,} with a score above {threshold:g}"
        for phrases, threshold in zip(found.passes, thresholds, strict=True)
    ]
    remedy = "" if len(found) else "; try a lower --threshold or --min-count"
    return f"phrases     {', then '.join(parts)} ({config.score}){remedy}"
