"""word2vec's formats: what is written can be read, and damage is noticed."""

from __future__ import annotations

import gzip
import io
import os
import struct
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from w2v_nce.arrays import Matrix
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.errors import FormatError, OutputError
from w2v_nce.files import word2vec_binary
from w2v_nce.files.vectors import format_of_name
from w2v_nce.files.word2vec import VectorsFile, read_word2vec, write_vectors

LARGEST = float(np.finfo(np.float32).max)
NAMES = ("v.txt", "v.bin", "v.txt.gz", "v.bin.gz")
PACKED = ("v.txt.xz", "v.bin.xz", "v.vec.zst", "v.bin.zst")

floats = st.floats(width=32, allow_nan=False, allow_infinity=False, allow_subnormal=True)
words = st.binary(min_size=1, max_size=6).filter(lambda word: not set(word) & set(b" \t\n\r\v\f"))


@st.composite
def embeddings(draw: st.DrawFn) -> Embeddings:
    names = draw(st.lists(words, min_size=1, max_size=5, unique=True))
    shape = (len(names), draw(st.integers(1, 4)))
    vectors = draw(arrays(np.float32, shape, elements=floats))
    return Embeddings([name.decode("utf-8", "surrogateescape") for name in names], vectors)


def as_bytes(what: Embeddings, binary: bool) -> bytes:
    file = io.BytesIO()
    write_vectors(file, what.words, what.vectors, binary)
    return file.getvalue()


def read_bytes(data: bytes) -> Embeddings:
    path = Path("vectors")
    path.write_bytes(data)
    return Embeddings.load(path)


def assert_same(left: Embeddings, right: Embeddings) -> None:
    assert list(left.words) == list(right.words)
    assert left.vectors.dtype == right.vectors.dtype == np.float32
    # As bits: 0 and -0 differ.
    np.testing.assert_array_equal(left.vectors.view(np.int32), right.vectors.view(np.int32))


def small() -> Embeddings:
    vectors = [[0.5, -1.25, 3e-5], [1e-45, 3.4e38, -0.0], [0.1, 0.2, 0.3]]
    return Embeddings(["</s>", "tür", "x"], np.array(vectors, np.float32))


