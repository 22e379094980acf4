"""Words that may stand inside a phrase but not at its ends."""

from __future__ import annotations

from pathlib import Path

from w2v_nce.errors import FormatError
from w2v_nce.text import BYTE_ORDER_MARK

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
            f"--connectors {name}: {error.strerror or error}; it takes none, english or a file"
        ) from error
    if not words:
        raise FormatError(f"--connectors {name}: there are no words in it; use --connectors none")
    return frozenset(words)
