"""``w2v-nce phrases`` and ``join``."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v_nce.cli.options.command import Command
from w2v_nce.cli.options.config_file import config_file_options, config_read, write_config
from w2v_nce.cli.options.option import option, quiet_option, text_option, threads_option
from w2v_nce.cli.options.settings import config_options
from w2v_nce.cli.options.values import FileName, ResultName, TextName
from w2v_nce.settings.phrase_config import PhraseConfig
from w2v_nce.threads import available_cpus

if TYPE_CHECKING:
    from w2v_nce.cli.terminal.bars import StepDisplay
    from w2v_nce.corpus.phrases.phrases import Phrases
    from w2v_nce.corpus.sources import Corpus
    from w2v_nce.files.compressed import CompressedFile


@click.command(cls=Command, section="Training")
@click.argument("corpus", nargs=-1, required=True, type=TextName(), metavar="CORPUS...")
@text_option
@option(
    "--list",
    "list_path",
    python="Phrases.save",
    type=ResultName(),
    help="File for the phrases: pass, phrase, words, count and score, separated by tabs. 'join'"
    " joins them in other texts.",
)
@config_options(PhraseConfig)
@config_file_options
@quiet_option
def phrases(
    corpus: tuple[str, ...],
    output: str,
    list_path: str | None,
    save_config: str | None,
    quiet: bool,
    **settings: Any,
) -> None:
    """Join words that occur together more often than by chance: new york becomes new_york.

    Only the white space inside phrases changes. Phrases do not cross line ends.

    \b
    w2v-nce phrases corpus.txt -o joined.txt
    w2v-nce phrases corpus.txt --passes 2 --connectors english -o joined.txt
    """
    config = PhraseConfig(**settings)
    from w2v_nce.cli.run.paths import refuse_losing, refuse_overwriting, refuse_twice
    from w2v_nce.cli.terminal.bars import StepDisplay
    from w2v_nce.corpus.phrases.learning import learn_phrases
    from w2v_nce.corpus.phrases.phrases import write_phrases
    from w2v_nce.corpus.sources import Corpus
    from w2v_nce.files.compressed import CompressedFile

    source = Corpus.open(corpus).spooled()
    results = [("-o", output)] + ([("--list", list_path)] if list_path is not None else [])
    refuse_twice(results)
    for name, path in results:
        refuse_overwriting(source.paths, path, option=name)
        for reader, file in config_read():
            refuse_overwriting([file], path, f"the file of {reader}", name)
    if save_config is not None:
        files = [*source.paths, *(Path(path) for _, path in results)]
        refuse_losing("--save-config", save_config, files)
        write_config(save_config, click.get_current_context().params)
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
    """Write the text of a corpus with phrases joined, and show the progress."""
    display.begin("joining", corpus.size)
    for piece in found.join_corpus(corpus, threads):
        text.write(piece)
        display.advance(len(piece))


def summary(found: Phrases, config: PhraseConfig) -> str:
    """Return a line with the number of phrases."""
    thresholds = [config.threshold_of(number) for number in range(config.passes)]
    parts = [
        f"{len(phrases):,} with a score above {threshold:g}"
        for phrases, threshold in zip(found.passes, thresholds, strict=True)
    ]
    remedy = "" if len(found) else "; try a lower --threshold or --min-count"
    return f"phrases     {', then '.join(parts)} ({config.score}){remedy}"


@click.command(cls=Command, section="Training")
@click.argument("phrases", type=FileName(), metavar="LIST")
@click.argument("corpus", nargs=-1, required=True, type=TextName(), metavar="CORPUS...")
@text_option
@threads_option
@quiet_option
def join(
    phrases: str, corpus: tuple[str, ...], output: str, threads: int | None, quiet: bool
) -> None:
    """Join the phrases of a LIST, written by 'phrases --list', in another text.

    \b
    w2v-nce phrases corpus.txt -o joined.txt --list phrases.tsv
    w2v-nce join phrases.tsv heldout.txt -o heldout-joined.txt
    """
    from w2v_nce.cli.run.paths import refuse_overwriting
    from w2v_nce.cli.terminal.bars import StepDisplay
    from w2v_nce.corpus.phrases.phrases import read_phrases
    from w2v_nce.corpus.sources import Corpus
    from w2v_nce.files.compressed import CompressedFile

    source = Corpus.open(corpus)
    refuse_overwriting(source.paths, output)
    found = read_phrases(phrases)
    with CompressedFile(output) as text, StepDisplay(quiet) as display:
        write_joined(found, source, threads or available_cpus(), text, display)
        text.commit()
        many = "1 phrase" if len(found) == 1 else f"{len(found):,} phrases"
        display.say(f"joined      {output} ({many} of {phrases})")
