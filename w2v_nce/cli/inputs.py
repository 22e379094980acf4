"""The files that ``w2v-nce train`` reads besides the corpus."""

from __future__ import annotations

from typing import Any

from w2v_nce.config import NOISE_DISTRIBUTIONS

#: Options that may name a file, and the words that they take instead.
WORDS = {"heldout": (), "freeze": ("init",), "noise_dist": NOISE_DISTRIBUTIONS}


def names_file(option: str, value: Any) -> bool:
    """Tell whether an option of :data:`WORDS` has the name of a file."""
    if value is None or value in WORDS[option]:
        return False
    return option != "heldout" or not is_number(value)


def is_number(text: str) -> bool:
    """Tell whether a text is a number, such as the share of the text that is held out."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def files_read(options: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the options that name files, each with one."""
    named = [
        ("--" + option.replace("_", "-"), options[option])
        for option in WORDS
        if names_file(option, options[option])
    ]
    named += [("--vocab", name) for name in options["vocabularies"]]
    return named + [("--eval", name) for name in options["evals"]]