class TestRoundTrip:
    @given(what=embeddings(), binary=st.booleans())
    def test_any_words_and_numbers(self, what: Embeddings, binary: bool) -> None:
        assert_same(read_bytes(as_bytes(what, binary)), what)

    @given(what=embeddings())
    def test_binary_without_line_ends(self, what: Embeddings) -> None:
        data = as_bytes(what, binary=False).split(b"\n")[0] + b"\n"
        for word, row in zip(what.words, what.vectors, strict=True):
            data += word.encode("utf-8", "surrogateescape") + b" " + row.tobytes()
        assert_same(read_bytes(data), what)

    @pytest.mark.parametrize("binary", [False, True])
    def test_every_kind_of_float32(self, binary: bool) -> None:
        bits = np.random.default_rng(0).integers(0, 2**32, 100_000, np.uint32)
        vectors = bits.view(np.float32).reshape(-1, 10)
        vectors = np.where(np.isfinite(vectors), vectors, np.float32(LARGEST))
        what = Embeddings([f"w{i}" for i in range(len(vectors))], vectors)
        assert_same(read_bytes(as_bytes(what, binary)), what)

    @pytest.mark.parametrize("dim", [1, 2, 3, 100])
    def test_binary_is_never_taken_for_text(self, dim: int) -> None:
        """A line end among the first bytes, or only printable ones, made that happen."""
        generator = np.random.default_rng(dim)
        for i in range(500):
            vectors = generator.normal(size=(2, dim)).astype(np.float32)
            if i % 2:
                printable = generator.choice(list(b"?@A\n z.-"), (2, dim, 4)).astype(np.uint8)
                vectors = printable.view(np.float32)[..., 0]
            what = Embeddings(["a", "b"], vectors)
            assert_same(read_bytes(as_bytes(what, binary=True)), what)

    @pytest.mark.parametrize("number", [0.0, 2.0, -0.0, 1e-45])
    def test_binary_of_bytes_that_are_ascii(self, number: float) -> None:
        what = Embeddings(["</s>", "b"], np.full((2, 3), number, np.float32))
        assert_same(read_bytes(as_bytes(what, binary=True)), what)

    @pytest.mark.parametrize("name", NAMES + PACKED)
    def test_files(self, tmp_path: Path, name: str) -> None:
        small().save(tmp_path / name)
        assert_same(Embeddings.load(tmp_path / name), small())

    @pytest.mark.parametrize("name", NAMES)
    def test_the_name_of_a_file_does_not_matter_for_reading(self, tmp_path: Path, name) -> None:
        small().save(tmp_path / name)
        for other in NAMES:
            (tmp_path / "read").mkdir(exist_ok=True)
            (tmp_path / "read" / other).write_bytes((tmp_path / name).read_bytes())
            assert_same(Embeddings.load(tmp_path / "read" / other), small())

    @pytest.mark.parametrize("binary", [False, True])
    @pytest.mark.parametrize("chunk", [1, 7, 64])
    def test_records_across_reads(self, monkeypatch, binary: bool, chunk: int) -> None:
        monkeypatch.setattr(word2vec_binary, "PIECE_SIZE", chunk)
        vectors = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
        what = Embeddings([f"wörd{i}" for i in range(50)], vectors)
        assert_same(read_bytes(as_bytes(what, binary)), what)

    @pytest.mark.parametrize("binary", [False, True])
    def test_many_blocks(self, binary: bool) -> None:
        vectors = np.random.default_rng(0).normal(size=(300, 5000)).astype(np.float32)
        what = Embeddings([f"w{i}" for i in range(300)], vectors)
        assert_same(read_bytes(as_bytes(what, binary)), what)

    def test_a_view_of_a_padded_matrix(self) -> None:
        padded = np.arange(32, dtype=np.float32).reshape(2, 16)
        view = Embeddings(["a", "b"], padded[:, :3])
        for binary in (False, True):
            assert_same(read_bytes(as_bytes(view, binary)), Embeddings(["a", "b"], padded[:, :3]))

    def test_what_is_read_can_be_changed(self) -> None:
        for binary in (False, True):
            read = read_bytes(as_bytes(small(), binary))
            read.vectors[0] = 7
            assert read.vectors[0].tolist() == [7, 7, 7]


