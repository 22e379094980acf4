"""Formats of vectors: there and back again, what is told of them, and what is done to vectors."""

from __future__ import annotations

import contextlib
import gzip
import importlib
import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.helpers import write_lines
from w2v_nce.cli import program
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.embeddings.transforms import (
    all_but_the_top,
    most_frequent,
    normalised,
    selected,
    without_mean,
)
from w2v_nce.errors import ConfigError, FormatError, InputError, OutputError
from w2v_nce.files.vectors import (
    FORMATS,
    format_of_content,
    format_of_name,
    open_vectors_file,
)
from w2v_nce.model.description import describe
from w2v_nce.model.model import Model
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.text import Cleaning

NAMES = {
    "v.bin": "binary", "v.txt": "text", "v.vec": "text", "v.npy": "npy", "v.tsv": "projector",
    "v.safetensors": "safetensors", "v.bin.gz": "binary", "v.vec.xz": "text", "v.zst": "text",
    "v.tsv.gz": "projector",
}  # fmt: skip
WORDS = st.text(min_size=1, max_size=5).filter(
    lambda word: not set(word) & set(" \t\n\r\v\f") and word[0] != "\ufeff"
)
FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


@st.composite
def some_embeddings(draw: st.DrawFn) -> Embeddings:
    words = draw(st.lists(WORDS, min_size=1, max_size=5, unique=True))
    shape = (len(words), draw(st.integers(2, 4)))
    return Embeddings(words, draw(arrays(np.float32, shape, elements=FLOATS)))


@pytest.fixture
def some() -> Embeddings:
    """Vectors with bytes of a padding between them, as those of a model."""
    padded = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float32)
    return Embeddings(["</s>", "tür", "\udcff", *(f"w{i}" for i in range(37))], padded[:, :6])


def assert_same(left: Embeddings, right: Embeddings) -> None:
    assert list(left.words) == list(right.words)
    np.testing.assert_array_equal(left.vectors, right.vectors)


