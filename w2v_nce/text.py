"""Words in text: separated by ASCII white space and nothing else; their case and encoding.

Python's ``str.split()`` also splits at what Unicode calls white space, which can be in words.
"""

from __future__ import annotations

from typing import NamedTuple

BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # some programs write it before UTF-8
BLANKS = " \t\r\v\f"  # within a line


def split_words(line: str) -> list[str]:
    """Split at ASCII white space."""
    for blank in BLANKS[1:] + "\n":
        line = line.replace(blank, " ")
    return [word for word in line.split(" ") if word]


ENCODING_ERRORS = ("keep", "replace", "ignore", "strict")
HANDLERS = {"keep": "surrogateescape"}  # Python's own names, where they differ


class Cleaning(NamedTuple):
    """The cleaning of text: its case, and bytes that are not UTF-8."""

    lowercase: bool = False
    errors: str = "keep"  # one of ENCODING_ERRORS

    def clean(self, text: bytes) -> bytes:
        """Return a text cleaned; it must not start or end within a word.

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
        """Return a single word cleaned; if it is not UTF-8, "strict" leaves it unchanged."""
        lenient = self._replace(errors="keep") if self.errors == "strict" else self
        return lenient.clean(word.encode("utf-8", "surrogateescape"))
