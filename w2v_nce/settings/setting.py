"""Settings: fields of a dataclass that know their help text and their domain.

The command line builds its options from them, so that a default, a bound or a sentence of help
has a single home.
"""

from __future__ import annotations

import dataclasses
import math
import re
from fractions import Fraction
from typing import Any, Literal, NamedTuple

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
    reads: Literal["file", "text"] | None = None,
    may_change: bool = False,
) -> Any:
    """Declare a setting, a field of a dataclass, with its help text and its domain.

    Args:
        default: the value where none is given.
        help: the text; it names other settings in backquotes.
        group: the heading of the help that it stands under.
        flag: the command-line option where it differs from the field's name.
        minimum: the least number allowed.
        maximum: the greatest number allowed.
        choices: the only values allowed.
        metavar: what the option takes; words that stand for no file are in lower case.
        reads: "file" if it names files that are read, "text" if it names text like a corpus.
        may_change: whether a run that is resumed may have another value than before.
    """
    metadata = {
        "help": help,
        "group": group,
        "flag": flag,
        "minimum": minimum,
        "maximum": maximum,
        "choices": choices,
        "metavar": metavar,
        "reads": reads,
        "may_change": may_change,
    }
    return dataclasses.field(default=default, metadata=metadata)


def option_name(item: dataclasses.Field[Any]) -> str:
    """Return the command-line spelling of a setting, e.g. ``--noise-power``."""
    return "--" + (item.metadata["flag"] or item.name).replace("_", "-")


def is_integer(item: dataclasses.Field[Any]) -> bool:
    """Return whether a setting takes whole numbers only."""
    return item.type in ("int", "int | None")  # annotations are strings in this module


def is_list(item: dataclasses.Field[Any]) -> bool:
    """Return whether a setting takes any number of names."""
    return item.type == "tuple[str, ...]"


def check_settings(config: Any) -> None:
    """Check the fields of a dataclass that are declared by :func:`setting`.

    Raises:
        ConfigError: if a value is outside its domain.
    """
    for item in dataclasses.fields(config):
        value = getattr(config, item.name)
        if problem := _problem(item, value):
            raise ConfigError(problem, item.name)


def _problem(item: dataclasses.Field[Any], value: Any) -> str | None:
    """Return what is wrong with the value of a setting, None if nothing is."""
    choices, minimum, maximum = (item.metadata[each] for each in ("choices", "minimum", "maximum"))
    if value is None and item.default is None:
        return None
    if choices is not None:
        known = value in choices
        return None if known else f"is {value!r}; choose one of {', '.join(choices)}"
    if item.type in ("str", "str | None"):
        return None
    if is_list(item):
        named = isinstance(value, tuple | list) and all(isinstance(each, str) for each in value)
        return None if named else f"is {value!r}; it takes a list of names"
    if item.type == "bool":
        return None if isinstance(value, bool) else f"is {value!r}; it takes true or false"
    kind, types = ("a whole number", int) if is_integer(item) else ("a number", int | float)
    if isinstance(value, bool) or not isinstance(value, types) or not math.isfinite(value):
        return f"is {value!r}; it takes {kind}"
    if minimum is not None and value < minimum:
        return f"is {value}; it takes {kind}, {minimum:g} or more"
    if maximum is not None and value > maximum:
        return f"is {value}; it takes {kind}, {maximum:g} or less"
    return None


INTERVAL = re.compile(r"(\d+(?:\.\d+)?)(?:(epoch)s?|([kMG]?)words?)", re.IGNORECASE)
MULTIPLES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}


class Interval(NamedTuple):
    """A number of epochs or of words.

    It is never a time: intervals begin at places of the text, so that a run can be repeated.
    """

    amount: Fraction
    of_epochs: bool

    @classmethod
    def parse(cls, text: str, setting: str) -> Interval:
        """Read an interval such as 1epoch, 0.5epoch or 50Mwords, the value of ``setting``.

        Raises:
            ConfigError: if the text is no interval.
        """
        match = INTERVAL.fullmatch(text.strip())
        if match is None or Fraction(match[1]) == 0:
            raise ConfigError(
                f"is {text!r}; it takes epochs or words, such as 0.5epoch or 50Mwords", setting
            )
        if match[2]:
            return cls(Fraction(match[1]), of_epochs=True)
        return cls(Fraction(match[1]) * MULTIPLES[match[3].lower()], of_epochs=False)

    def number(self, epoch: int, words: int, epoch_words: int) -> int:
        """Return the number, from 0, of the interval that a place of the text is in.

        Numbers never fall in the course of a run, and an interval of one epoch begins where the
        epoch does, even if the words were counted in another text.

        Args:
            epoch: the epoch of the place, from 0.
            words: the words trained before it, in all epochs.
            epoch_words: the words of an epoch, as counted.
        """
        if not self.of_epochs:
            return words // self.amount
        within = min(max(words - epoch * epoch_words, 0), epoch_words - 1)
        return (epoch * epoch_words + within) // (self.amount * epoch_words)
