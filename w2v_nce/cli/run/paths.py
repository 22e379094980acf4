"""The files that a run reads and writes, none of which may take the place of another."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from w2v_nce.cli.options.option import Option
from w2v_nce.cli.options.values import FileName, ResultName, TextName, names_file
from w2v_nce.errors import OutputError
from w2v_nce.files.atomic import STANDARD_OUTPUT
from w2v_nce.files.vectors import files_of_vectors


def refuse_overwriting(
    files: Iterable[Path], output: str, what: str = "the corpus itself", option: str = "-o"
) -> None:
    """Make sure that a file of results, named by ``option``, does not replace one that is read.

    Raises:
        OutputError: if it would, saying ``what`` is read.
    """
    # Opening a file that cannot be looked at raises a better error.
    if not os.path.exists(output):  # noqa: PTH110
        return
    if any(path.exists() and path.samefile(output) for path in files):
        raise OutputError(f"{output} is {what}; choose another name with {option}")


def refuse_twice(results: Iterable[tuple[str, str | Path]]) -> None:
    """Make sure that files of results, each with the option that names it, are different.

    Raises:
        OutputError: if two of them are the same.
    """
    taken: dict[Path, str] = {}
    for option, name in results:
        other = taken.setdefault(_place(name), option)
        if other is not option:
            raise OutputError(f"{option} {name} is also the file of {other}; choose another name")


def refuse_losing(option: str, folder: str, files: list[Path]) -> None:
    """Make sure that a folder does not replace a file or a folder that holds one.

    Raises:
        OutputError: if it would.
    """
    place = Path(folder).resolve()
    for file in files:
        if place in (file.resolve(), *file.resolve().parents):
            raise OutputError(f"{option} {folder} would replace {file}; choose another place")


def refuse_checkpoints(option: str, target: str, checkpoints: str) -> None:
    """Make sure that results neither replace checkpoints nor look like one.

    Raises:
        OutputError: if they would.
    """
    place, folder = Path(target).resolve(), Path(checkpoints).resolve()
    if place == folder or (place.parent == folder and place.name.isdecimal()):
        raise OutputError(
            f"{option} {target} is where the checkpoints of {checkpoints} go; choose another name"
        )


def is_same_place(one: str | Path | None, other: str | Path) -> bool:
    """Return whether two names are of the same file or folder, which need not exist."""
    return one is not None and _place(one) == _place(other)


def _place(name: str | Path) -> Path:
    """Return the path of a file, the same for all its names."""
    return Path("-" if str(name) in STANDARD_OUTPUT else name).resolve()


def files_read(options: dict[str, Any]) -> list[tuple[str, Path]]:
    """Return the files that options of the present command name, each with the option.

    Raises:
        CorpusError: if a name of text stands for nothing.
    """
    return [
        (parameter.opts[0], path)
        for parameter in _options(FileName, TextName)
        if names_file(parameter, options[parameter.name or ""])
        for name in _listed(options[parameter.name or ""])
        for path in _files(parameter, name)
    ]


def files_written(options: dict[str, Any], kind: str) -> list[tuple[str, str | Path]]:
    """Return the files that are written, without models and checkpoints, each with its option.

    ``kind`` is the format of the vectors.
    """
    written: list[tuple[str, str | Path]] = []
    for parameter in _options(ResultName):
        name = options[parameter.name or ""]
        if name is not None:
            files = files_of_vectors(name, kind) if parameter.name == "output" else [name]
            written += [(parameter.opts[0], file) for file in files]
    return written


def _options(*kinds: type[FileName]) -> list[Option]:
    """Return the options of the present command that take such names."""
    parameters = click.get_current_context().command.params
    options = [each for each in parameters if isinstance(each, Option) and each.expose_value]
    return [each for each in options if type(each.type) in kinds]


def _files(parameter: Option, name: str) -> list[Path]:
    assert isinstance(parameter.type, FileName)
    return parameter.type.files(name)


def _listed(names: Any) -> list[str]:
    return [names] if isinstance(names, str) else list(names)
