"""MkDocs hook: every setting of a configuration, made from its declaration.

Where a page says ``<!-- settings of w2v_nce.settings.train_config.TrainConfig -->``, its
settings follow.
"""

from __future__ import annotations

import dataclasses
import importlib
import re
from collections.abc import Iterator
from typing import Any

from w2v_nce.settings.setting import option_name

MARK = re.compile(r"<!-- settings of ([\w.]+)\.(\w+) -->")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put the settings in their place."""
    return MARK.sub(
        lambda match: table(vars(importlib.import_module(match[1]))[match[2]]), markdown
    )


def table(config: type[Any]) -> str:
    """Return the settings as a list of definitions."""
    return "\n".join(
        f"`{item.name}: {item.type} = {item.default!r}`\n"
        f":   {', '.join(domain(item))}.  \n    {item.metadata['help']}\n"
        for item in dataclasses.fields(config)
    )


def domain(item: dataclasses.Field[Any]) -> Iterator[str]:
    """Yield the option that sets it and what it takes."""
    yield f"`{option_name(item)}`"
    about = item.metadata
    if about["choices"]:
        yield "one of " + ", ".join(f"`{choice}`" for choice in about["choices"])
    if about["minimum"] is not None:
        yield f"{about['minimum']:g} or more"
    if about["maximum"] is not None and about["maximum"] < 2**53:
        yield f"{about['maximum']:g} or less"
