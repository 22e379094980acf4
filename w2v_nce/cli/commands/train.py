"""``w2v-nce train``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from w2v_nce.cli.options.command import Command, is_given, names_in_group, refuse_ineffective
from w2v_nce.cli.options.config_file import config_file_options
from w2v_nce.cli.options.option import option, quiet_option, vectors_kinds
from w2v_nce.cli.options.settings import config_options
from w2v_nce.cli.options.values import FileName, FolderName, ResultName, TextName, parse_duration
from w2v_nce.cli.terminal.signals import state_requests
from w2v_nce.settings.distributed_config import ClusterConfig
from w2v_nce.settings.train_config import TrainConfig

if TYPE_CHECKING:
    from w2v_nce.training.checkpoints import Checkpoint
    from w2v_nce.training.pretrained import Pretrained

#: Where the context keeps the lock of the folder of checkpoints.
LOCK = "w2v_nce.lock"


@click.command(cls=Command, section="Training")
@click.argument("corpus", nargs=-1, type=TextName(), metavar="CORPUS...")
@option(
    "-o",
    "--output",
    group="Output",
    type=ResultName(),
    default="vectors.bin",
    show_default=True,
    metavar="FILE",
    may_change=True,
    help="File for the vectors. Its name decides the format: .bin is word2vec's binary one, .npy"
    " NumPy's, .safetensors, .tsv for TensorBoard's projector; anything else is word2vec's text;"
    " .gz, .xz and .zst compress; - is standard output.",
)
@option(
    "--format",
    "kind",
    group="Output",
    type=vectors_kinds,
    may_change=True,
    help="Format of the vectors, whatever the name of their file. Default: by the name.",
)
@option(
    "--log",
    group="Output",
    python="LogWriter",
    type=ResultName(),
    metavar="FILE",
    may_change=True,
    help="File for the log of the run, a JSON object on each line; - is standard output.",
)
@option(
    "--save-model",
    "folder",
    group="Output",
    python="Model.save",
    type=FolderName(),
    metavar="DIR",
    may_change=True,
    help="Folder for the whole model, which 'score', 'predict' and 'eval --likelihood' need.",
)
@option(
    "--report",
    group="Output",
    type=ResultName(),
    metavar="FILE",
    may_change=True,
    help="File for a final report in JSON, with settings, figures, versions and the names of the"
    " results; - is standard output.",
)
@option(
    "--calibrate",
    group="Output",
    is_flag=True,
    may_change=True,
    help="Calibrate the saved model on the corpus, as 'w2v-nce calibrate' does.",
)
@config_options(TrainConfig)
@option(
    "--vocab",
    "vocabularies",
    group="Vocabulary",
    type=FileName(),
    multiple=True,
    metavar="FILE",
    help="Read words and counts from a file written by 'w2v-nce vocab', or by word2vec.c's"
    " -save-vocab, instead of counting; the counts of several files are added up.",
)
@option(
    "--spool-dir",
    group="Corpus",
    type=FolderName(),
    metavar="DIR",
    may_change=True,
    help="Folder for temporary copies of text that can be read only once (standard input, pipes,"
    " URLs). Default: the system's folder for temporary files.",
)
@option(
    "--checkpoint",
    group="Checkpoints",
    python="Checkpoints",
    type=FolderName(),
    metavar="DIR",
    may_change=True,
    is_kept=False,
    help="Folder for checkpoints, from which the run can be resumed; they are written at intervals"
    " and when a signal ends the run. The last two are kept.",
)
@option(
    "--checkpoint-every",
    group="Checkpoints",
    type=parse_duration,
    metavar="TIME",
    default="10m",
    show_default=True,
    may_change=True,
    help="Time between checkpoints, such as 90s, 10m or 2h.",
)
@option(
    "--resume",
    group="Checkpoints",
    type=FolderName(),
    metavar="DIR",
    may_change=True,
    is_kept=False,
    is_saved=False,
    help="Resume from the newest checkpoint in this folder, and write further ones to it. Corpus"
    " and options are those of the checkpoint and need not be given again.",
)
@option(
    "--init",
    group="Starting point",
    type=FileName(),
    metavar="FILE|DIR",
    help="Start from pretrained vectors, which become the input vectors of their words; or from a"
    " model folder, whose words, architecture, loss and similar settings hold unless others are"
    " given.",
)
@option(
    "--extend-vocab",
    group="Starting point",
    python="extended",
    is_flag=True,
    help="Add the words of the text to those of the model of --init.",
)
@option(
    "--freeze",
    group="Starting point",
    type=FileName(),
    metavar="FILE|init",
    help="Do not change the input vectors of the words in FILE, one on each line; init: of the"
    " words of --init. Output vectors are still trained; --vectors input writes the input vectors.",
)
@config_options(ClusterConfig)
@option(
    "--force",
    group="Performance",
    is_flag=True,
    may_change=True,
    is_kept=False,
    help="Train even if the corpus differs from that of the checkpoint, or memory is too small.",
)
@config_file_options
@quiet_option
@click.pass_context
def train(context: click.Context, /, **options: Any) -> None:
    """Train word vectors on text.

    A CORPUS is a file, a pattern, a folder (all files below it), a URL, a pipe, or - for standard
    input; gzip, bzip2, xz and zstd are decompressed while reading. Words are separated by white
    space, sentences by line ends.

    Ctrl-C stops training and saves the results so far; SIGUSR1 prints the progress.

    \b
    w2v-nce train corpus.txt -o vectors.bin
    w2v-nce train part1.txt part2.txt --arch skipgram --dim 300 -o vectors.txt.gz
    w2v-nce train corpus.txt --checkpoint run/
    w2v-nce train --resume run/
    zcat news.gz | w2v-nce train - books/ -o -
    """
    if not options["corpus"] and not options["resume"]:
        raise click.MissingParameter(ctx=context, param=context.command.params[0])
    refuse_ineffective(context, ineffective_in_run(context.command, options))
    with state_requests() as requests:  # before imports, which take a second
        if options["cluster"]:
            from w2v_nce.cli.run.distributed import run_in_cluster

            run_in_cluster(lambda: prepared(context, options), options["cluster_timeout"], requests)
            return
        from w2v_nce.cli.run.run import Run

        warn_of_others()
        options, past, start = prepared(context, options)
        if options["cluster"]:
            raise click.UsageError(
                "the checkpoint is that of several processes; give --cluster"
                f" {options['cluster']} again, with any number of processes, one included"
            )
        Run(options, past, start).begin(requests)


def warn_of_others() -> None:
    """Warn if mpiexec has started several processes without ``--cluster``."""
    for variable in ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE"):
        size = os.environ.get(variable, "")
        if size.isdecimal() and int(size) > 1:
            click.echo(
                f"warning: mpiexec has started {size} processes, and each trains on the whole"
                " text; with --cluster mpi they share it",
                err=True,
            )


def prepared(
    context: click.Context, options: dict[str, Any]
) -> tuple[dict[str, Any], Checkpoint | None, Pretrained | None]:
    """Return the options, completed by a checkpoint or a model, and both of these.

    Raises:
        InputError: if one of them cannot be read or contradicts the options.
        UsageError: naming an option that would have no effect.
    """
    from w2v_nce.cli.run.resume import merged_options
    from w2v_nce.training.checkpoints import lock_if_used, newest_checkpoint
    from w2v_nce.training.pretrained import Pretrained

    past = None
    if options["resume"] is not None:
        context.meta[LOCK] = lock_if_used(options["resume"])  # before another run changes it
        past = newest_checkpoint(options["resume"], options["force"])
        options = merged_options(context, options, past.about)
    start = None
    if options["init"] and past is None:
        start = Pretrained.load(options["init"], options["extend_vocab"])
        for name, value in start.settings.items():
            if not is_given(context, name):
                options[name] = value
    if past is None:
        refuse_ineffective(context, ineffective_in_model(context.command, options))
    return options, past, start


def ineffective_in_run(command: click.Command, options: dict[str, Any]) -> dict[str, str]:
    """Return the options that need others which are not given, with the topic of each."""
    ineffective = {}
    if not (options["checkpoint"] or options["resume"]):
        ineffective["checkpoint_every"] = "--checkpoint; name a folder"
    if not options["cluster"]:
        ineffective |= dict.fromkeys(names_in_group(command, "Several machines"), "--cluster")
    return ineffective


def ineffective_in_model(command: click.Command, options: dict[str, Any]) -> dict[str, str]:
    """Return the options without effect for this loss, noise or architecture, with their topics."""
    ineffective, loss = {}, options["loss"]
    if loss != "nce":
        ineffective["nce_offset"] = f"--loss nce; with {loss} leave it out"
    if loss == "softmax":
        topic = "noise, which --loss softmax does without; leave it out"
        ineffective |= dict.fromkeys(names_in_group(command, "Noise"), topic)
    elif options["noise_dist"] == "uniform":
        ineffective["noise_power"] = "words' weights, which are alike with --noise-dist uniform"
    if options["architecture"] != "cbow":
        ineffective["combiner"] = f"--arch cbow; with {options['architecture']} leave it out"
    return ineffective