class TestWriting:
    def test_text(self) -> None:
        lines = ["3 3", "</s> 0.5 -1.25 2.99999992e-05", "tür 1.40129846e-45 3.39999995e+38 -0"]
        lines += ["x 0.100000001 0.200000003 0.300000012", ""]
        assert as_bytes(small(), binary=False).decode() == "\n".join(lines)

    def test_binary_has_a_line_end_after_each_record(self) -> None:
        what = Embeddings(["a", "bc"], np.array([[1], [2]], np.float32))
        expected = b"2 1\na " + struct.pack("<f", 1) + b"\nbc " + struct.pack("<f", 2) + b"\n"
        assert as_bytes(what, binary=True) == expected

    @pytest.mark.parametrize("name", NAMES)
    def test_equal_vectors_give_equal_bytes(self, tmp_path: Path, monkeypatch, name: str) -> None:
        small().save(tmp_path / name)
        monkeypatch.setattr("time.time", lambda: 1e9)
        (tmp_path / "other").mkdir()
        small().save(tmp_path / "other" / ("x" + name))
        first = (tmp_path / name).read_bytes()
        assert first == (tmp_path / "other" / ("x" + name)).read_bytes()
        assert (first[:2] == b"\x1f\x8b") == name.endswith(".gz")
        if name.endswith(".gz"):
            assert first[3:8] == b"\0\0\0\0\0"  # no name, no time

    @pytest.mark.parametrize(
        ("word", "binary", "text"),
        [
            ("", False, False),
            ("two\nlines", False, False),
            ("New York", False, True),
            (" x", False, False),
            ("x ", False, False),
            ("page 3", False, False),
            ("tab\tbed", True, True),
            ("NB\xa0SP", True, True),
            ("next\x85line", True, True),
            ("line\u2028separator", True, True),
            ("carriage\rreturn", True, True),
            ("tab\v", True, True),
            ("12", True, True),
            ("nan", True, True),
            ("1_000", True, True),
            ("\ufeff", True, True),
            ("\udcff\udc00"[:1], True, True),
        ],
    )
    def test_a_word_is_written_readably_or_refused(self, word: str, binary, text) -> None:
        what = Embeddings([word, "b"], np.array([[1, 2], [3, 4]], np.float32))
        for is_binary, possible in ((True, binary), (False, text)):
            if possible:
                assert_same(read_bytes(as_bytes(what, is_binary)), what)
            else:
                with pytest.raises(FormatError, match="the word"):
                    as_bytes(what, is_binary)

    @pytest.mark.parametrize(
        ("name", "binary"),
        [("a.bin", True), ("a.bin.gz", True), ("a.txt", False), ("a.gz", False), ("bin", False)],
    )
    def test_names(self, name: str, binary: bool) -> None:
        kind = "binary" if binary else "text"
        assert format_of_name(name) == format_of_name(Path("x.bin") / name) == kind

    def test_a_refused_word_leaves_no_file(self, tmp_path: Path) -> None:
        for name in NAMES:
            with pytest.raises(FormatError):
                Embeddings([""], np.ones((1, 2), np.float32)).save(tmp_path / name)
        assert list(tmp_path.iterdir()) == []

    def test_a_file_that_is_not_saved_leaves_nothing(self, tmp_path: Path) -> None:
        with VectorsFile(tmp_path / "v.bin", binary=True):
            assert len(list(tmp_path.iterdir())) == 1
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("name", NAMES)
    def test_a_full_disk(self, tmp_path: Path, name: str) -> None:
        code = (
            "import resource, signal, sys\n"
            "import numpy as np\n"
            "from w2v_nce.embeddings.embeddings import Embeddings\n"
            "from w2v_nce.errors import W2vNceError\n"
            "vectors = np.random.default_rng(0).normal(size=(100, 100)).astype(np.float32)\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
            "try:\n"
            "    Embeddings([str(i) for i in range(100)], vectors).save(sys.argv[1])\n"
            "except W2vNceError as error:\n"
            "    sys.exit(f'{error.exit_code}: {error}')\n"
        )
        (tmp_path / name).write_bytes(b"old")
        command = [sys.executable, "-c", code, str(tmp_path / name)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert result.stderr == f"1: cannot write {tmp_path / name}: File too large\n"
        assert (tmp_path / name).read_bytes() == b"old"
        assert list(tmp_path.iterdir()) == [tmp_path / name]

    def test_no_folder(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="there is no folder"):
            small().save(tmp_path / "no" / "v.txt")


class TestOtherProgramsFiles:
    expected = Embeddings(["a", "b"], np.array([[1, 2.5], [-3, 4]], np.float32))

    @pytest.mark.parametrize(
        "data",
        [
            b"2 2\na 1 2.5\nb -3 4\n",
            b"2 2\na 1 2.5\nb -3 4",  # no last line end
            b"2 2\r\na 1 2.5\r\nb -3 4\r\n",
            b"2 2\na 1 2.5 \nb -3 4 \n",  # word2vec.c
            b"2 2 \na\t1\t2.5\nb\t-3\t4\n\n",
            b"2\t2\na  1   2.5\nb -3  4\n",
            b"\xef\xbb\xbf2 2\na 1 2.5\nb -3 4\n",
            b"a 1 2.5\nb -3 4\n",  # GloVe
            b"a 1e0 25e-1\r\nb -3.0 +4\r\n",
        ],
    )
    def test_text(self, data: bytes) -> None:
        assert_same(read_bytes(data), self.expected)
        assert_same(read_bytes(gzip.compress(data)), self.expected)

    def test_words_with_blanks(self) -> None:
        read = read_bytes(b". . 1 2.5\nNew York -3 4\n3 5 6\n")
        assert read.words == [". .", "New York", "3"]
        assert read["New York"].tolist() == [-3, 4]

    def test_of_equal_words_the_first(self) -> None:
        for header in (b"", b"3 2\n"):
            assert_same(read_bytes(header + b"a 1 2.5\na 7 7\nb -3 4\n"), self.expected)

    def test_gzip_in_several_members(self) -> None:
        data = gzip.compress(b"2 2\na 1 2.5\n") + gzip.compress(b"b -3 4\n")
        assert_same(read_bytes(data), self.expected)

    @pytest.mark.parametrize("binary", [False, True])
    def test_a_pipe(self, tmp_path: Path, binary: bool) -> None:
        data = as_bytes(self.expected, binary)
        (tmp_path / "v").write_bytes(data)
        os.mkfifo(tmp_path / "pipe")
        writer = subprocess.Popen([f"cat {tmp_path / 'v'} > {tmp_path / 'pipe'}"], shell=True)
        assert_same(Embeddings.load(tmp_path / "pipe"), self.expected)
        writer.wait(timeout=20)


class TestMalformed:
    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"", "the file is empty"),
            (b"\n\n", "starts with an empty line"),
            (b"3 2\n", "line 1: 3 words of 2 dimensions do not fit into the 4 bytes of the file"),
            (b"0 2\n", "line 1: 0 words of 2 dimensions"),
            (b"2 0\na\nb\n", "line 1: 2 words of 0 dimensions"),
            (b"-2 2\na 1 2\nb 3 4\n", "line 1: -2 words"),
            (b"2 -2\na 1 2\nb 3 4\n", "line 1: 2 words of -2 dimensions"),
            (b"hello\n", "line 1: neither a header nor a word with numbers: 'hello'"),
            (b"two words\n", "line 1: neither a header"),
            (b"1 2 3 x\n", "line 1: neither a header"),
            (b"2 2\na 1 2\nb 3\n", "line 3: a word and 2 numbers are … 'b 3': 2 fields"),
            (b"2 2\na 1 2\nb 3 4 5\n", "line 3 … found 'b 3 4 5': 4 fields"),
            (b"2 2\na 1 2\nb 3 x\n", "line 3 … found 'b 3 x': 'x' is no number"),
            (b"2 2\na 1 2\nb 3 1_0\n", "found 'b 3 1_0': '1_0' is no number"),
            (b"2 2\na 1 x\nb 3 4\n", "line 2 … found 'a 1 x': 'x' is no number"),
            (b"2 2\na 1\nb 3 4\n", "line 2 … found 'a 1': 2 fields"),
            (b"2 2\na 1 2 3\nb 3 4 5\n", "line 2 … found 'a 1 2 3': 4 fields"),
            (b"2 1\na x\nb 3\n", "line 2: a word and 1 number is … 'a x': 'x' is no number"),
            (b"2 2\n1 2\nb 3 4 5\n", "line 2 … found '1 2': 2 fields"),
            (b"a 1 2\nb 3\n", "line 2 … found 'b 3': 2 fields"),
            (b"a 1 2\n\nb 3 4 5\n", "line 3 … found 'b 3 4 5': 4 fields"),
            (b"2 2\na 1 2\nb 3 nan\n", "line 3: a number is NaN or infinite: 'b 3 nan'"),
            (b"2 2\na 1 -inf\nb 3 4\n", "line 2: a number is NaN or infinite: 'a 1 -inf'"),
            (b"2 2\na 1 2\nb 3 1e39\n", "line 3: a number is too large for float32: 'b 3 1e39'"),
            (b"3 1\na 1.5\nb 3\n", "holds 2 words, its first line says 3"),
            (b"1 2\na 1 2\nb 3 4\n", "holds 2 words, its first line says 1"),
            (b"99 100\na 1 2\n", "line 1: 99 words of 100 dimensions do not fit into"),
        ],
    )  # fmt: skip
    def test_text(self, data: bytes, message: str) -> None:
        self.assert_refused(data, message)

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"a \0\0\x80\x3f\n", "byte 10: word 2 of 2 is missing or incomplete"),
            (b"a \0\0\x80\x3f\nb \0\0\x80", "byte 10: word 2 of 2 is missing or incomplete"),
            (b"a \0\0\x80\x3f\n \0\0\x80\x3f\n", "byte 10: expected a word, found ''"),
            (b"a \0\0\x80\x3f\nb\nc \0\0\x80\x3f\n", "byte 10: expected a word, found 'b"),
            (b"a \0\0\x80\x3f\nb \0\0\xc0\x7f\n", "byte 10: a number is NaN or infinite, of 'b'"),
            (b"a \0\0\x80\xff\nb \0\0\x80\x3f\n", "byte 4: a number is NaN or infinite, of 'a'"),
            (b"a \0\0\x80\x3f\nb \0\0\x80\x3fmore", "byte 17: goes on after the 2 words"),
            (b"\0" * 200_000, "byte 4: word 1 of 2 is missing or incomplete"),
        ],
    )
    def test_binary(self, data: bytes, message: str) -> None:
        self.assert_refused(b"2 1\n" + data, message)

    def test_the_byte_is_that_of_the_record(self) -> None:
        what = Embeddings(["a", "bc", "d"], np.array([[1], [2], [np.inf]], np.float32))
        data = as_bytes(what, binary=True)
        self.assert_refused(data, f"byte {data.index(b'd ') - 1}: a number is NaN")

    @pytest.mark.parametrize("make", [lambda path: None, Path.mkdir])
    def test_what_cannot_be_opened(self, tmp_path: Path, make) -> None:
        make(tmp_path / "x")
        with pytest.raises(FormatError, match=r"^cannot read .*x: \w[\w ]+$"):
            read_word2vec(tmp_path / "x")

    def assert_refused(self, data: bytes, message: str) -> None:
        for content in (data, gzip.compress(data)):
            with pytest.raises(FormatError) as caught:
                read_bytes(content)
            text = str(caught.value)
            assert text.startswith("vectors")
            assert "\n" not in text
            assert len(text) < 200
            # The size of what is packed is not known beforehand: another message will come.
            if content is data or "do not fit" not in message:
                assert all(part in text for part in message.split(" … "))


