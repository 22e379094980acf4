"""What separates words and fields: ASCII white space, and nothing else.

Python's ``str.split()`` also splits at what Unicode calls white space, which can be in words.
"""

from __future__ import annotations

BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # what some programs put before UTF-8
BLANKS = " \t\r\v\f"  # within a line


def split_words(line: str) -> list[str]:
    """Split at ASCII white space."""
    for blank in BLANKS[1:] + "\n":
        line = line.replace(blank, " ")
    return [word for word in line.split(" ") if word]
