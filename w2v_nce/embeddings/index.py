"""Approximate search: a graph of near vectors (HNSW, Malkov & Yashunin 2018), made by usearch.

The graph has its own copy of the vectors, a byte a number, and finds candidates by these; their
cosines are then computed from the vectors themselves. Scores are exact; the search is approximate
only in that it may miss some words.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from w2v_nce.arrays import Indices, Matrix, unit_rows
from w2v_nce.embeddings.search import ABSENT, Found, cosines, search
from w2v_nce.embeddings.word_vectors import WordVectors
from w2v_nce.errors import FormatError, require
from w2v_nce.files.atomic import AtomicFile

NEIGHBOURS = 16  # per word vector in the graph, at most
EFFORT = 128  # vectors compared with each vector that is added
DEPTH = 256  # vectors compared with each query, at least
SPARE = 3  # candidates per answer, since rounding changes their order
ROWS_AT_ONCE = 1 << 13
SAMPLE = 200  # words to measure the recall with
ANSWERS = 10  # per word
TIE = 1e-6  # cosines that differ by less are equal


class NeighbourIndex:
    """An index that finds most of the nearest vectors without comparing all.

    ``recall`` is the share of the ten nearest words that it found, for a sample of words;
    ``digest`` identifies the embeddings it belongs to; ``buffer`` holds the graph if it is
    mapped from a file.
    """

    def __init__(
        self, graph: Any, digest: str, recall: float = 0.0, buffer: memoryview | None = None
    ) -> None:
        self.graph, self.buffer = graph, buffer  # kept alive here, not by the graph
        self.digest = digest
        self.recall = recall

    @classmethod
    def build(
        cls,
        embeddings: WordVectors,
        threads: int = 0,
        on_rows: Callable[[int], None] | None = None,
    ) -> NeighbourIndex:
        """Make the index of some embeddings, and measure its recall.

        ``threads`` is 0 for all processors; with several, the graph differs a little each time.
        ``on_rows`` is called with the number of vectors added.

        Raises:
            InputError: if usearch is missing.
        """
        graph = new_graph(embeddings.dim)
        for start in range(0, len(embeddings), ROWS_AT_ONCE):
            vectors = unit_rows(embeddings.stored[start : start + ROWS_AT_ONCE])
            graph.add(np.arange(start, start + len(vectors)), vectors, threads=threads)
            if on_rows is not None:
                on_rows(len(vectors))
        index = cls(graph, digest_of(embeddings))
        index.recall = measured_recall(index, embeddings)
        return index

    def search(self, embeddings: WordVectors, asked: Matrix, n: int, excluded: Indices) -> Found:
        """Return n near words for each of q unit vectors, best first; see :func:`search`.

        Args:
            embeddings: those that the index was made of.
            asked: (q, d) unit vectors.
            n: how many words for each.
            excluded: (q, r) rows that are not wanted; ABSENT excludes nothing.
        """
        rows = np.full((len(asked), n), ABSENT, np.intp)
        scores = np.full((len(asked), n), -np.inf, np.float32)
        wanted = min(SPARE * n + excluded.shape[1], len(embeddings))
        for query, unit in enumerate(asked):
            near = np.sort(self.graph.search(unit, wanted, threads=1).keys.astype(np.intp))
            near = near[~np.isin(near, excluded[query])]
            found = cosines(embeddings.stored[near], embeddings.lengths[near], unit[None])[0]
            order = np.argsort(-found, kind="stable")[:n]
            rows[query, : len(order)], scores[query, : len(order)] = near[order], found[order]
        return Found(rows, scores)


def new_graph(dim: int) -> Any:
    """Return a graph without vectors.

    Raises:
        ConfigError: if usearch is missing.
    """
    return require("usearch.index", "an index", "usearch", "ann").Index(
        ndim=dim,
        metric="cos",
        dtype="i8",
        connectivity=NEIGHBOURS,
        expansion_add=EFFORT,
        expansion_search=DEPTH,
    )


def digest_of(embeddings: WordVectors) -> str:
    """Return a digest that identifies words and vectors, whatever file they are in.

    A vector enters as the sum of its numbers' bits, which is the same on every machine.
    """
    digest = hashlib.blake2b(b"%d %d\n" % embeddings.stored.shape, digest_size=16)
    for start in range(0, len(embeddings), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        digest.update("\n".join(embeddings.words[part]).encode("utf-8", "surrogateescape"))
        numbers = np.ascontiguousarray(embeddings.stored[part], "<f4").view("<u4")
        digest.update(numbers.sum(axis=1, dtype="<u8").tobytes())
    return digest.hexdigest()


def measured_recall(index: NeighbourIndex, embeddings: WordVectors) -> float:
    """Return the share of the nearest words that an index finds, for a random sample of words."""
    random = np.random.Generator(np.random.PCG64(1))
    size = min(SAMPLE, len(embeddings))
    rows = np.sort(random.choice(len(embeddings), size, replace=False))
    asked = unit_rows(embeddings.stored[rows])
    n = min(ANSWERS, len(embeddings) - 1)
    if n == 0:
        return 1.0
    exact = search(embeddings.stored, embeddings.lengths, asked, n, rows[:, None])
    found = index.search(embeddings, asked, n, rows[:, None])
    # Of equally near words, any is correct.
    return float(np.mean(found.scores >= exact.scores[:, -1:] - TIE))


KIND = "w2v-nce index"
FORMAT_VERSION = 1
ALIGNMENT = 64
LONGEST_HEAD = 1 << 12


class Head(NamedTuple):
    """The first line of an index file."""

    fingerprint: str  # the digest of the embeddings
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
        head = Head(index.digest, index.recall, len(body), zlib.crc32(body))
        line = json.dumps(head._asdict()).encode()
        self.write(line + b" " * (-(len(line) + 1) % ALIGNMENT) + b"\n")
        self.write(body)
        self.commit()


def load_index(path: str | Path, embeddings: WordVectors) -> NeighbourIndex:
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
    if digest_of(embeddings) != head.fingerprint:
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
