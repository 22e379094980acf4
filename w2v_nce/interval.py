"""How often something is done in the course of a run, by what has been trained on."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from w2v_nce.errors import ConfigError

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
