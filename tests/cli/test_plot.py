"""``w2v-nce plot``."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from tests.command_line import w2v_nce
from tests.helpers import write_lines
from tests.plotting.test_page import HOSTILE, PLAIN, Parts
from tests.processes import assert_refused
from tests.training_logs import write_log
from w2v_nce.cli import program
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.plotting.style import shown

WORDS = PLAIN + [word for word in HOSTILE if not set(word) & set("\0\u2028\u2029")]


@pytest.fixture
def _vectors() -> None:
    vectors = np.random.default_rng(0).normal(size=(len(WORDS), 5)).astype(np.float32)
    Embeddings(WORDS, vectors).save("vectors.bin")


def run(*arguments: object) -> str:
    """Run the command and return what it says."""
    result = CliRunner().invoke(program, ["plot", *map(str, arguments)])
    assert (result.exit_code, result.stdout) == (0, ""), result.output
    return result.stderr


def page(path: str) -> Parts:
    return Parts(Path(path).read_bytes())


def svg_texts(path: str) -> list[str]:
    tree = ElementTree.parse(path)
    return [each.text or "" for each in tree.iter("{http://www.w3.org/2000/svg}text")]


def png_size(path: str) -> tuple[int, int]:
    data = Path(path).read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    return width, height


@pytest.mark.usefixtures("_vectors")
def test_a_page_needs_no_extra() -> None:
    code = (
        "import sys\n"
        "for name in ('matplotlib', 'sklearn', 'umap'): sys.modules[name] = None\n"
        "from w2v_nce.cli import main\n"
        "main(['plot', '--seed', '3'])"
    )

    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr.startswith(f"picture     map.html ({len(WORDS)} words by principal comp")
    assert page("map.html").data["words"] == [shown(word) for word in WORDS]
    before = Path("map.html").read_bytes()
    assert run("vectors.bin", "--seed", 3, "-q") == ""
    assert Path("map.html").read_bytes() == before


@pytest.mark.usefixtures("_vectors")
def test_words_and_groups_of_a_file(monkeypatch) -> None:
    write_lines(Path("words.tsv"), ["sea\tnature", "king\tpeople", "queen\tpeople", "ship\tnature"])
    said = run("-o", "map.html", "--words", "words.tsv")
    assert said.startswith("unknown     1 of 4 words: ship\n")
    data = page("map.html").data
    assert data["words"] == ["king", "queen", "sea"]
    assert data["groups"] == ["people", "nature"]
    assert data["group"] == [0, 0, 1]
    run("--words", "words.tsv", "--groups", 1, "--top", 2, "-q")
    data = page("map.html").data
    assert (data["words"], data["group"]) == (["king", "queen"], [0, 0])
    monkeypatch.setattr(sys.modules["w2v_nce.cli.commands.plot"], "TOP", 2)
    run("-q")
    assert page("map.html").data["words"] == ["king", "queen"]
    run("-q", "--words", "words.tsv")  # none that was asked for is left out in silence
    assert page("map.html").data["words"] == ["king", "queen", "sea"]


@pytest.mark.usefixtures("_vectors")
def test_maps_for_print() -> None:
    pytest.importorskip("matplotlib", reason="no Matplotlib: no pictures for print")
    run("-o", "map.svg", "--groups", 9)
    texts = svg_texts("map.svg")
    labels = [text for text in texts if text in {shown(word) for word in WORDS}]
    assert len(labels) > len(WORDS) / 2
    assert {"king", "$title", "日本語"} <= set(labels)
    assert sum(text.startswith(f"vectors.bin: {len(WORDS)} words by prin") for text in texts) == 1
    before = Path("map.svg").read_bytes()
    run("-o", "map.svg", "--groups", 9)
    assert Path("map.svg").read_bytes() == before
    run("-o", "MAP.PNG")
    assert png_size("MAP.PNG") == (2000, 1600)


def test_curves() -> None:
    for name in ("one.jsonl", "two.jsonl"):
        write_log(name)
    said = run("--loss", "one.jsonl", "--loss", "two.jsonl")
    assert said == (
        "picture     loss.html (2 runs: Loss; log Z, mean ± standard deviation; Analogies,"
        " accuracy; Similarity, Spearman's ρ; Learning rate; Words per second)\n"
    )
    data = page("loss.html").data
    assert data["scale"] == "epoch"
    assert [line["label"] for line in data["panels"][4]["lines"]] == ["one", "two"]
    run("--loss", "one.jsonl", "--against", "words", "-o", "c.html")
    assert page("c.html").data["scale"] == "words"


def test_curves_for_print() -> None:
    pytest.importorskip("matplotlib", reason="no Matplotlib: no pictures for print")
    write_log("one.jsonl")
    write_log("$2.jsonl", ticks=3)
    run("--loss", "one.jsonl", "--loss", "$2.jsonl", "-o", "c.svg", "--against", "seconds")
    texts = svg_texts("c.svg")
    for text in ("Loss", "one, held out", "$2, training", "Words per second", "seconds", "$2"):
        assert text in texts
    run("--loss", "one.jsonl", "-o", "c.png")
    width, height = png_size("c.png")
    assert width == 1600
    assert height > 1000


@pytest.mark.usefixtures("_vectors")
def test_refusals() -> None:
    log = write_log("run.jsonl", ticks=3)
    many = [f"w{i}" for i in range(29)]
    Embeddings(many, np.eye(29, dtype=np.float32)).save("many.bin")
    write_lines(Path("many.tsv"), [f"{word}\t{word}" for word in many])
    before = Path("vectors.bin").read_bytes()
    for arguments, message in (
        (["-o", "map.pdf"], "map.pdf: a picture's name ends in .html, .png or .svg"),
        (["-o", "-"], "-: a picture's name ends in"),
        (["none.bin"], "none.bin"),
        (["--loss", log, "--top", 3], "--top is about maps of words; leave it or --loss out"),
        (["vectors.bin", "--loss", log], "FILE is about maps of words"),
        (["--against", "words"], "--against is about the curves of --loss"),
        (["--words", "none.txt"], "none.txt"),
        (["many.bin", "--words", "many.tsv"], "29 groups; 28 at most can be told apart"),
        (["--groups", 29], "29"),
        (["-o", "nowhere/map.html"], "there is no folder"),
    ):
        result = CliRunner().invoke(program, ["plot", *map(str, arguments)])
        assert result.exit_code != 0
        assert message in f"{result.output}{result.exception}"
    Path("log.html").write_bytes(log.read_bytes())
    assert_refused(w2v_nce("plot", "--loss", "log.html", "-o", "log.html"), "log.html is what is")
    lines = json.dumps({"event": "tick"}) + "\n"
    Path("bad.jsonl").write_text(lines * 2, "utf-8")
    assert_refused(w2v_nce("plot", "--loss", "bad.jsonl"), "bad.jsonl, line 1: schema_version")
    assert sorted(path.suffix for path in Path().iterdir() if path.is_file()) == [
        ".bin", ".bin", ".html", ".jsonl", ".jsonl", ".tsv",
    ]  # fmt: skip
    assert Path("vectors.bin").read_bytes() == before


@pytest.mark.usefixtures("_vectors")
def test_a_missing_extra_is_named_before_anything_is_read(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = CliRunner().invoke(program, ["plot", "damaged.bin", "-o", "map.png"])
    assert str(result.exception) == (
        "a picture in PNG or SVG needs the package matplotlib: pip install 'w2v-nce[plot]'"
    )
    assert not Path("map.png").exists()
