"""Lists of words, perhaps with a group for each behind a tab."""

from __future__ import annotations

from collections.abc import Iterable

from w2v_nce.errors import FormatError


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
