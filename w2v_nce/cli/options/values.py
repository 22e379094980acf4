"""The values that options take: names of files, sizes, durations."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem
from click.types import StringParamType

UNITS = ("", "K", "M", "G", "T")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhd])", re.IGNORECASE)
SIZE = re.compile(r"(\d+(?:\.\d+)?)([KMGT]?)(?:i?B)?", re.IGNORECASE)


class FileName(StringParamType):
    """The name of a file that is read, or one of the lower-case words of the metavar.

    In an environment variable, several are separated as in ``PATH``.
    """

    envvar_list_splitter = os.pathsep
    completed_as, metavar = "file", "FILE"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the words of the metavar that begin like this, or let the shell look for files."""
        found = [
            CompletionItem(word)
            for word in words_of(param)
            if incomplete and word.startswith(incomplete)
        ]
        return found or [CompletionItem(incomplete, type=self.completed_as)]

    def is_named(self, parameter: click.Parameter, value: str) -> bool:
        """Return whether a value names a file, and is no word."""
        return value not in words_of(parameter)

    def files(self, name: str) -> list[Path]:
        """Return the files that a name stands for."""
        return [Path(name)]


class TextName(FileName):
    """The name of text like CORPUS: a file, pattern, folder or URL; or a share of the corpus."""

    def is_named(self, parameter: click.Parameter, value: str) -> bool:
        """Return whether a value names text, and is no share."""
        try:
            float(value)
        except ValueError:
            return True
        return "SHARE" not in (parameter.metavar or "")

    def files(self, name: str) -> list[Path]:
        """Return the files that a name stands for.

        Raises:
            CorpusError: if it stands for nothing.
        """
        from w2v_nce.files.inputs import FileInput, expand

        return [each.path for each in expand([name]) if isinstance(each, FileInput)]


class ResultName(FileName):
    """The name of a file that is written."""


class FolderName(FileName):
    """The name of a folder."""

    completed_as, metavar = "dir", "DIR"


def words_of(parameter: click.Parameter) -> list[str]:
    """Return the words that an option takes besides names, those of ``none|english|FILE``."""
    return [word for word in (parameter.metavar or "").split("|") if word.islower()]


def names_file(parameter: click.Parameter, value: Any) -> bool:
    """Return whether the value of a parameter is the name of a file or folder, or several."""
    kind = parameter.type
    if value is None or not isinstance(kind, FileName):
        return False
    return not isinstance(value, str) or kind.is_named(parameter, value)


def parse_size(text: str | int) -> int:
    """Return the number of bytes in a size such as 500M or 4G.

    Raises:
        click.BadParameter: if the text is no size.
    """
    match = SIZE.fullmatch(str(text).strip())
    if match is None:
        raise click.BadParameter(f"{text!r} is not a size; write it like 500M or 4G")
    return int(float(match[1]) * 1024 ** UNITS.index(match[2].upper()))


def parse_duration(text: str | float) -> float:
    """Return the number of seconds in a duration such as 90s, 10m or 2h.

    Raises:
        click.BadParameter: if the text is no duration.
    """
    if isinstance(text, float):
        return text
    match = DURATION.fullmatch(text.strip())
    if match is None:
        raise click.BadParameter(f"{text!r} is not a duration; write it like 90s, 10m or 2h")
    return float(match[1]) * SECONDS[match[2].lower()]
