"""Whether a corpus is still what it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from w2v_nce.corpus.fingerprint import difference, fingerprint
from w2v_nce.errors import CorpusError
from w2v_nce.files.inputs import FileInput, StreamInput


def look(*names: str) -> list:
    return [fingerprint(FileInput(Path(name))) for name in names]


def test_what_is_noticed() -> None:
    for name in "ab":
        Path(name).write_text("some text")
    then = look("a", "b")
    assert difference(look("a", "b"), then) is None
    assert difference(look("b", "a"), then) == "its parts have another order"
    assert "b is missing" in str(difference(look("a"), then))
    assert "b is not part of it" in str(difference(then, look("a")))
    status = Path("a").stat()
    Path("a").write_text("SOME text")
    assert "a starts with other bytes" in str(difference(look("a", "b"), then))
    Path("a").write_text("some text")
    assert "a has been modified" in str(difference(look("a", "b"), then))
    os.utime("a", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert difference(look("a", "b"), then) is None
    Path("b").write_text("some text more")
    assert "b had 9 bytes, now it has 14" in str(difference(look("a", "b"), then))


def test_of_streams_there_is_nothing_but_the_name() -> None:
    assert fingerprint(StreamInput("standard input", 0)) == ("standard input", None, None, None)


def test_what_has_vanished_is_named() -> None:
    Path("a").write_text("text")
    source = FileInput(Path("a"))
    Path("a").unlink()
    with pytest.raises(CorpusError, match="a: No such file"):
        fingerprint(source)
