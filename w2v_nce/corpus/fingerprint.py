"""Fingerprints of a corpus, to notice changes."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from w2v_nce.errors import CorpusError
from w2v_nce.files.inputs import FileInput, Input

HEAD = 4096  # bytes


class Fingerprint(NamedTuple):
    """Identifies an input without reading all of it; inputs that are no files, by name alone."""

    name: str
    size: int | None = None
    modified: int | None = None  # nanoseconds since 1970
    head: int | None = None  # CRC-32 of the first bytes


def fingerprint(source: Input) -> Fingerprint:
    """Return the fingerprint of an input.

    Raises:
        CorpusError: if it cannot be read.
    """
    if not isinstance(source, FileInput):
        return Fingerprint(source.name)
    try:
        status = source.path.stat()
        with source.path.open("rb") as file:
            head = zlib.crc32(file.read(HEAD))
    except OSError as error:
        raise CorpusError(f"{source.name}: {error.strerror or error}") from error
    path = Path(source.name).absolute()
    return Fingerprint(str(path), status.st_size, status.st_mtime_ns, head)


def difference(now: Sequence[Fingerprint], then: Sequence[Fingerprint]) -> str | None:
    """Return the first difference in words, or None."""
    names, before = [each.name for each in now], [each.name for each in then]
    for name in names:
        if name not in before:
            return f"{name} is not part of it"
    for name in before:
        if name not in names:
            return f"{name} is missing"
    if names != before:
        return "its parts have another order"
    for new, old in zip(now, then, strict=True):
        if new.size != old.size:
            return f"{new.name} had {old.size:,} bytes, now it has {new.size:,}"
        if new.head != old.head:
            return f"{new.name} starts with other bytes"
        if new.modified != old.modified:
            return f"{new.name} has been modified"
    return None