class TestRoundTrip:
    @given(what=some_embeddings(), kind=st.sampled_from(list(FORMATS)))
    def test_any_words_and_numbers(self, what: Embeddings, kind: str) -> None:
        name = {"npy": "x.npy", "safetensors": "x.safetensors", "projector": "x.tsv"}.get(kind, "x")
        what.save(name, kind)
        assert_same(Embeddings.load(name), what)

    @pytest.mark.parametrize(("name", "kind"), NAMES.items())
    def test_names(self, some: Embeddings, name: str, kind: str) -> None:
        some.save(name)
        assert_same(Embeddings.load(name), some)
        assert format_of_name(name) == describe(name).format == kind

    def test_matrices_are_mapped(self, some: Embeddings) -> None:
        some.save("v.npy")
        loaded = Embeddings.load("v.npy").vectors
        while not isinstance(loaded, np.memmap):
            assert isinstance(loaded.base, np.ndarray)
            loaded = loaded.base
        assert loaded.mode == "r"

    def test_words_with_blanks_are_no_trouble_beside_a_matrix(self) -> None:
        what = Embeddings(["New York", "12", "a  b "], np.eye(3, dtype=np.float32))
        for name in ("v.npy", "v.safetensors", "v.tsv"):
            what.save(name)
            assert_same(Embeddings.load(name), what)

    def test_matrices_of_one_name_have_words_of_their_own(self, some: Embeddings) -> None:
        for number, name in enumerate(("v.npy", "v.safetensors", "v.tsv"), 5):
            most_frequent(some, number).save(name)
        for number, name in enumerate(("v.npy", "v.safetensors", "v.tsv"), 5):
            assert_same(Embeddings.load(name), most_frequent(some, number))

    @pytest.mark.parametrize("library", ["bz2", "lzma", "gzip"])
    @pytest.mark.parametrize("kind", ["binary", "text", "glove"])
    def test_compression_is_told_by_content(self, some: Embeddings, library: str, kind) -> None:
        compress = importlib.import_module(library).compress
        some.save("v", kind)
        plain = Path("v").read_bytes()
        Path("v").write_bytes(compress(plain[:100]) + compress(plain[100:]))
        assert_same(Embeddings.load("v"), some)
        assert describe("v").compression is not None

    @pytest.mark.parametrize("end", [".bz2", ".zip"])
    def test_no_name_promises_what_is_not_in_the_file(self, some: Embeddings, end: str) -> None:
        with pytest.raises(OutputError, match=rf"{end} is not written; \.gz, \.xz and \.zst are"):
            some.save(f"v.txt{end}")
        assert not list(Path().glob("v.txt*"))

    def test_a_glove_file_has_no_first_line(self, some: Embeddings) -> None:
        some.save("v.txt", "glove")
        some.save("w.txt", "text")
        assert Path("w.txt").read_bytes() == b"40 6\n" + Path("v.txt").read_bytes()
        assert describe("v.txt").format == "glove"

    def test_other_programs_matrices(self, some: Embeddings) -> None:
        np.save("v.npy", some.vectors.astype(np.float64)[:2])
        Path("v.npy.vocab.txt").write_bytes("\ufeffa\t17\r\nb c\t3\r\n".encode())
        assert_same(Embeddings.load("v.npy"), Embeddings(["a", "b c"], some.vectors[:2]))

    def test_gensim_reads_vec(self, some: Embeddings) -> None:
        keyedvectors = pytest.importorskip("gensim.models.keyedvectors", reason="needs gensim")
        tame = most_frequent(some, 2)
        tame.save("v.vec")
        theirs = keyedvectors.KeyedVectors.load_word2vec_format("v.vec")
        assert_same(Embeddings(theirs.index_to_key, theirs.vectors), tame)
        tame.save("glove.txt", "glove")
        theirs = keyedvectors.KeyedVectors.load_word2vec_format("glove.txt", no_header=True)
        assert_same(Embeddings(theirs.index_to_key, theirs.vectors), tame)

    def test_what_the_projector_loads(self) -> None:
        Embeddings(["a", "b"], np.array([[1, 2.5], [-3, 0]], np.float32)).save("v.tsv")
        assert Path("v.tsv").read_text() == "1\t2.5\n-3\t0\n"
        assert Path("v.metadata.tsv").read_text() == "a\nb\n"

    def test_the_library_reads_our_safetensors(self, some: Embeddings) -> None:
        library = pytest.importorskip("safetensors.numpy", reason="needs safetensors")
        some.save("v.safetensors")
        np.testing.assert_array_equal(library.load_file("v.safetensors")["vectors"], some.vectors)

    @pytest.mark.parametrize("name", [*NAMES, "v.tsv.xz"])
    def test_equal_vectors_give_equal_bytes(self, some: Embeddings, name: str) -> None:
        some.save(name)
        first = Path(name).read_bytes()
        some.save(name)
        assert Path(name).read_bytes() == first


