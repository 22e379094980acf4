"""Copies of inputs that can be read only once, in a temporary file."""

from __future__ import annotations

import tempfile
import weakref
from pathlib import Path

from w2v_nce.errors import CorpusError, OutputError, W2vNceError
from w2v_nce.files.inputs import ByteReader, Input


class Spool:
    """A temporary file without a name, where the system supports it: it vanishes with the process.

    Raises:
        OutputError: if the folder is not writable.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = Path(tempfile.gettempdir()) if folder is None else folder
        try:
            self.file = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115 - see finalize
        except OSError as error:
            raise OutputError(
                f"cannot write a temporary file in {self.folder}: {error.strerror or error};"
                " choose another folder (TMPDIR, or `spool_dir`)"
            ) from error
        weakref.finalize(self, self.file.close)
        self.size = 0

    def append(self, data: bytes) -> None:
        """Write some bytes to the end.

        Raises:
            W2vNceError: if the disk does not take them.
        """
        try:
            self.file.seek(self.size)
            self.file.write(data)
            self.file.flush()
        except OSError as error:
            raise W2vNceError(
                f"cannot write a temporary file in {self.folder}: {error.strerror or error};"
                " choose another folder (TMPDIR, or `spool_dir`)"
            ) from error
        self.size += len(data)

    def read(self, place: int, size: int) -> bytes:
        """Return up to ``size`` bytes from a place on."""
        self.file.seek(place)
        return self.file.read(size)


class SpooledInput:
    """An input that can be read only once, made repeatable.

    The first time its bytes come from where they are and are kept on the way, as they are stored:
    what is compressed stays so.
    """

    repeatable = True

    def __init__(self, source: Input, spool: Spool) -> None:
        self.source, self.spool = source, spool
        self.name, self.size = source.name, source.size
        self.start: int | None = None  # in the spool
        self.end: int | None = None

    def open(self) -> ByteReader:
        """Start reading, from the source or from the spool."""
        if self.start is None:
            self.start = self.spool.size
            return Keeper(self, self.source.open())
        if self.end is None:
            raise CorpusError(f"{self.name} was given up halfway and cannot be read again")
        return Again(self.spool, self.start, self.end)


class Keeper:
    """Reads a source and copies its bytes to the spool."""

    def __init__(self, spooled: SpooledInput, source: ByteReader) -> None:
        self.spooled, self.source = spooled, source

    def read(self, size: int, /) -> bytes | None:
        """Return up to ``size`` bytes; none at the end."""
        data = self.source.read(size)
        if data:
            self.spooled.spool.append(data)
        else:
            self.spooled.end = self.spooled.spool.size
        return data

    def close(self) -> None:
        """Close the source."""
        self.source.close()


class Again:
    """Reads a copied input from the spool."""

    def __init__(self, spool: Spool, start: int, end: int) -> None:
        self.spool, self.place, self.end = spool, start, end

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; none at the end."""
        data = self.spool.read(self.place, min(size, self.end - self.place))
        self.place += len(data)
        return data

    def close(self) -> None:
        """Leave the spool as it is."""