def assert_refused_or_loaded(data: bytes) -> None:
    """Damage that still gives words with finite numbers cannot be noticed."""
    try:
        read = read_bytes(data)
    except FormatError:
        return
    assert len(read) == len(read.vectors) > 0
    assert np.isfinite(read.vectors).all()
    assert all(read.words)


class TestDamage:
    @pytest.mark.parametrize("binary", [False, True])
    @pytest.mark.parametrize("packed", [False, True])
    def test_a_file_cut_anywhere_is_refused(self, binary: bool, packed: bool) -> None:
        data = as_bytes(small(), binary)
        data = gzip.compress(data) if packed else data
        # All bytes are needed but the last one, a line end, and in text the last digits.
        needed = len(data) - 1 if binary or packed else data.rindex(b" ") + 2
        for length in range(needed):
            with pytest.raises(FormatError):
                read_bytes(data[:length])

    @pytest.mark.parametrize("binary", [False, True])
    @pytest.mark.parametrize("packed", [False, True])
    def test_any_bit_flipped(self, binary: bool, packed: bool) -> None:
        data = as_bytes(small(), binary)
        data = gzip.compress(data, mtime=0) if packed else data
        for position in range(len(data)):
            for bit in range(8):
                flipped = bytearray(data)
                flipped[position] ^= 1 << bit
                assert_refused_or_loaded(bytes(flipped))

    @given(what=embeddings(), binary=st.booleans(), data=st.data())
    def test_any_bytes_changed(self, what: Embeddings, binary: bool, data: st.DataObject) -> None:
        damaged = bytearray(as_bytes(what, binary))
        for _ in range(data.draw(st.integers(1, 4))):
            position = data.draw(st.integers(0, len(damaged) - 1))
            damaged[position] = data.draw(st.integers(0, 255))
        assert_refused_or_loaded(bytes(damaged))

    def test_a_gzip_file_without_its_end(self) -> None:
        with pytest.raises(FormatError, match="vectors is cut off: its gzip data stop at"):
            read_bytes(gzip.compress(b"2 2\na 1 2\nb 3 4\n")[:-12])

    @given(data=st.binary(max_size=60))
    def test_any_bytes(self, data: bytes) -> None:
        assert_refused_or_loaded(data)
        assert_refused_or_loaded(b"2 1\n" + data)
        assert_refused_or_loaded(b"\x1f\x8b" + data)

    @given(data=st.text("0123456789 .-+e\n_naif\t\r", max_size=40))
    def test_any_lines_of_what_looks_like_numbers(self, data: str) -> None:
        assert_refused_or_loaded(data.encode())
        assert_refused_or_loaded(b"2 1\n" + data.encode())