class TestRefusals:
    @pytest.mark.parametrize("name", ["v.npy", "v.tsv", "v.safetensors"])
    @pytest.mark.parametrize("word", ["", "a\tb", "a\nb", "a\r", "\ufeffa"])
    def test_words_that_no_line_can_hold(self, name: str, word: str) -> None:
        with pytest.raises(FormatError, match="the word "):
            Embeddings(["x", word], np.ones((2, 2), np.float32)).save(name)
        assert list(Path().iterdir()) == []

    def test_a_glove_file_that_would_seem_to_have_a_first_line(self) -> None:
        with pytest.raises(FormatError, match="the word '7' and its number would be taken for"):
            Embeddings(["7", "b"], np.ones((2, 1), np.float32)).save("v.txt", "glove")

    def test_no_such_format(self, some: Embeddings) -> None:
        with pytest.raises(ConfigError, match="format is 'excel'; choose one of binary, text"):
            some.save("v.xls", "excel")

    @pytest.mark.parametrize("name", ["v.npy", "v.tsv", "v.tsv.gz", "v.safetensors"])
    def test_names_that_would_be_taken_for_matrices(self, some: Embeddings, name: str) -> None:
        for kind in ("binary", "text", "glove"):
            with pytest.raises(InputError, match="is not in word2vec's format; write a"):
                some.save(name, kind)
            with pytest.raises(InputError, match="is not in word2vec's format"):
                open_vectors_file(name, kind)  # as train does
        assert list(Path().iterdir()) == []

    def test_matrices_are_not_compressed(self, some: Embeddings) -> None:
        with pytest.raises(InputError, match=r"\.npy files are not compressed"):
            some.save("v.npy.gz", "npy")

    @pytest.mark.parametrize("name", ["v.npy", "v.tsv", "v.safetensors"])
    def test_words_that_do_not_fit(self, some: Embeddings, name: str) -> None:
        some.save(name)
        [beside] = [path for path in Path().iterdir() if path.name != name]
        text = beside.read_bytes()
        for wrong, message in (
            (text + b"more\n", f"{name} has 40 vectors, but {beside} 41 words"),
            (text.replace(b"w1\n", b"\n"), f"{beside}, line 5: a word is expected"),
            (b"\0\xff" * 3, f"{name} has 40 vectors, but {beside} 1 words"),
        ):
            beside.write_bytes(wrong)
            with pytest.raises(FormatError) as caught:
                Embeddings.load(name)
            assert message in str(caught.value)
        beside.unlink()
        with pytest.raises(FormatError, match="there is no file of its words"):
            Embeddings.load(name)

    @pytest.mark.parametrize(
        ("array", "message"),
        [
            (np.ones(3), "holds no matrix"),
            (np.ones((0, 3)), "holds no matrix"),
            (np.ones((2, 3), np.int32), "holds int32; real numbers are needed"),
            (np.array([[1, 2], [3, np.nan]]), "a number is NaN or infinite, of 'b'"),
            (np.array([[1e300, 2], [3, 4]]), "a number is NaN or infinite, of 'a'"),
            (np.array([[None]]), "is not a NumPy array, or only a part of one"),
        ],
    )
    def test_arrays_that_are_no_vectors(self, array: np.ndarray, message: str) -> None:
        np.save("v.npy", array)
        write_lines(Path("v.npy.vocab.txt"), ["a", "b"])
        with pytest.raises(FormatError, match=f"v.npy.*{message}"):
            Embeddings.load("v.npy")

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "holds no matrix"),
            ("1\t2\n3\n", "v.tsv, line 2: 2 numbers with tabs between are expected, found '3'"),
            ("1\tx\n", "v.tsv, line 1: numbers with tabs between are expected"),
            ("1\t2\n1\tnan\n", "a number is NaN or infinite, of 'b'"),
        ],
    )
    def test_tables_that_are_no_vectors(self, text: str, message: str) -> None:
        Path("v.tsv").write_text(text)
        write_lines(Path("v.metadata.tsv"), ["a", "b"])
        with pytest.raises(FormatError, match=message):
            Embeddings.load("v.tsv")

    def test_two_tensors(self) -> None:
        library = pytest.importorskip("safetensors.numpy", reason="needs safetensors")
        library.save_file({"a": np.ones((2, 2)), "b": np.ones(1)}, "v.safetensors")
        with pytest.raises(FormatError, match="holds 2 tensors: a, b; which has the vectors"):
            Embeddings.load("v.safetensors")

    @pytest.mark.parametrize("name", ["v.npy", "v.safetensors", "v.tsv.gz", "v.txt.zst", "v.xz"])
    def test_a_file_cut_anywhere_is_refused(self, name: str) -> None:
        Embeddings(["a", "b"], np.ones((2, 3), np.float32)).save(name)
        data = Path(name).read_bytes()
        for length in range(len(data)):
            Path(name).write_bytes(data[:length])
            with pytest.raises(FormatError):
                Embeddings.load(name)

    @pytest.mark.parametrize("name", ["v.npy", "v.safetensors"])
    def test_any_byte_changed(self, name: str) -> None:
        Embeddings(["a", "b"], np.ones((2, 3), np.float32)).save(name)
        data = Path(name).read_bytes()
        for place in range(len(data)):
            for new in (0, 255, data[place] ^ 1):
                Path(name).write_bytes(data[:place] + bytes([new]) + data[place + 1 :])
                with contextlib.suppress(FormatError):
                    assert np.isfinite(Embeddings.load(name).vectors).all()

    def test_a_library_that_is_missing(self, some: Embeddings, monkeypatch) -> None:
        monkeypatch.setitem(sys.modules, "safetensors", None)
        with pytest.raises(ConfigError, match=r"pip install 'w2v-nce\[safetensors\]'"):
            some.save("v.safetensors")
        for name in ("compression", "backports", "compression.zstd", "backports.zstd"):
            monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(InputError, match=r"v.zst: writing zstd needs .*'w2v-nce\[zstd\]'"):
            some.save("v.zst")
        assert list(Path().iterdir()) == []

    def test_an_archive_is_named(self) -> None:
        Path("v.zip").write_bytes(b"PK\x03\x04" + bytes(100))
        with pytest.raises(FormatError, match=r"v\.zip is a zip archive; unpack it first"):
            Embeddings.load("v.zip")


