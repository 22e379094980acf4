"""Files of text to be written piece by piece, gzipped if their name says so."""

from __future__ import annotations

import gzip
from pathlib import Path

from w2v_nce.formats.atomic import AtomicFile, Discardable

COMPRESSION_LEVEL = 6


class TextFile(Discardable):
    """A file for text, opened beforehand; see :class:`AtomicFile`. "-" is standard output.

    ``.gz`` compresses. The same text always gives the same bytes.

    Raises:
        OutputError: if it cannot be opened.
    """

    def __init__(self, path: str | Path) -> None:
        self.file = AtomicFile(path)
        self.packed = (
            # Neither name nor time, so that equal texts are equal files.
            gzip.GzipFile("", "wb", COMPRESSION_LEVEL, self.file, mtime=0)
            if str(path).endswith(".gz")
            else None
        )

    def write(self, text: bytes, /) -> None:
        """Write some text.

        Raises:
            W2vNceError: if the disk does not take it.
        """
        (self.packed or self.file).write(text)

    def commit(self) -> None:
        """Put the file in its place.

        Raises:
            W2vNceError: if the disk does not take it.
        """
        if self.packed is not None:
            self.packed.close()
        self.file.commit()

    def discard(self) -> None:
        """Remove what was written, unless it is complete."""
        self.file.discard()
