"""``w2v-nce train``."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from w2v_nce.cli.calibrate import calibrate_folder
from w2v_nce.cli.options import config_options
from w2v_nce.config import TrainConfig
from w2v_nce.errors import Interrupted, OutputError


@click.command()
@click.argument("corpus", nargs=-1, required=True, metavar="CORPUS...")
@click.option(
    "-o",
    "--output",
    default="vectors.bin",
    show_default=True,
    metavar="FILE",
    help="Where the vectors go. word2vec's binary format if the name ends in .bin or .bin.gz,"
    " its text format otherwise; .gz compresses; - is standard output.",
)
@click.option(
    "--save-model",
    "folder",
    metavar="DIR",
    help="Write all that was learned to a folder, too: for 'score', 'predict' and 'eval"
    " --likelihood'.",
)
@click.option(
    "--calibrate",
    is_flag=True,
    help="Teach the saved model to predict log Z, for 'score --normalize fast'.",
)
@config_options(TrainConfig)
@click.option(
    "--vocab",
    "vocabularies",
    multiple=True,
    metavar="FILE",
    help="Take words and their counts from a file of 'w2v-nce vocab', or of word2vec.c's"
    " -save-vocab, instead of counting; may be given several times, counts are then added up.",
)
@click.option(
    "--spool-dir",
    metavar="DIR",
    help="Where text that can be read only once (standard input, pipes, URLs) is kept while it is"
    " needed. Default: the system's folder for temporary files.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def train(
    corpus: tuple[str, ...],
    output: str,
    folder: str | None,
    calibrate: bool,
    vocabularies: tuple[str, ...],
    spool_dir: str | None,
    quiet: bool,
    **settings: Any,
) -> None:
    """Learn word vectors from text.

    A CORPUS is a file, a pattern, a folder (all files below it), a URL, a pipe, or - for standard
    input; gzip, bzip2, xz and zstd are unpacked on the way. Words are separated by white space,
    sentences by line ends.

    \b
    w2v-nce train corpus.txt -o vectors.bin
    w2v-nce train part1.txt part2.txt --arch skipgram --dim 300 -o vectors.txt.gz
    zcat news.gz | w2v-nce train - books/ -o -
    """
    config = TrainConfig(**settings)
    if calibrate and folder is None:
        raise click.UsageError("--calibrate is about the model of --save-model; name a folder")
    if vocabularies and config.max_vocab_memory is not None:
        raise click.UsageError("--max-vocab-memory is about counting, which --vocab makes needless")
    from w2v_nce.cli.progress import display_for
    from w2v_nce.corpus.sources import Corpus
    from w2v_nce.formats.model_folder import ModelFolder
    from w2v_nce.formats.vocabulary_file import read_vocabulary
    from w2v_nce.formats.word2vec import VectorsFile
    from w2v_nce.training import Training

    source = Corpus.open(corpus, spool_dir)
    if calibrate:
        source = source.spooled()  # which reads it again after training
    refuse_overwriting(source.paths, output)
    if folder is not None:
        refuse_losing(folder, [*source.paths, Path(output)])
    vocabulary = read_vocabulary(vocabularies, config) if vocabularies else None
    display = display_for(quiet)
    with (
        VectorsFile(output) as target,
        ModelFolder(folder) if folder is not None else nullcontext() as model_folder,
    ):
        run = Training(source, config, display.interval, vocabulary)
        interrupted = False
        try:
            display.follow(run)
        except KeyboardInterrupt:
            if run.share_done == 0:
                raise
            interrupted = True
        model = run.finished_model()
        embeddings = model.embeddings
        target.save(embeddings)
        if model_folder:
            model_folder.save(model)
    display.summarise(run, embeddings, output)
    if folder is not None:
        display.say(f"model       {folder}")
    where = output if folder is None else f"{output} and {folder}"
    if interrupted:
        done = f"after {run.share_done:.0%} of the words"
        rest = ", not calibrated" if calibrate else ""
        raise Interrupted(f"interrupted {done}; what was learned went to {where}{rest}")
    if calibrate and folder is not None:
        try:
            for line in calibrate_folder(folder, source):
                display.say(line)
        except KeyboardInterrupt:
            raise Interrupted(
                f"interrupted while calibrating; what was learned went to {where}"
            ) from None


def refuse_overwriting(corpus: tuple[Path, ...], output: str) -> None:
    """Make sure that the vectors do not replace the text that they are made from.

    Raises:
        OutputError: if they would.
    """
    if Path(output).exists() and any(path.samefile(output) for path in corpus):
        raise OutputError(f"{output} is the corpus itself; choose another name with -o")


def refuse_losing(folder: str, files: list[Path]) -> None:
    """Make sure that a model folder does not take the place of a file or of what is around it.

    Raises:
        OutputError: if it would.
    """
    place = Path(folder).resolve()
    for file in files:
        if place in (file.resolve(), *file.resolve().parents):
            raise OutputError(
                f"--save-model {folder} would replace {file}; choose a folder of its own"
            )
