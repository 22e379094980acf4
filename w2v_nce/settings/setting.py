"""Settings: fields of a dataclass that know their help text and their domain.

The command line builds its options from them, so a default, a bound or a sentence of help has a
single home.
"""

from __future__ import annotations

import dataclasses
import math
import re
from fractions import Fraction
from typing import Any, NamedTuple

from w2v_nce.errors import ConfigError


def setting(
    default: Any,
    help: str,
    *,
    group: str = "",
    flag: str | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] | None = None,
    metavar: str | None = None,
) -> Any:
    """Declare a setting, a field of a dataclass, with its help text and its domain.

    ``group`` is the heading of the help that it stands under, ``flag`` names the command-line
    option where it differs from the field's name, ``metavar`` what it takes.
    """
    metadata = {
        "help": help,
        "group": group,
        "flag": flag,
        "minimum": minimum,
        "maximum": maximum,
        "choices": choices,
        "metavar": metavar,
    }
    return dataclasses.field(default=default, metadata=metadata)


def option_name(item: dataclasses.Field[Any]) -> str:
    """Return the command-line spelling of a setting, e.g. ``--noise-power``."""
    return "--" + (item.metadata["flag"] or item.name).replace("_", "-")


def is_integer(item: dataclasses.Field[Any]) -> bool:
    """Tell whether a setting takes whole numbers only."""
    return item.type in ("int", "int | None")  # annotations are strings in this module


def is_list(item: dataclasses.Field[Any]) -> bool:
    """Tell whether a setting takes any number of names."""
    return item.type == "tuple[str, ...]"


def check_settings(config: Any) -> None:
    """Check the fields of a dataclass that are declared by :func:`setting`.

    Raises:
        ConfigError: if a value is outside its domain.
    """
    for item in dataclasses.fields(config):
        _check(item, getattr(config, item.name))


def _check(item: dataclasses.Field[Any], value: Any) -> None:
    domain, name = item.metadata, option_name(item)
    if value is None and item.default is None:
        return
    if domain["choices"] is not None:
        if value not in domain["choices"]:
            raise ConfigError(f"{name} is {value!r}; choose one of {', '.join(domain['choices'])}")
        return
    if item.type in ("str", "str | None"):
        return
    if is_list(item):
        if not isinstance(value, tuple | list) or not all(isinstance(each, str) for each in value):
            raise ConfigError(f"{name} is {value!r}; it takes a list of names")
        return
    if item.type == "bool":
        if not isinstance(value, bool):
            raise ConfigError(f"{name} is {value!r}; it takes true or false")
        return
    wants_integer = is_integer(item)
    kind = "a whole number" if wants_integer else "a number"
    allowed = (int,) if wants_integer else (int, float)
    if isinstance(value, bool) or not isinstance(value, allowed) or not math.isfinite(value):
        raise ConfigError(f"{name} is {value!r}; it takes {kind}")
    if domain["minimum"] is not None and value < domain["minimum"]:
        raise ConfigError(f"{name} is {value}; it takes {kind}, {domain['minimum']:g} or more")
    if domain["maximum"] is not None and value > domain["maximum"]:
        raise ConfigError(f"{name} is {value}; it takes {kind}, {domain['maximum']:g} or less")


INTERVAL = re.compile(r"(\d+(?:\.\d+)?)(?:(epoch)s?|([kMG]?)words?)", re.IGNORECASE)

MULTIPLES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}


class Interval(NamedTuple):
    """So many epochs, or so many words.

    Time is no such unit: moments depend on the text alone, so that a run can be repeated.
    """

    amount: Fraction
    of_epochs: bool

    @classmethod
    def parse(cls, text: str, option: str) -> Interval:
        """Read something like 1epoch, 0.5epoch or 50Mwords, as ``option`` has it.

        Raises:
            ConfigError: if it is something else.
        """
        match = INTERVAL.fullmatch(text.strip())
        if match is None or Fraction(match[1]) == 0:
            raise ConfigError(
                f"{option} is {text!r}; it takes epochs or words, such as 0.5epoch or 50Mwords"
            )
        if match[2]:
            return cls(Fraction(match[1]), of_epochs=True)
        return cls(Fraction(match[1]) * MULTIPLES[match[3].lower()], of_epochs=False)

    def number(self, epoch: int, words: int, epoch_words: int) -> int:
        """Return in which interval from the start a place of the text is, from 0.

        The place is in this epoch, after so many words from the start; ``epoch_words`` are those of
        an epoch as counted. It never falls in the course of a run, and an epoch begins where it
        does, whatever the counts.
        """
        if not self.of_epochs:
            return words // self.amount
        within = min(max(words - epoch * epoch_words, 0), epoch_words - 1)
        return (epoch * epoch_words + within) // (self.amount * epoch_words)
