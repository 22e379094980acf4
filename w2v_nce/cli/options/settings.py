"""Command-line options made from the settings of a run."""

from __future__ import annotations

import dataclasses
from typing import Any

import click

from w2v_nce.cli.options.names import with_options
from w2v_nce.cli.options.option import Decorator, Function, option
from w2v_nce.cli.options.values import FileName, TextName, parse_size
from w2v_nce.settings.setting import is_integer, is_list, option_name


def config_options(config: type[Any]) -> Decorator:
    """Give a command one option for every setting, i.e. every field of this dataclass."""
    return some_options(config, **{item.name: item.default for item in dataclasses.fields(config)})


def some_options(config: type[Any], **defaults: Any) -> Decorator:
    """Give a command options for some of the settings, with defaults of its own."""
    spellings = {item.name: option_name(item) for item in dataclasses.fields(config)}
    fields = [item for item in dataclasses.fields(config) if item.name in defaults]
    assert len(fields) == len(defaults), "a setting that does not exist"

    def decorate(command: Function) -> Function:
        for item in reversed(fields):
            command = _option(item, defaults[item.name], spellings)(command)
        return command

    return decorate


def _option(item: dataclasses.Field[Any], default: Any, spellings: dict[str, str]) -> Decorator:
    flag, about = item.type == "bool", item.metadata
    return option(
        spellings[item.name],
        item.name,
        group=about["group"],
        type=_type(item),
        is_flag=flag,
        multiple=is_list(item),
        default=default,
        show_default=default not in (None, ()) and not flag,
        help=with_options(about["help"], spellings.get),
        metavar=about["metavar"],
        may_change=about["may_change"],
    )


def _type(item: dataclasses.Field[Any]) -> Any:
    about = item.metadata
    if about["choices"] is not None:
        return click.Choice(about["choices"])
    if about["reads"] is not None:
        return TextName() if about["reads"] == "text" else FileName()
    if about["metavar"] == "SIZE":
        return parse_size
    if item.type == "bool":
        return click.BOOL
    if item.type in ("str", "str | None"):
        return click.STRING
    return click.INT if is_integer(item) else click.FLOAT
