"""An option, with all that the program knows of it; and the options that many commands have."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import click

from w2v_nce.cli.options.values import FileName, FolderName, ResultName


class Option(click.Option):
    """An option that knows where it stands in the help, and how long its value holds.

    Args:
        declarations: the spellings, and the name in the program.
        group: the heading of the help that it stands under.
        python: the name that Python has for what it does, as in messages of the library.
        may_change: whether a run that is resumed may have another value than before.
        is_kept: whether a checkpoint keeps its value.
        is_saved: whether ``--save-config`` writes it.
        attributes: those of click.
    """

    def __init__(
        self,
        *declarations: Any,
        group: str = "",
        python: str | None = None,
        may_change: bool = False,
        is_kept: bool = True,
        is_saved: bool = True,
        **attributes: Any,
    ) -> None:
        super().__init__(*declarations, **attributes)
        self.group, self.python = group, python
        self.may_change, self.is_kept, self.is_saved = may_change, is_kept, is_saved


Function = Callable[..., None]
Decorator = Callable[[Function], Function]
option = partial(click.option, cls=Option)

vectors_option = option(
    "-m",
    "--model",
    "vectors",
    type=FileName(),
    default="vectors.bin",
    show_default=True,
    metavar="FILE",
    help="A file of vectors, or a model folder; - is standard input.",
)

model_option = option(
    "-m",
    "--model",
    "folder",
    type=FolderName(),
    required=True,
    metavar="DIR",
    help="A model folder.",
)

text_option = option(
    "-o",
    "--output",
    type=ResultName(),
    default="-",
    metavar="FILE",
    help="File for the text; .gz, .xz and .zst compress. Default: standard output.",
)

threads_option = option(
    "--threads",
    type=click.IntRange(min=1),
    help="Threads. Default: the processors that this process may use.",
)

json_option = option("--json", "as_json", is_flag=True, help="Print one JSON document.")

quiet_option = option(
    "-q",
    "--quiet",
    is_flag=True,
    may_change=True,
    is_kept=False,
    help="Print nothing but errors.",
)

#: The names of ``files.vectors.FORMATS``, whose module loads NumPy: help must not. A test compares.
vectors_kinds = click.Choice(["binary", "text", "glove", "npy", "safetensors", "projector"])