class TestMemory:
    @pytest.mark.parametrize(
        "header",
        [
            b"1000000000 300",
            b"1 1000000000000",
            b"999999999999999999 999999999999999999",
            b"9" * 5000 + b" 100",
        ],
    )
    @pytest.mark.parametrize("rest", [b"a 1 2 3\n", b"a \0\1\2\3\n", b""])
    @pytest.mark.parametrize("packed", [False, True])
    def test_a_first_line_that_lies_costs_nothing(self, header, rest, packed) -> None:
        data = header + b"\n" + rest
        data = gzip.compress(data) if packed else data
        tracemalloc.start()
        try:
            with pytest.raises(FormatError):
                read_bytes(data)
            assert tracemalloc.get_traced_memory()[1] < 2e7
        finally:
            tracemalloc.stop()

    def test_vectors_that_are_too_long(self, tmp_path: Path) -> None:
        with (tmp_path / "v.bin").open("wb") as file:
            file.write(b"1 600000000\nw ")
            file.truncate(2_400_000_100)  # a hole, which takes no room
        with pytest.raises(FormatError, match="600,000,000 dimensions; up to 268,435,456 can"):
            Embeddings.load(tmp_path / "v.bin")

    @pytest.mark.parametrize("binary", [False, True])
    def test_reading_takes_little_more_than_the_vectors(self, tmp_path: Path, binary: bool) -> None:
        shape = (20_000 if binary else 2_000, 300)
        vectors: Matrix = np.random.default_rng(0).normal(size=shape).astype(np.float32)
        Embeddings([f"w{i}" for i in range(len(vectors))], vectors).save(
            tmp_path / "v", "binary" if binary else "text"
        )
        tracemalloc.start()
        try:
            read = Embeddings.load(tmp_path / "v")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        np.testing.assert_array_equal(read.vectors, vectors)
        assert peak < 2.5 * vectors.nbytes


def test_a_byte_order_mark_is_no_part_of_the_first_word(tmp_path: Path) -> None:
    for header in (b"", b"1 2\n"):
        (tmp_path / "v.txt").write_bytes(b"\xef\xbb\xbf" + header + b"a 1 2\n")
        assert list(Embeddings.load(tmp_path / "v.txt").words) == ["a"]
