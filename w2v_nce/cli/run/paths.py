"""Where results may not go."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from w2v_nce.errors import OutputError
from w2v_nce.files.atomic import STANDARD_OUTPUT
from w2v_nce.settings.train_config import NOISE_DISTRIBUTIONS


def refuse_overwriting(
    files: Iterable[Path], output: str, what: str = "the corpus itself", option: str = "-o"
) -> None:
    """Make sure that a file of results, which ``option`` names, does not replace one that is read.

    Raises:
        OutputError: if it would, saying what that one is.
    """
    # What cannot be looked at is told by what opens it.
    if not os.path.exists(output):  # noqa: PTH110
        return
    if any(path.exists() and path.samefile(output) for path in files):
        raise OutputError(f"{output} is {what}; choose another name with {option}")


def refuse_twice(results: Iterable[tuple[str, str | Path]]) -> None:
    """Make sure that files of results, each with the option that names it, are different ones.

    Raises:
        OutputError: if they are not.
    """
    taken: dict[Path, str] = {}
    for option, name in results:
        other = taken.setdefault(_place(name), option)
        if other is not option:
            raise OutputError(f"{option} {name} is what {other} names, too; choose another name")


def refuse_losing(option: str, folder: str, files: list[Path]) -> None:
    """Make sure that what we write does not take the place of a file or of what is around it.

    Raises:
        OutputError: if it would.
    """
    place = Path(folder).resolve()
    for file in files:
        if place in (file.resolve(), *file.resolve().parents):
            raise OutputError(f"{option} {folder} would replace {file}; choose another place")


def refuse_checkpoints(option: str, target: str, checkpoints: str) -> None:
    """Make sure that results do not take the place of checkpoints, and are not taken for one.

    Raises:
        OutputError: if they would.
    """
    place, folder = Path(target).resolve(), Path(checkpoints).resolve()
    if place == folder or (place.parent == folder and place.name.isdecimal()):
        raise OutputError(
            f"{option} {target} is where the checkpoints of {checkpoints} go; choose another name"
        )


def is_same_place(one: str | Path | None, other: str | Path) -> bool:
    """Tell whether two names are of the same file or folder, which need not be there."""
    return one is not None and _place(one) == _place(other)


def _place(name: str | Path) -> Path:
    """Return where a file is, whatever it is called."""
    return Path("-" if str(name) in STANDARD_OUTPUT else name).resolve()


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
    from w2v_nce.files.inputs import FileInput, expand

    if option != "heldout":
        return [Path(name)]
    return [each.path for each in expand([name]) if isinstance(each, FileInput)]
