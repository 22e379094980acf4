"""Thousands of damaged vector files: each is an error in one line, or a correct load."""

from __future__ import annotations

import gzip
import io
import random
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.errors import FormatError
from w2v_nce.files.word2vec import write_vectors

FILES = 10_000
SLACK = 6 << 16  # bytes: what reading takes whatever the size of the file
HEADERS = [
    b"", b"0 0\n", b"-1 5\n", b"99999999999999999999 5\n", b"30 99999999999999999999\n", b"30\n",
    b"30 5 1\n", b"1e9 5\n", b"30 6\n", b"30 4\n", b"31 5\n", b"29 5\n", b"2147483648 2147483648\n",
    b"\xef\xbb\xbf30 5\n", b"30 5\r\n", b"1 150\n", b"150 1\n",
]  # fmt: skip


def whole_files() -> list[bytes]:
    """Return thirty vectors in both formats, packed and not."""
    generator = np.random.default_rng(0)
    words = [f"wörd{i}" for i in range(29)] + ["\udcff"]
    embeddings = Embeddings(words, generator.normal(size=(30, 5)).astype(np.float32))
    files = []
    for binary in (True, False):
        file = io.BytesIO()
        write_vectors(file, embeddings.words, embeddings.vectors, binary)
        files += [file.getvalue(), gzip.compress(file.getvalue(), mtime=0)]
    return files


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Cut, flip, insert, repeat, or change the first line."""
    place, length = chance.randrange(len(data)), chance.randrange(1, 40)
    kind = chance.randrange(6)
    if kind == 0:
        return data[:place]
    if kind == 1:
        changed = bytearray(data)
        for _ in range(chance.randrange(1, 4)):
            changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        return bytes(changed)
    if kind == 2:
        return data[:place] + chance.randbytes(length) + data[place:]
    if kind == 3:
        return data[:place] + data[place + length :]
    if kind == 4:
        return data[:place] + data[place : place + length] * 2 + data[place + length :]
    return chance.choice(HEADERS) + data[data.find(b"\n") + 1 :]


@pytest.fixture
def path() -> Iterator[Path]:
    """A file in memory where there is such: 10,000 files take a disk its time."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder) / "vectors"


@pytest.mark.parametrize("number", range(4), ids=["binary", "binary.gz", "text", "text.gz"])
def test_damage_is_an_error_or_does_no_harm(path: Path, number: int) -> None:
    chance = random.Random(number)
    whole = whole_files()[number]
    path.write_bytes(whole)
    assert len(Embeddings.load(path)) == 30
    errors = 0
    for _ in range(FILES // 4):
        path.write_bytes(damaged(whole, chance))
        vectors = loaded(path)
        if vectors is None:
            errors += 1
            continue
        assert len(vectors) == len(set(vectors.words)) > 0
        assert np.isfinite(vectors.vectors).all()
    assert errors > FILES // 20


@pytest.mark.parametrize("header", [b"%d %d\n" % (words, dim) for words, dim in [
    (1, 200_000), (200_000, 1), (10**9, 10**9), (1000, 10**6), (2, 10**17), (10**17, 2),
]])  # fmt: skip
@pytest.mark.parametrize("body", [bytes(1 << 20), b"word 1 2 3 4\n" * 80_000])
def test_no_header_makes_memory_be_taken(path: Path, header: bytes, body: bytes) -> None:
    """What is taken follows what is there: at most twice the size of the file."""
    path.write_bytes(header + body)
    loaded(path)
    tracemalloc.start()
    loaded(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= 2 * path.stat().st_size + SLACK


def loaded(path: Path) -> Embeddings | None:
    """Read a file; None if that is refused in one line that names it."""
    try:
        return Embeddings.load(path)
    except FormatError as error:
        message = str(error)
    assert path.name in message
    assert "\n" not in message
    return None