class TestPostprocessing:
    def test_selection(self, some: Embeddings) -> None:
        chosen, unknown = selected(some, ["w3", "nobody", "tür", "w3"])
        assert (chosen.words, unknown) == (["tür", "w3"], ["nobody"])
        np.testing.assert_array_equal(chosen.vectors, some.vectors[[1, 6]])
        with pytest.raises(InputError, match="none of 2 words has a vector"):
            selected(some, ["x", "y"])
        with pytest.raises(InputError, match="the list of words is empty"):
            selected(some, [])
        lower = Embeddings(["a", "b"], np.eye(2, dtype=np.float32), cleaning=Cleaning(True))
        chosen, unknown = selected(lower, ["B", "b", "C"])
        assert (chosen.words, unknown) == (["b"], ["C"])
        assert most_frequent(some, 3).words == some.words[:3]
        assert len(most_frequent(some, 99)) == 40

    def test_lengths_and_mean(self, some: Embeddings) -> None:
        assert np.linalg.norm(normalised(some).vectors, axis=1) == pytest.approx(np.ones(40))
        moved = Embeddings(some.words, some.vectors + np.float32(3))
        centred = without_mean(moved).vectors
        np.testing.assert_allclose(centred, moved.vectors - moved.vectors.mean(axis=0), atol=1e-5)

    @pytest.mark.parametrize("d", [0, 1, 3, 5])
    def test_all_but_the_top_against_the_definition(self, some: Embeddings, d: int) -> None:
        vectors = some.vectors.astype(np.float64) * [5, 1, 3, 2, 0.5, 4] + 7
        expected = vectors - vectors.mean(axis=0)
        _, _, directions = np.linalg.svd(expected, full_matrices=False)
        for direction in directions[:d]:
            expected -= np.outer(expected @ direction, direction)
        found = all_but_the_top(Embeddings(some.words, vectors.astype(np.float32)), d)
        np.testing.assert_allclose(found.vectors, expected, atol=1e-4)

    @pytest.mark.parametrize("d", [-1, 6])
    def test_too_many_directions(self, some: Embeddings, d: int) -> None:
        with pytest.raises(ConfigError, match=f"{d} directions cannot be removed from 6"):
            all_but_the_top(some, d)


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(program, arguments)


@pytest.fixture
def small() -> Embeddings:
    what = Embeddings(["a", "b", "c"], np.array([[3, 4], [0, 0], [0, 2]], np.float32))
    what.save("v.bin")
    return what


def test_info(small: Embeddings) -> None:
    result = invoke("info", "v.bin", "-n", "2")
    assert result.exit_code == 0, result.output
    assert result.output == (
        "file        v.bin (37 bytes)\n"
        "format      word2vec binary\n"
        "vectors     3 x 2\n"
        "lengths     0 to 5, median 2; 1 of zeros only\n"
        "mean vector of length 2.24\n"
        "first words a b\n"
    )
    small.save("v.txt.gz")
    document = json.loads(invoke("info", "v.txt.gz", "--json").output)
    assert document["schema_version"] == 1
    assert (document["format"], document["compression"]) == ("text", "gzip")
    assert (document["words"], document["dim"], document["model"]) == (3, 2, None)
    assert document["norms"]["median"] == 2
    assert document["most_frequent"] == ["a", "b", "c"]


