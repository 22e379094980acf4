"""``w2v-nce train``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from w2v_nce.cli.options.command import Command, Option, is_given, is_on_command_line
from w2v_nce.cli.options.config_file import config_file_options
from w2v_nce.cli.options.settings import config_options, parse_duration, vectors_kinds
from w2v_nce.cli.options.suggestions import spelling
from w2v_nce.cli.run.resume import merged_options
from w2v_nce.cli.terminal.signals import state_requests
from w2v_nce.settings.distributed_config import ClusterConfig
from w2v_nce.settings.train_config import TrainConfig

if TYPE_CHECKING:
    from w2v_nce.training.checkpoints import Checkpoint
    from w2v_nce.training.pretrained import Start

#: Where the context keeps the lock of the folder of checkpoints.
LOCK = "w2v_nce.lock"


@click.command(cls=Command, section="Training")
@click.argument("corpus", nargs=-1, metavar="CORPUS...")
@click.option(
    "-o",
    "--output",
    cls=Option,
    group="Output",
    default="vectors.bin",
    show_default=True,
    metavar="FILE",
    help="Where the vectors go. The format is that of the name: .bin is word2vec's binary one, .npy"
    " NumPy's, .safetensors; .tsv is for TensorBoard's projector; anything else is word2vec's text;"
    " .gz, .xz and .zst compress; - is standard output.",
)
@click.option(
    "--format",
    "kind",
    type=vectors_kinds,
    help="The format of the vectors, whatever their file is called. Default: that of the name.",
    cls=Option,
    group="Output",
)
@click.option(
    "--log",
    cls=Option,
    group="Output",
    metavar="FILE",
    help="Write how the run goes, as it goes, as JSON, an object on each line; - is standard"
    " output.",
)
@click.option(
    "--save-model",
    "folder",
    cls=Option,
    group="Output",
    metavar="DIR",
    help="Write all that was learned to a folder, too: for 'score', 'predict' and 'eval"
    " --likelihood'.",
)
@click.option(
    "--report",
    cls=Option,
    group="Output",
    metavar="FILE",
    help="Write JSON with settings, figures, versions and the names of the results in the end, for"
    " other programs; - is standard output.",
)
@click.option(
    "--calibrate",
    cls=Option,
    group="Output",
    is_flag=True,
    help="Teach the saved model how sharp its predictions should be, and to predict log Z, as"
    " 'w2v-nce calibrate' does.",
)
@config_options(TrainConfig)
@click.option(
    "--vocab",
    "vocabularies",
    cls=Option,
    group="Vocabulary",
    multiple=True,
    metavar="FILE",
    help="Take words and their counts from a file of 'w2v-nce vocab', or of word2vec.c's"
    " -save-vocab, instead of counting; may be given several times, counts are then added up.",
)
@click.option(
    "--spool-dir",
    cls=Option,
    group="Corpus",
    metavar="DIR",
    help="Where text that can be read only once (standard input, pipes, URLs) is kept while it is"
    " needed. Default: the system's folder for temporary files.",
)
@click.option(
    "--checkpoint",
    cls=Option,
    group="Checkpoints",
    metavar="DIR",
    help="Write all that is needed to go on to this folder, now and then and when a signal ends"
    " the run; the last two are kept.",
)
@click.option(
    "--checkpoint-every",
    cls=Option,
    group="Checkpoints",
    type=parse_duration,
    metavar="TIME",
    default="10m",
    show_default=True,
    help="Time between checkpoints, such as 90s, 10m or 2h.",
)
@click.option(
    "--resume",
    cls=Option,
    group="Checkpoints",
    metavar="DIR",
    help="Go on from the newest checkpoint in this folder, and write more of them. Corpus and"
    " options are those of the checkpoint; they need not be given again.",
)
@click.option(
    "--init",
    cls=Option,
    group="Starting point",
    metavar="FILE|DIR",
    help="Start from vectors in one of word2vec's formats, which become the input vectors of their"
    " words; or from a model folder, with its words, architecture, loss and the like unless others"
    " are given.",
)
@click.option(
    "--extend-vocab",
    cls=Option,
    group="Starting point",
    is_flag=True,
    help="Add the words of the text to those of the model of --init.",
)
@click.option(
    "--freeze",
    cls=Option,
    group="Starting point",
    metavar="FILE|init",
    help="Words, one on each line, whose input vectors stay as they are; init: those of --init."
    " Output vectors are learned all the same; write input vectors with --vectors input.",
)
@config_options(ClusterConfig)
@click.option(
    "--force",
    cls=Option,
    group="Performance",
    is_flag=True,
    help="Go on though the corpus is not that of the checkpoint, or memory is too small.",
)
@config_file_options
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.pass_context
def train(context: click.Context, /, **options: Any) -> None:
    """Learn word vectors from text.

    A CORPUS is a file, a pattern, a folder (all files below it), a URL, a pipe, or - for standard
    input; gzip, bzip2, xz and zstd are unpacked on the way. Words are separated by white space,
    sentences by line ends.

    Ctrl-C saves what has been learned; SIGUSR1 prints how things stand.

    \b
    w2v-nce train corpus.txt -o vectors.bin
    w2v-nce train part1.txt part2.txt --arch skipgram --dim 300 -o vectors.txt.gz
    w2v-nce train corpus.txt --checkpoint run/
    w2v-nce train --resume run/
    zcat news.gz | w2v-nce train - books/ -o -
    """
    if not options["corpus"] and not options["resume"]:
        raise click.MissingParameter(ctx=context, param=context.command.params[0])
    refuse_useless(context, useless_in_run(options))
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
                f" {options['cluster']} again, with as many of them as you like, also one"
            )
        Run(options, past, start).begin(requests)


def warn_of_others() -> None:
    """Warn if mpiexec has started several processes, which know nothing of each other."""
    for variable in ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE"):
        size = os.environ.get(variable, "")
        if size.isdecimal() and int(size) > 1:
            click.echo(
                f"warning: mpiexec has started {size} processes, and each trains on all of the"
                " text; with --cluster mpi they share it",
                err=True,
            )


def prepared(
    context: click.Context, options: dict[str, Any]
) -> tuple[dict[str, Any], Checkpoint | None, Start | None]:
    """Return the options, completed by what a checkpoint or a model says, and both of these.

    Raises:
        InputError: if one of them cannot be read or contradicts the options.
        UsageError: naming an option that would do nothing.
    """
    from w2v_nce.training.checkpoints import lock_if_used, newest_checkpoint
    from w2v_nce.training.pretrained import Start

    past = None
    if options["resume"] is not None:
        context.meta[LOCK] = lock_if_used(options["resume"])  # before another run changes it
        past = newest_checkpoint(options["resume"], options["force"])
        options = merged_options(context, options, past.about)
    start = None
    if options["init"] and past is None:
        start = Start.load(options["init"], options["extend_vocab"])
        for name, value in start.settings.items():
            if not is_given(context, name):
                options[name] = value
    if past is None:
        refuse_useless(context, useless_in_model(options))
    return options, past, start


NOISE = ("noise", "noise_dist", "noise_power", "noise_sharing", "nce_offset")


def refuse_useless(context: click.Context, useless: dict[str, str]) -> None:
    """Refuse options that would do nothing; those for many runs may be given.

    Args:
        context: of the command.
        useless: the names of such options, each with what it is about.

    Raises:
        UsageError: naming the first of them.
    """
    for parameter in context.command.params:
        name = parameter.name or ""
        if name in useless and is_on_command_line(context, name):
            shown = spelling(parameter).strip("[]")
            raise click.UsageError(f"{shown} is about {useless[name]}")


def useless_in_run(options: dict[str, Any]) -> dict[str, str]:
    """Return the options of ``train`` that need others which are not given."""
    useless = {}
    if not (options["checkpoint"] or options["resume"]):
        useless["checkpoint_every"] = "--checkpoint; name a folder"
    if not options["cluster"]:
        useless |= dict.fromkeys(("sync_every", "sync_hot", "cluster_timeout"), "--cluster")
    return useless


def useless_in_model(options: dict[str, Any]) -> dict[str, str]:
    """Return the options of ``train`` that mean nothing with this loss, noise, architecture."""
    useless, loss = {}, options["loss"]
    if loss != "nce":
        useless["nce_offset"] = f"--loss nce; with {loss} leave it out"
    if loss == "softmax":
        useless |= dict.fromkeys(NOISE, "noise, which --loss softmax does without; leave it out")
    elif options["noise_dist"] == "uniform":
        useless["noise_power"] = "words' weights, which are alike with --noise-dist uniform"
    if options["architecture"] != "cbow":
        useless["combiner"] = f"--arch cbow; with {options['architecture']} leave it out"
    return useless
