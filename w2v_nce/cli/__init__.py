"""The command line: thin twins of library functions, and all that is printed.

Commands (``commands``) use the steps of a training run (``run``), these the ``options``, and all of
them the ``terminal``; nothing imports in the other direction.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from w2v_nce.cli.commands.demo import demo
from w2v_nce.cli.commands.evaluate import complete, evaluate
from w2v_nce.cli.commands.info import info
from w2v_nce.cli.commands.phrases import join, phrases
from w2v_nce.cli.commands.plot import plot
from w2v_nce.cli.commands.probabilities import calibrate, predict, score
from w2v_nce.cli.commands.query import analogy, odd_one_out, similar
from w2v_nce.cli.commands.shell import completion, version_option
from w2v_nce.cli.commands.train import train
from w2v_nce.cli.commands.vectors import cluster, convert, index
from w2v_nce.cli.commands.vocab import vocab
from w2v_nce.cli.options.command import Program
from w2v_nce.cli.terminal.errors import explain, fail
from w2v_nce.cli.terminal.signals import Quit, Stopped, listen


@click.group(cls=Program)
@version_option
@click.option("--debug", is_flag=True, expose_value=False, help="Show tracebacks of errors.")
def program() -> None:
    """Train and evaluate word embeddings: CBOW and skip-gram, with noise-contrastive estimation.

    'w2v-nce COMMAND --help' describes a command. Options may also be set in the environment:
    W2V_NCE_THREADS=1 is --threads 1 for all commands, W2V_NCE_TRAIN_THREADS=1 for 'train' alone.

    \b
    w2v-nce train corpus.txt -o vectors.bin --save-model model/
    w2v-nce eval questions.txt -m vectors.bin
    w2v-nce similar king queen -m vectors.bin
    w2v-nce predict "a cup of [?]" -m model/
    w2v-nce demo
    """


program.add_command(train)
program.add_command(vocab)
program.add_command(phrases)
program.add_command(join)
program.add_command(evaluate)
program.add_command(similar)
program.add_command(analogy)
program.add_command(odd_one_out)
program.add_command(index)
program.add_command(info)
program.add_command(convert)
program.add_command(cluster)
program.add_command(plot)
program.add_command(calibrate)
program.add_command(score)
program.add_command(predict)
program.add_command(complete)
program.add_command(demo)
program.add_command(completion)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 wrong usage or input.

    After a signal, the exit code is 128 plus its number, 130 for Ctrl-C.
    """
    listen()
    arguments = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    if sys.stdout is None:  # closed by the shell: `>&-`
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - it stays open to the end
    if isinstance(sys.stdout, io.TextIOWrapper):  # words may hold any bytes
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        program.main(arguments, prog_name="w2v-nce", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has gone, e.g. `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Quit as signal:
        click.echo(f"w2v-nce: error: {signal.verb}", err=True)
        os._exit(signal.exit_code)  # threads may still be at work, and are not waited for
    except (Exception, Stopped) as error:
        if "--debug" in arguments[:1]:
            traceback.print_exc()
        fail(*explain(error))
