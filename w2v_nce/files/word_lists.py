"""Files of words and their weights, a pair on each line."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

from w2v_nce.errors import FormatError
from w2v_nce.text import BYTE_ORDER_MARK


def read_weights(path: str | Path) -> dict[bytes, float]:
    """Read lines of a word and a weight, with white space between them; empty lines are skipped.

    Raises:
        FormatError: naming the file and the line that is not such a pair.
    """
    try:
        lines = Path(path).read_bytes().removeprefix(BYTE_ORDER_MARK).split(b"\n")
    except OSError as error:
        raise FormatError(f"{path}: {error.strerror or error}") from error
    weights: dict[bytes, float] = {}
    for number, line in enumerate(lines, 1):
        fields = line.split()
        if not fields:
            continue
        weight = _weight(fields[-1])
        if len(fields) != 2 or weight is None:
            shown = line[:60].decode("utf-8", "replace").strip()
            raise FormatError(
                f"{path}, line {number}: {shown!r} is not a word and a weight of zero or more"
            )
        if fields[0] in weights:
            word = fields[0].decode("utf-8", "replace")
            raise FormatError(f"{path}, line {number}: {word!r} has a weight already")
        weights[fields[0]] = weight
    return weights


def _weight(text: bytes) -> float | None:
    try:
        weight = float(text)
    except ValueError:
        return None
    return weight if math.isfinite(weight) and weight >= 0 else None


def parse_word_groups(lines: Iterable[str], name: str) -> tuple[list[str], dict[str, str]]:
    """Return the words of some lines and the group of each; no group at all if none is named.

    Empty lines are skipped; of a word that comes twice, the first line counts.

    Args:
        lines: a word on each, or a word, a tab and a group; what follows another tab is not read.
        name: of the file, for messages.

    Raises:
        FormatError: if only some words have groups.
    """
    groups: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip(" \t"):
            continue
        word, *rest = (field.strip(" ") for field in line.split("\t"))
        group = rest[0] if rest else ""
        if groups and bool(group) != any(groups.values()):
            has, others = ("a", "have none") if group else ("no", "have one")
            raise FormatError(
                f"{name}, line {number}: {word!r:.60} has {has} group, and the words before"
                f" {others}; give each word a group behind a tab, or none"
            )
        groups.setdefault(word, group)
    return list(groups), groups if any(groups.values()) else {}


def read_words(path: str | Path) -> list[bytes]:
    """Read a file with a word on each line.

    Raises:
        FormatError: if it cannot be read, or a line has several words.
    """
    try:
        lines = Path(path).read_bytes().split(b"\n")
    except OSError as error:
        raise FormatError(f"{path}: {error.strerror or error}") from error
    for number, line in enumerate(lines, 1):
        if len(line.split()) > 1:
            shown = line[:60].decode("utf-8", "replace").strip()
            raise FormatError(f"{path}, line {number}: {shown!r} is not one word")
    return [word for line in lines for word in line.split()]


ENGLISH = frozenset(
    b"a an the"  # articles
    b" of in on at by to from for with without"  # prepositions
    b" and or".split()  # conjunctions
)


def read_connectors(name: str) -> frozenset[bytes]:
    """Return the connectors that a setting names: none, english, or those of a file.

    In a file, words have white space between them.

    Raises:
        FormatError: if the file cannot be read or has no words.
    """
    if name == "none":
        return frozenset()
    if name == "english":
        return ENGLISH
    try:
        words = Path(name).read_bytes().removeprefix(BYTE_ORDER_MARK).split()
    except OSError as error:
        raise FormatError(
            f"`connectors={name}`: {error.strerror or error}; it takes none, english or a file"
        ) from error
    if not words:
        raise FormatError(f"`connectors={name}`: there are no words in it; use `connectors=none`")
    return frozenset(words)