def test_info_of_a_model() -> None:
    vocabulary = Vocabulary([b"salt", b"pepper"], np.array([50, 30]), 110, 9)
    Model.initial(TrainConfig(dim=2, architecture="skipgram"), vocabulary).save("model")
    lines = invoke("info", "model").output.splitlines()
    assert lines[1] == "format      model folder"
    assert lines[-3:] == [
        "corpus      110 words, 9 distinct",
        "options     --arch skipgram --loss nce --dim 2 --window 5 --noise 15 --epochs 5",
        "calibrated  no",
    ]
    document = json.loads(invoke("info", "model", "--json").output)
    assert document["model"]["config"]["dim"] == 2


@pytest.mark.parametrize("target", NAMES)
def test_convert(small: Embeddings, target: str) -> None:
    target = "to-" + target
    result = invoke("convert", "v.bin", target)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"vectors     {target} (3 x 2)\n"
    assert_same(Embeddings.load(target), small)
    back = invoke("convert", target, "back.bin", "-q")
    assert (back.exit_code, back.output) == (0, "")
    assert Path("back.bin").read_bytes() == Path("v.bin").read_bytes()


def test_convert_some_and_change_them(small: Embeddings) -> None:
    write_lines(Path("words.txt"), ["c", "x y", "a", "", "c"])
    result = invoke("convert", "v.bin", "w.txt", "--words", "words.txt", "--normalise")
    assert result.stderr == "unknown     1 of 3 words: x y\nvectors     w.txt (2 x 2)\n"
    assert Path("w.txt").read_text() == "2 2\na 0.600000024 0.800000012\nc 0 1\n"
    invoke("convert", "v.bin", "w.txt", "--top", "2", "--remove-mean", "--to", "glove")
    assert Path("w.txt").read_text() == "a 1.5 2\nb -1.5 -2\n"
    invoke("convert", "v.bin", "w.txt", "--top", "2", "--all-but-the-top", "1")
    np.testing.assert_allclose(Embeddings.load("w.txt").vectors, 0, atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["convert", "v.bin", "v.bin"],
            "v.bin holds the vectors that are read; choose",
        ),
        (["convert", "v.bin", "no/w.txt"], "there is no folder"),
        (["convert", "nowhere", "w.txt"], "nowhere: No such file"),
        (["convert", "v.bin", "w.txt", "--words", "nowhere"], "nowhere: No such file"),
        (["convert", "v.bin", "w.txt", "--all-but-the-top", "2"], "2 directions cannot be removed"),
        (["convert", "v.bin", "w.npy.gz", "--to", "npy"], ".npy files are not compressed"),
        (["convert", "v.bin", "-", "--to", "npy"], "standard output has no room for words"),
        (["info", "nowhere"], "nowhere: No such file"),
        (["info"], "vectors.bin: No such file"),
    ],
)
def test_one_line_says_what_is_wrong(small: Embeddings, arguments, message: str) -> None:
    before = set(Path().iterdir())
    command = [sys.executable, "-m", "w2v_nce", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert set(Path().iterdir()) == before


def test_text_to_standard_output(small: Embeddings) -> None:
    command = [sys.executable, "-m", "w2v_nce", "convert", "v.bin", "-"]
    result = subprocess.run(command, capture_output=True, check=False)
    assert result.stdout == b"3 2\na 3 4\nb 0 0\nc 0 2\n"


def test_a_pipe_is_converted_and_not_described(small: Embeddings) -> None:
    os.mkfifo("pipe")
    with subprocess.Popen(["sh", "-c", "gzip < v.bin > pipe"]):
        assert invoke("convert", "pipe", "w.bin").exit_code == 0
    assert Path("w.bin").read_bytes() == Path("v.bin").read_bytes()
    result = invoke("info", "pipe")
    assert "neither a file nor a folder" in str(result.exception)


def test_what_looks_like_another_format(small: Embeddings) -> None:
    data = b"1 1\nab " + struct.pack("<f", 0) + b"\n"
    for content in (data, gzip.compress(data)):
        Path("v.npy").write_bytes(content)
        assert format_of_content("v.npy") == "text"
        assert Embeddings.load("v.npy").words == ["ab"]
