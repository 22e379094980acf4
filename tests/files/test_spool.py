"""What can be read only once, read again."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from w2v_nce.corpus.sources import Corpus
from w2v_nce.errors import CorpusError, OutputError, W2vNceError
from w2v_nce.files.inputs import ByteReader, FileInput
from w2v_nce.files.spool import Spool, SpooledInput

TEXT = b"".join(b"line %d\n" % i for i in range(5000))


class Once:
    """An input that can be read only once."""

    repeatable = False
    size = None

    def __init__(self, name: str, data: bytes) -> None:
        self.name, self.data = name, data

    def open(self) -> ByteReader:
        assert self.data is not None, "opened twice"
        file, self.data = io.BytesIO(self.data), None
        return file


def texts(corpus: Corpus, size: int) -> list[bytes]:
    return [chunk.text for chunk in corpus.chunks(size)]


def test_every_pass_gives_the_same_text(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"from a file\n")
    inputs = (Once("a", TEXT), FileInput(tmp_path / "file"), Once("b", b"short"), Once("c", b""))
    corpus = Corpus(inputs, spool_dir=tmp_path).spooled()
    first = texts(corpus, 1000)
    assert b"".join(first) == TEXT + b"from a file\nshort"
    assert texts(corpus, 1000) == texts(corpus, 1000) == first
    assert b"".join(texts(corpus, 77)) == b"".join(first)
    assert texts(corpus.spooled(), 1000) == first
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_what_can_be_read_again_is_not_spooled(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(TEXT)
    corpus = Corpus.open([tmp_path / "file"], tmp_path / "no such folder")
    assert corpus.spooled() is corpus


def test_what_was_given_up_halfway_is_not_read_again(tmp_path: Path) -> None:
    corpus = Corpus((Once("a pipe", TEXT),)).spooled()
    chunks = corpus.chunks(100)
    next(chunks)
    with pytest.raises(CorpusError, match="a pipe was given up halfway"):
        next(corpus.chunks(100))


def test_an_unusable_folder_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"temporary file in .*nowhere: No such.*--spool-dir"):
        Corpus((Once("a", b""),), spool_dir=tmp_path / "nowhere").spooled()


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.file = Path("/dev/full").open("r+b", buffering=0)  # noqa: SIM115
    with pytest.raises(W2vNceError, match="No space left on device; choose another folder"):
        spool.append(b"data")
    compressed = Corpus((SpooledInput(Once("a", gzip.compress(TEXT)), spool),))
    with pytest.raises(W2vNceError, match=f"cannot write a temporary file in {tmp_path}: No space"):
        next(compressed.chunks())
    spool.file.close()
