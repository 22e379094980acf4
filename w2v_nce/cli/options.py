"""Command-line options made from the settings of a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import click

from w2v_nce.config import is_integer, option_name

Command = Callable[..., None]


def config_options(config: type[Any]) -> Callable[[Command], Command]:
    """Give a command one option for every setting, i.e. every field of this dataclass."""

    def decorate(command: Command) -> Command:
        for item in reversed(dataclasses.fields(config)):
            command = _option(item)(command)
        return command

    return decorate


def _option(item: dataclasses.Field[Any]) -> Callable[[Command], Command]:
    flag = item.type == "bool"
    return click.option(
        option_name(item),
        item.name,
        type=_type(item),
        is_flag=flag,
        default=item.default,
        show_default=item.default is not None and not flag,
        help=item.metadata["help"],
        metavar=item.metadata["metavar"],
    )


def _type(item: dataclasses.Field[Any]) -> Any:
    if item.metadata["choices"] is not None:
        return click.Choice(item.metadata["choices"])
    if item.type == "bool":
        return click.BOOL
    if item.type in ("str", "str | None"):
        return click.STRING
    return click.INT if is_integer(item) else click.FLOAT
