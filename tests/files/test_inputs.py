"""What the names of a corpus stand for."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from w2v_nce.corpus.sources import Corpus
from w2v_nce.errors import CorpusError
from w2v_nce.files.inputs import expand


def texts(*names: str | Path) -> list[bytes]:
    """Return the text of each chunk, of files that are smaller than a chunk."""
    return [chunk.text for chunk in Corpus.open(names).chunks()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.txt", "sub/c.txt", "sub/deep/a.log", ".hidden", ".git/x", "sub/.y"):
        path = tmp_path / "texts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "texts"


def test_a_folder_stands_for_all_files_below_it(folder: Path) -> None:
    assert texts(folder) == [b"a.txt", b"b.txt", b"sub/c.txt", b"sub/deep/a.log"]
    os.mkfifo(folder / "c")  # would never end
    assert len(texts(folder)) == 4


def test_patterns_stand_for_what_matches(folder: Path) -> None:
    assert texts(f"{folder}/*.txt") == [b"a.txt", b"b.txt"]
    assert texts(f"{folder}/**/*.txt") == [b"a.txt", b"b.txt", b"sub/c.txt"]
    assert texts(f"{folder}/s*") == [b"sub/c.txt", b"sub/deep/a.log"]
    assert texts(f"{folder}/**") == texts(folder)
    with pytest.raises(CorpusError, match=r"x\*: no file has such a name"):
        expand([f"{folder}/x*"])


def test_a_file_whose_name_is_a_pattern_is_that_file(folder: Path) -> None:
    (folder / "[ab].txt").write_text("itself")
    assert texts(f"{folder}/[ab].txt") == [b"itself"]


def test_names_keep_their_order_and_may_come_twice(folder: Path) -> None:
    assert texts(folder / "b.txt", f"{folder}/a*", folder / "b.txt") == [
        b"b.txt",
        b"a.txt",
        b"b.txt",
    ]


def test_only_regular_files_are_paths_of_a_corpus(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    corpus = Corpus.open([folder / "a.txt", folder / "pipe"])
    assert corpus.paths == (folder / "a.txt",)
    assert corpus.size is None
    assert Corpus.open([folder / "a.txt", folder / "b.txt"]).size == 10


def test_a_file_named_minus_is_no_standard_input(folder: Path, monkeypatch) -> None:
    monkeypatch.chdir(folder)
    Path("-").write_text("in a file")
    assert texts(Path("-")) == texts("./-") == [b"in a file"]


def test_standard_input_is_named_once() -> None:
    with pytest.raises(CorpusError, match="named twice"):
        expand(["-", "-"])


def test_a_pipe_is_read_once_whatever_the_pieces_it_comes_in(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    text = b"\xef\xbb\xbf" + b"one two three\nfour five\n" * 200

    def write() -> None:
        with (tmp_path / "pipe").open("wb", buffering=0) as pipe:
            for i in range(0, len(text), 7):
                pipe.write(text[i : i + 7])

    writer = threading.Thread(target=write)
    writer.start()
    corpus = Corpus.open([tmp_path / "pipe"])
    chunks = list(corpus.chunks(64))
    writer.join()
    (tmp_path / "file").write_bytes(text)
    assert [chunk.text for chunk in chunks] == [
        chunk.text for chunk in Corpus.open([tmp_path / "file"]).chunks(64)
    ]
    with pytest.raises(CorpusError, match=r"pipe can be read only once"):
        list(corpus.chunks())


def test_a_socket_among_the_open_files_is_read(tmp_path: Path) -> None:
    import socket

    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"by socket")
        theirs.shutdown(socket.SHUT_WR)
        assert texts(f"/dev/fd/{ours.fileno()}") == [b"by socket"]


def test_urls_without_fsspec_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(CorpusError, match=r"s3://a/b: reading URLs needs .* 'w2v-nce\[remote\]'"):
        expand(["s3://a/b"])
