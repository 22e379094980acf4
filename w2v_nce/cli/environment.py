"""Options from environment variables: ``W2V_NCE_THREADS=1``."""

from __future__ import annotations

import os
from collections.abc import Iterable

import click

from w2v_nce.cli.suggestions import did_you_mean, spelling

PREFIX = "W2V_NCE_"


def variables(command: str, parameter: click.Parameter) -> list[str]:
    """Return the variables that stand for an option of a command, the first that is set wins.

    That for one command, such as ``W2V_NCE_TRAIN_THREADS``, comes before that for all. Arguments
    have the former only, as their names mean different things.
    """
    name = upper(spelling(parameter, dashes=False))
    own = f"{PREFIX}{upper(command)}_{name}"
    return [own] if isinstance(parameter, click.Argument) else [own, PREFIX + name]


def upper(name: str) -> str:
    """Return a name as it stands in a variable."""
    return name.upper().replace("-", "_")


def unknown_variables(known: Iterable[str]) -> list[str]:
    """Say of each variable with our prefix that is none of these what may have been meant."""
    names = {name.removeprefix(PREFIX) for name in known}
    given = [name.removeprefix(PREFIX) for name in sorted(os.environ) if name.startswith(PREFIX)]
    return [
        f"{PREFIX}{name} in the environment is no option of w2v-nce"
        + did_you_mean(name, names, PREFIX)
        for name in given
        if name not in names
    ]
