"""Errors as the terminal shows them: in one line, with the exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NoReturn

import click

from w2v_nce.cli.terminal.console import printable
from w2v_nce.cli.terminal.signals import Stopped
from w2v_nce.errors import W2vNceError

#: Where the context keeps the function that puts options into messages of the library.
SPELL = "w2v_nce.spell"


def spelled(message: str) -> str:
    """Return a message of the library with the options of the present command in it."""
    context = click.get_current_context(silent=True)
    spell: Callable[[str], str] | None = context.meta.get(SPELL) if context else None
    return spell(message) if spell else message


def explain(error: BaseException) -> tuple[str, int]:
    """Return the message for an error, and the exit code."""
    if isinstance(error, Stopped):
        return error.verb, error.exit_code
    if isinstance(error, click.Abort):  # what click makes of a KeyboardInterrupt
        return "interrupted", 130
    if isinstance(error, click.UsageError):
        command = error.ctx.command_path if error.ctx else "w2v-nce"
        message = error.format_message()
        if not message.endswith("..."):  # as in CORPUS...
            message = message.removesuffix(".")  # click's are sentences
        return f"{message} (see '{command} --help')", error.exit_code
    if isinstance(error, click.ClickException):
        return error.format_message(), error.exit_code
    if isinstance(error, W2vNceError):
        return str(error), error.exit_code
    if isinstance(error, MemoryError):
        return f"out of memory: {error}", 1
    if isinstance(error, OSError):
        return f"{error.filename or 'standard output'}: {error.strerror or error}", 1
    kind = type(error).__name__
    return f"internal error ({kind}: {error}); 'w2v-nce --debug COMMAND ...' shows where", 1


def fail(message: str, code: int) -> NoReturn:
    """Print an error in one line, and exit."""
    click.echo(f"w2v-nce: error: {printable(' '.join(message.split()))}", err=True)
    sys.exit(code)
