"""``w2v-nce vocab``."""

from __future__ import annotations

from typing import Any

import click

from w2v_nce.cli.options.command import Command
from w2v_nce.cli.options.option import option, quiet_option
from w2v_nce.cli.options.settings import some_options
from w2v_nce.cli.options.values import ResultName, TextName
from w2v_nce.settings.train_config import TrainConfig


@click.command(cls=Command, section="Training")
@click.argument("corpus", nargs=-1, required=True, type=TextName(), metavar="CORPUS...")
@option(
    "-o",
    "--output",
    type=ResultName(),
    default="vocab.tsv",
    show_default=True,
    help="File for words and counts; - is standard output.",
)
@some_options(
    TrainConfig,
    min_count=1,
    max_vocab=None,
    max_vocab_memory=None,
    lowercase=False,
    encoding_errors="keep",
    threads=None,
)
@quiet_option
def vocab(corpus: tuple[str, ...], output: str, quiet: bool, **settings: Any) -> None:
    """Count the words of a corpus, for 'train --vocab'.

    Write a word, a tab and its count on each line, the most frequent first. All words are kept
    unless --min-count is given, so that the files of several corpora can be added up.

    \b
    w2v-nce vocab corpus.txt -o vocab.tsv
    zcat corpus.txt.gz | w2v-nce vocab - -o - | head
    """
    config = TrainConfig(**settings)
    from w2v_nce.cli.run.paths import refuse_overwriting
    from w2v_nce.cli.terminal.progress import display_for
    from w2v_nce.corpus.counting import Counting
    from w2v_nce.corpus.sources import Corpus
    from w2v_nce.corpus.vocabulary import write_vocabulary
    from w2v_nce.files.atomic import AtomicFile

    source = Corpus.open(corpus).cleaned(config.cleaning)
    refuse_overwriting(source.paths, output)
    display = display_for(quiet)
    with AtomicFile(output) as target:
        counting = Counting(source, config, display.interval)
        display.follow(counting)
        vocabulary = counting.vocabulary
        assert vocabulary is not None
        write_vocabulary(target, vocabulary)
        target.commit()
    display.say(
        f"vocabulary  {output} ({len(vocabulary):,} of {vocabulary.corpus_types:,} distinct words,"
        f" {vocabulary.total:,} of {vocabulary.corpus_words:,} running words)"
    )
