"""``train -o`` writes every format that ``convert`` writes."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from tests.conftest import ROOT
from tests.processes import random_corpus
from tests.schemas import SCHEMAS
from w2v_nce.cli import program
from w2v_nce.cli.options.option import vectors_kinds
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.errors import ConfigError
from w2v_nce.files.vectors import FORMAT_NAMES, FORMATS, MODEL


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_corpus(tmp_path_factory.mktemp("corpus") / "corpus.txt", 500)


def trained(corpus: Path, *arguments: str) -> Result:
    asked = ["train", str(corpus), "--dim", "5", "--epochs", "1", "--threads", "1", *arguments]
    return CliRunner().invoke(program, asked)


@pytest.mark.parametrize(
    ("arguments", "files", "kind"),
    [
        (["-o", "v.vec"], ["v.vec"], "text"),
        (["-o", "v.txt.gz"], ["v.txt.gz"], "text"),
        (["-o", "v", "--format", "glove"], ["v"], "glove"),
        (["-o", "v", "--format", "binary"], ["v"], "binary"),
        (["-o", "v.npy"], ["v.npy", "v.npy.vocab.txt"], "npy"),
        (["-o", "v.safetensors"], ["v.safetensors", "v.safetensors.vocab.txt"], "safetensors"),
        (["-o", "v.tsv"], ["v.metadata.tsv", "v.tsv"], "projector"),
    ],
)
def test_formats(corpus: Path, arguments: list[str], files: list[str], kind: str) -> None:
    result = trained(corpus, *arguments)
    assert result.exception is None, result.output
    assert sorted(path.name for path in Path().iterdir()) == files
    assert (
        result.output.splitlines()[-1]
        == f"vectors     {arguments[1]} (50 x 5, {FORMAT_NAMES[kind]})"
    )
    trained(corpus, "-o", "reference.bin")
    found, expected = Embeddings.load(arguments[1]), Embeddings.load("reference.bin")
    assert list(found.words) == list(expected.words)
    assert np.array_equal(found.vectors, expected.vectors)
    assert (len(found), found.dim) == (50, 5)


def test_a_missing_library_is_told_before_the_corpus_is_read(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setattr("w2v_nce.cli.run.run.Training", None)  # nothing gets that far
    result = trained(corpus, "-o", "v.safetensors")
    assert isinstance(result.exception, ConfigError), result.exception
    assert "pip install 'w2v-nce[safetensors]'" in str(result.exception)
    assert list(Path().iterdir()) == []


def test_all_formats_are_choices() -> None:
    assert list(vectors_kinds.choices) == list(FORMATS)
    assert SCHEMAS["info"]["properties"]["format"]["enum"] == [*FORMATS, MODEL]
    table = (ROOT / "README.md").read_text("utf-8")
    assert all(f"`{name}`" in table for name in FORMATS)
