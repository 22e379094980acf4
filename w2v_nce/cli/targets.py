"""Where results may not go."""

from __future__ import annotations

import os
from pathlib import Path

from w2v_nce.errors import OutputError


def refuse_overwriting(corpus: tuple[Path, ...], output: str) -> None:
    """Make sure that the vectors do not replace the text that they are made from.

    Raises:
        OutputError: if they would.
    """
    # What cannot be looked at is told by what opens it.
    exists = os.path.exists(output)  # noqa: PTH110
    if exists and any(path.samefile(output) for path in corpus):
        raise OutputError(f"{output} is the corpus itself; choose another name with -o")


def refuse_losing(option: str, folder: str, files: list[Path]) -> None:
    """Make sure that a folder of ours does not take the place of a file or of what is around it.

    Raises:
        OutputError: if it would.
    """
    place = Path(folder).resolve()
    for file in files:
        if place in (file.resolve(), *file.resolve().parents):
            raise OutputError(f"{option} {folder} would replace {file}; choose a folder of its own")
