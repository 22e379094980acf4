"""The command line: thin twins of library functions, and all that is printed.

Modules here import only click and the settings at the top, so that ``--help`` is quick; what
is heavy (NumPy, Numba, rich) is imported by the command that needs it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from w2v_nce import __version__
from w2v_nce.cli.demo import demo
from w2v_nce.cli.evaluate import evaluate
from w2v_nce.cli.train import train
from w2v_nce.errors import W2vNceError

INTERRUPTED = 130  # as shells report it: 128 + SIGINT


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="w2v-nce")
@click.option("--debug", is_flag=True, help="Show tracebacks of errors.")
def program(debug: bool) -> None:
    """Train and evaluate word embeddings: CBOW and skip-gram, with noise-contrastive estimation.

    \b
    w2v-nce train corpus.txt -o vectors.bin
    w2v-nce eval questions.txt -m vectors.bin
    w2v-nce demo
    """


program.add_command(train)
program.add_command(evaluate)
program.add_command(demo)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 wrong usage or input, 130 Ctrl-C."""
    arguments = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    debug = "--debug" in arguments
    try:
        program.main(arguments, prog_name="w2v-nce", standalone_mode=False)
    except (KeyboardInterrupt, click.Abort):
        fail("interrupted", INTERRUPTED)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "w2v-nce"
        fail(f"{error.format_message()} (see '{command} --help')", error.exit_code)
    except click.ClickException as error:
        fail(error.format_message(), error.exit_code)
    except W2vNceError as error:
        if debug:
            raise
        fail(str(error), error.exit_code)
    except BrokenPipeError:  # the reader of our output has gone, e.g. `| head`
        sys.stderr.close()
        sys.exit(1)
    except MemoryError as error:
        if debug:
            raise
        fail(f"out of memory: {error}", 1)
    except Exception as error:
        if debug:
            raise
        kind = type(error).__name__
        fail(f"internal error ({kind}: {error}); --debug before the command shows where", 1)


def fail(message: str, code: int) -> None:
    """Say in one line what is wrong, and exit."""
    click.echo(f"w2v-nce: error: {message}", err=True)
    sys.exit(code)
