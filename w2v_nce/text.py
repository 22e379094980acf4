"""What separates words and fields: ASCII white space, and nothing else.

Python's ``str.split()`` also splits at what Unicode calls white space, which can be in words.
"""

from __future__ import annotations

from typing import NamedTuple

BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # what some programs put before UTF-8

BLANKS = " \t\r\v\f"  # within a line


def split_words(line: str) -> list[str]:
    """Split at ASCII white space."""
    for blank in BLANKS[1:] + "\n":
        line = line.replace(blank, " ")
    return [word for word in line.split(" ") if word]


ENCODING_ERRORS = ("keep", "replace", "ignore", "strict")

HANDLERS = {"keep": "surrogateescape"}  # what Python calls it, where the name is another


class Cleaning(NamedTuple):
    """Whether capitals become small, and what becomes of bytes that are not UTF-8."""

    lowercase: bool = False
    errors: str = "keep"  # one of ENCODING_ERRORS

    def clean(self, text: bytes) -> bytes:
        """Return a text, which must not be cut within a word, as it is to be read.

        Raises:
            UnicodeDecodeError: if ``errors`` is "strict" and the text is not UTF-8.
        """
        if text.isascii():
            return text.lower() if self.lowercase else text
        if self.errors == "keep" and not self.lowercase:
            return text
        decoded = text.decode("utf-8", HANDLERS.get(self.errors, self.errors))
        if self.lowercase:
            decoded = decoded.lower()
        return decoded.encode("utf-8", "surrogateescape")

    def clean_word(self, word: str) -> bytes:
        """Return a single word likewise; if it is not UTF-8, "strict" leaves it as it is."""
        lenient = self._replace(errors="keep") if self.errors == "strict" else self
        return lenient.clean(word.encode("utf-8", "surrogateescape"))
