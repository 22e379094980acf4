"""Files of an index for approximate search.

A line of JSON says what the index belongs to; blanks before its end make its length a multiple of
64 bytes. Behind it are the bytes of usearch, which are mapped into memory when they are read.
"""

from __future__ import annotations

import json
import mmap
import zlib
from pathlib import Path
from typing import NamedTuple

from w2v_nce.embeddings import Embeddings
from w2v_nce.errors import FormatError
from w2v_nce.formats.atomic import AtomicFile
from w2v_nce.neighbour_index import NeighbourIndex, fingerprint, new_graph

KIND = "w2v-nce index"
FORMAT_VERSION = 1
ALIGNMENT = 64
LONGEST_HEAD = 1 << 12


class Head(NamedTuple):
    """The first line."""

    fingerprint: str  # of the embeddings
    recall: float
    size: int  # bytes behind the line
    crc32: int  # of these
    kind: str = KIND
    format_version: int = FORMAT_VERSION


class IndexFile(AtomicFile):
    """A file that an index will be written to, opened beforehand."""

    def save(self, index: NeighbourIndex) -> None:
        """Write the index, and put the file in its place.

        Raises:
            W2vNceError: if the disk does not take it.
        """
        body = index.graph.save()
        head = Head(index.fingerprint, index.recall, len(body), zlib.crc32(body))
        line = json.dumps(head._asdict()).encode()
        self.write(line + b" " * (-(len(line) + 1) % ALIGNMENT) + b"\n")
        self.write(body)
        self.commit()


def load_index(path: str | Path, embeddings: Embeddings) -> NeighbourIndex:
    """Open the index of some embeddings.

    Raises:
        FormatError: if it cannot be read, is damaged, or is that of other embeddings.
        InputError: if the library that searches in it is missing.
    """
    graph = new_graph(embeddings.dim)
    try:
        with Path(path).open("rb") as file:
            line = file.readline(LONGEST_HEAD)
            head = _head(path, line)
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))[len(line) :]
    except OSError as error:
        raise FormatError(f"cannot read {path}: {error.strerror or error}") from error
    if len(data) != head.size or zlib.crc32(data) != head.crc32:
        raise FormatError(f"{path} is damaged; 'w2v-nce index' makes it anew")
    if fingerprint(embeddings) != head.fingerprint:
        raise FormatError(
            f"{path} is the index of other vectors than these {len(embeddings):,}, or they have"
            " changed; 'w2v-nce index' makes a new one"
        )
    graph.view(data)
    return NeighbourIndex(graph, head.fingerprint, head.recall, data)


def _head(path: str | Path, line: bytes) -> Head:
    try:
        head = Head(**json.loads(line))
    except (ValueError, TypeError):
        head = Head("", 0, 0, 0, kind="")
    if head.kind != KIND:
        raise FormatError(f"{path} is no index; 'w2v-nce index' makes one")
    if head.format_version != FORMAT_VERSION:
        raise FormatError(
            f"{path}: format version {head.format_version!r}; this program reads"
            f" {FORMAT_VERSION}; 'w2v-nce index' makes a new one"
        )
    return head
