"""Names of files on the command line, which shells complete."""

from __future__ import annotations

import os
import re

import click
from click.shell_completion import CompletionItem
from click.types import StringParamType

#: Words in the metavar of what takes the name of a file or folder.
PLACES = {
    "FILE",
    "DIR",
    "CORPUS",
    "TASK",
    "TEXT",
    "FROM",
    "TO",
    "MODEL",
    "LIST",
    "LOG",
    "QUESTIONS",
}


class FileName(StringParamType):
    """Text that is the name of a file or a folder, or one of the words that the metavar names.

    In an environment variable, several are separated as in ``PATH``.
    """

    envvar_list_splitter = os.pathsep

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the words of the metavar that begin like this, or let the shell look for files."""
        metavar = param.metavar or ""
        words = [word for word in metavar.split("|") if word.islower()]
        found = [
            CompletionItem(word) for word in words if incomplete and word.startswith(incomplete)
        ]
        kind = "dir" if metavar == "DIR" else "file"
        return found or [CompletionItem(incomplete, type=kind)]


def is_place(parameter: click.Parameter) -> bool:
    """Tell by its metavar whether a parameter takes names of files or folders."""
    return bool(PLACES & set(re.findall("[A-Z]+", parameter.metavar or "")))
