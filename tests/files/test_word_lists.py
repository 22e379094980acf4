"""Lists of words, however their files are written."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from w2v_nce.errors import FormatError
from w2v_nce.files.word_lists import (
    read_connectors,
    read_counts,
    read_first_fields,
    read_weights,
    read_words,
)

CRLF_WITH_MARK = b"\xef\xbb\xbfof\r\nthe\r\n"
READERS = [
    (read_words, b"", [b"of", b"the"]),
    (read_first_fields, b"\t7", [b"of", b"the"]),
    (read_counts, b"\t7", {b"of": 7, b"the": 7}),
    (read_weights, b" 7", {b"of": 7.0, b"the": 7.0}),
    (lambda path: read_connectors(str(path)), b"", {b"of", b"the"}),
]


@pytest.mark.parametrize(("read", "rest", "expected"), READERS)
@pytest.mark.parametrize("packed", [False, True])
def test_any_line_ends_marks_and_compression(
    read: Callable[[Path], object], rest: bytes, expected: object, packed: bool, tmp_path: Path
) -> None:
    data = CRLF_WITH_MARK.replace(b"\r", rest + b"\r")
    (tmp_path / "list").write_bytes(gzip.compress(data) if packed else data)
    assert read(tmp_path / "list") == expected


@pytest.mark.parametrize("read", [read_words, read_first_fields, read_counts, read_weights])
def test_what_cannot_be_read(read: Callable[[Path], object], tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"cannot read .*nowhere: No such file"):
        read(tmp_path / "nowhere")
