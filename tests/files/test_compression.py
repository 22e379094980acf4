"""Compressed text is read as the text that it is, and damage is found."""

from __future__ import annotations

import bz2
import gzip
import lzma
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from w2v_nce.corpus.sources import Corpus
from w2v_nce.errors import CorpusError
from w2v_nce.files import compression
from w2v_nce.files.compression import TextStream, ZlibDecompressor
from w2v_nce.files.inputs import FileInput

Compress = Callable[[bytes], bytes]

try:
    from compression.zstd import compress as zstd_compress
except ImportError:
    try:
        from backports.zstd import compress as zstd_compress
    except ImportError:
        zstd_compress = None

FORMATS = [
    pytest.param("gzip", gzip.compress, id="gzip"),
    pytest.param("bzip2", bz2.compress, id="bzip2"),
    pytest.param("xz", lzma.compress, id="xz"),
    pytest.param("zstd", zstd_compress, id="zstd", marks=pytest.mark.skipif(
        zstd_compress is None, reason="neither Python 3.14 nor backports.zstd")),
]  # fmt: skip
TEXT = b"".join(b"%d words of line %d\n" % (i * i, i) for i in range(30_000))


@pytest.fixture(params=["isal", "zlib"])
def gzip_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decompress gzip with either library."""
    if request.param == "isal":
        pytest.importorskip("isal")
    else:
        monkeypatch.setitem(sys.modules, "isal", None)
        assert compression._gzip() is ZlibDecompressor


def read(tmp_path: Path, data: bytes, size: int = 1 << 17) -> bytes:
    """Return the text of a corpus of one file; the name says nothing."""
    (tmp_path / "data.txt").write_bytes(data)
    return b"".join(chunk.text for chunk in Corpus.open([tmp_path / "data.txt"]).chunks(size))


@pytest.mark.usefixtures("gzip_by")
@pytest.mark.parametrize(("kind", "compress"), FORMATS)
@pytest.mark.parametrize("size", [100, 1 << 17])
def test_text_comes_out_as_it_went_in(
    tmp_path: Path, kind: str, compress: Compress, size: int
) -> None:
    text = TEXT if size > 100 else TEXT[:5000]
    assert read(tmp_path, compress(text), size) == text
    third = len(text) // 3  # within a word
    assert read(tmp_path, compress(text[:third]) + compress(text[third:]), size) == text
    assert read(tmp_path, compress(b"")) == b""


@pytest.mark.usefixtures("gzip_by")
@pytest.mark.parametrize(("kind", "compress"), FORMATS)
@given(
    texts=st.lists(st.binary(max_size=300).map(lambda data: data.replace(b"\0", b"a")), max_size=4),
    size=st.integers(1, 500),
    zeros=st.integers(0, 9),
)
@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_members_and_the_zeros_between_them(
    tmp_path: Path, kind: str, compress: Compress, texts: list[bytes], size: int, zeros: int
) -> None:
    texts = [b"not compressed", *texts]  # of data that would be told to be compressed twice
    (tmp_path / "data").write_bytes((b"\0" * zeros).join(compress(text) for text in texts))
    out = b""
    with TextStream(FileInput(tmp_path / "data")) as stream:
        while piece := stream.read(size):
            assert len(piece) <= size
            out += piece
    assert out == b"".join(texts)


@pytest.mark.usefixtures("gzip_by")
@pytest.mark.parametrize(("kind", "compress"), FORMATS)
def test_what_is_cut_off_is_refused_wherever_it_is_cut(
    tmp_path: Path, kind: str, compress: Compress
) -> None:
    data = compress(TEXT[:3000]) + compress(TEXT[3000:6000])
    whole = len(compress(TEXT[:3000]))
    for size in {20, 30, whole // 2, whole - 1, whole + 1, len(data) - 3, len(data) - 1}:
        with pytest.raises(CorpusError, match=rf"data.txt is cut off: its {kind} data stop"):
            read(tmp_path, data[:size])


@pytest.mark.usefixtures("gzip_by")
@pytest.mark.parametrize(("kind", "compress"), FORMATS)
def test_what_is_damaged_is_refused(tmp_path: Path, kind: str, compress: Compress) -> None:
    if kind == "zstd":  # which has no checksum unless asked
        compress = checked_zstd
    data = compress(TEXT)
    last = len(data) - (2 if kind == "gzip" else 9)
    for place in (len(data) // 3, len(data) // 2, last):
        damaged = bytearray(data)
        damaged[place] ^= 0x55
        with pytest.raises(
            CorpusError,
            match=rf"data.txt is (damaged: invalid {kind}|cut off: its {kind}|not text: NUL at)",
        ):
            read(tmp_path, bytes(damaged))


def checked_zstd(data: bytes) -> bytes:
    module = sys.modules[zstd_compress.__module__]
    return module.compress(data, options={module.CompressionParameter.checksum_flag: 1})


@pytest.mark.usefixtures("gzip_by")
@pytest.mark.parametrize(("kind", "compress"), FORMATS)
def test_what_follows_the_end_is_refused(tmp_path: Path, kind: str, compress: Compress) -> None:
    with pytest.raises(CorpusError, match=rf"damaged: invalid {kind} data near byte \d+"):
        read(tmp_path, compress(TEXT[:1000]) + b"and plain text thereafter, no compressed one")


def test_compressed_bytes_are_never_text(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"data.txt is compressed twice \(xz in gzip\)"):
        read(tmp_path, gzip.compress(lzma.compress(TEXT)))
    with pytest.raises(CorpusError, match=r"data.txt is a zip archive; unpack it first"):
        read(tmp_path, b"PK\x03\x04" + TEXT)
    with pytest.raises(CorpusError, match=r"data.txt is compressed by lz4"):
        read(tmp_path, gzip.compress(b"\x04\x22\x4d\x18" + TEXT))
    with pytest.raises(CorpusError, match=r"is not text: NUL at byte 5 \(00 78"):
        read(tmp_path, gzip.compress(b"binar\0x"))


def test_byte_order_mark_within_gzip(tmp_path: Path) -> None:
    assert read(tmp_path, gzip.compress(b"\xef\xbb\xbfone two")) == b"one two"


def test_zstd_without_a_library_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("compression", "backports"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(CorpusError, match=r"data.txt: reading zstd needs .* 'w2v-nce\[zstd\]'"):
        read(tmp_path, b"\x28\xb5\x2f\xfd" + TEXT)


@given(st.binary(max_size=2000), st.integers(1, 100))
def test_zlib_in_the_manner_of_bz2(text: bytes, size: int) -> None:
    ours, data, out = ZlibDecompressor(), gzip.compress(text) + b"rest", b""
    while not ours.eof:
        piece = ours.decompress(data, size)
        assert len(piece) <= size
        assert piece or ours.eof or ours.needs_input
        data = b""
        out += piece
    assert out == text
    assert ours.unused_data == b"rest"
    with pytest.raises(zlib.error):
        ZlibDecompressor().decompress(b"no gzip", size)
