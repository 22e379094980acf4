"""The files that ``w2v-nce train`` reads besides the corpus."""

from __future__ import annotations

from pathlib import Path
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


def files_read(options: dict[str, Any]) -> list[tuple[str, Path]]:
    """Return the options that name files, each with one.

    Raises:
        CorpusError: if --heldout stands for nothing.
    """
    named = [
        ("--" + option.replace("_", "-"), path)
        for option in WORDS
        if names_file(option, options[option])
        for path in _paths(option, options[option])
    ]
    for option, key in (("--vocab", "vocabularies"), ("--eval", "evals")):
        named += [(option, Path(name)) for name in options[key]]
    if options["init"]:
        named.append(("--init", Path(options["init"])))
    return named


def _paths(option: str, name: str) -> list[Path]:
    """Return the files that a name stands for: held-out text is named like a corpus."""
    from w2v_nce.corpus.inputs import FileInput, expand

    if option != "heldout":
        return [Path(name)]
    return [each.path for each in expand([name]) if isinstance(each, FileInput)]
