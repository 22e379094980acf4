"""Callback-line options made from the settings of a run."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import click

from w2v_nce.cli.options.command import Option
from w2v_nce.settings.setting import is_integer, is_list, option_name

Callback = Callable[..., None]

#: Which vectors a command is about.
vectors_option = click.option(
    "-m",
    "--model",
    "vectors",
    default="vectors.bin",
    show_default=True,
    metavar="FILE",
    help="A file of vectors, or a model folder; - is standard input.",
)

#: Where a command writes text.
text_option = click.option(
    "-o",
    "--output",
    default="-",
    metavar="FILE",
    help="Where the text goes; .gz, .xz and .zst compress. Default: standard output.",
)


class VectorsKind(click.Choice):  # type: ignore[type-arg]  # generic since click 8.2
    """One of the formats that vectors are written in."""

    def __init__(self) -> None:
        self.case_sensitive = True

    @property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]
        """The names of the formats, whose module loads NumPy."""
        from w2v_nce.files.vectors import FORMATS

        return tuple(FORMATS)


vectors_kinds = VectorsKind()

UNITS = ("", "K", "M", "G", "T")

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhd])", re.IGNORECASE)

SIZE = re.compile(r"(\d+(?:\.\d+)?)([KMGT]?)(?:i?B)?", re.IGNORECASE)


def config_options(config: type[Any]) -> Callable[[Callback], Callback]:
    """Give a command one option for every setting, i.e. every field of this dataclass."""
    defaults = {item.name: item.default for item in dataclasses.fields(config)}
    return some_options(config, **defaults)


def some_options(config: type[Any], **defaults: Any) -> Callable[[Callback], Callback]:
    """Give a command options for some of the settings, with defaults of its own."""
    fields = [item for item in dataclasses.fields(config) if item.name in defaults]
    assert len(fields) == len(defaults), "a setting that does not exist"

    def decorate(command: Callback) -> Callback:
        for item in reversed(fields):
            command = _option(item, defaults[item.name])(command)
        return command

    return decorate


def _option(item: dataclasses.Field[Any], default: Any) -> Callable[[Callback], Callback]:
    flag = item.type == "bool"
    return click.option(
        option_name(item),
        item.name,
        cls=Option,
        group=item.metadata["group"],
        type=_type(item),
        is_flag=flag,
        multiple=is_list(item),
        default=default,
        show_default=default not in (None, ()) and not flag,
        help=item.metadata["help"],
        metavar=item.metadata["metavar"],
    )


def _type(item: dataclasses.Field[Any]) -> Any:
    if item.metadata["choices"] is not None:
        return click.Choice(item.metadata["choices"])
    if item.metadata["metavar"] == "SIZE":
        return parse_size
    if item.type == "bool":
        return click.BOOL
    if item.type in ("str", "str | None") or is_list(item):
        return click.STRING
    return click.INT if is_integer(item) else click.FLOAT


def parse_size(text: str | int) -> int:
    """Return the number of bytes that something like 500M or 4G stands for.

    Raises:
        click.BadParameter: if it stands for nothing.
    """
    match = SIZE.fullmatch(str(text).strip())
    if match is None:
        raise click.BadParameter(f"{text!r} is not a size; write it like 500M or 4G")
    return int(float(match[1]) * 1024 ** UNITS.index(match[2].upper()))


def parse_duration(text: str | float) -> float:
    """Return the seconds that something like 90s, 10m or 2h stands for.

    Raises:
        click.BadParameter: if it stands for nothing.
    """
    if isinstance(text, float):
        return text
    match = DURATION.fullmatch(text.strip())
    if match is None:
        raise click.BadParameter(f"{text!r} is not a duration; write it like 90s, 10m or 2h")
    return float(match[1]) * SECONDS[match[2].lower()]
