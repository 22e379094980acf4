"""The benchmarks run from end to end, with our own trainers on a little text."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import peak
from benchmarks.compare import provide_corpus
from benchmarks.peers import Job, Settings, Trainer, W2vNce, all_trainers
from benchmarks.speed import CELLS, OURS, Cell
from tests.conftest import ROOT
from tests.helpers import write_lines
from tests.processes import random_corpus
from w2v_nce.cli import program
from w2v_nce.cli.commands.train import prepared

TRAINERS = all_trainers()
WORDS = 50_000  # of the corpus
SETTINGS = Settings(
    dim=8, window=5, noise=5, sample=1e-3, min_count=5, epochs=1, threads=1, rate=None
)
needs_program = pytest.mark.skipif(
    W2vNce("ns").missing() is not None, reason="the program is not installed beside Python"
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_corpus(tmp_path_factory.mktemp("corpus") / "corpus.txt")


def benchmark(name: str, *arguments: object) -> str:
    """Run one as in the documentation; return what it prints."""
    command = [sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def rows(page: str) -> list[list[str]]:
    """The cells of all tables of a page, without the lines below the headers."""
    lines = [line for line in page.splitlines() if line.startswith("|")]
    return [line.strip("| ").split(" | ") for line in lines if not line.startswith("|---")]


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
@pytest.mark.parametrize("trainer", TRAINERS, ids=[each.name for each in TRAINERS])
def test_every_trainer_has_a_rate_and_a_command(trainer: Trainer, architecture: str) -> None:
    job = Job(SETTINGS, architecture, seed=3)
    assert 0 < trainer.rate(job) < 1
    command = trainer.command(job)
    assert any("corpus.txt" in each for each in command)
    if isinstance(trainer, W2vNce):
        context = program.commands["train"].make_context("train", command[2:])
        options, _, _ = prepared(context, dict(context.params))
        asked = {"architecture": architecture, "dim": 8, "seed": 3, "output": job.output}
        assert asked.items() <= options.items()
        assert options["learning_rate"] == trainer.rate(job)


def test_names_are_those_of_trainers() -> None:
    names = [each.name for each in TRAINERS]
    assert len(set(names)) == len(names)
    assert OURS in names
    assert Cell.parse("skipgram:100:1") == CELLS[0]


@needs_program
@pytest.mark.slow
def test_speed(corpus: Path, tmp_path: Path) -> None:
    trainers = [OURS, "w2v-nce, ns, pair by pair"]
    shown = benchmark(
        *("speed", "--corpus", corpus, "--out", tmp_path / "out", "--rounds", 1),
        *("--cells", "cbow:8:1", "--trainers", *trainers),
    )
    page = (tmp_path / "out/speed.md").read_text("utf-8")
    assert page in shown
    assert "## cbow, 8 dimensions, 1 threads" in page
    header, ours, plain = rows(page)
    assert header[:3] == ["trainer", "training words/s", "w2v-nce is faster by"]
    found: dict[str, Any] = json.loads((tmp_path / "out/speed.json").read_text("utf-8"))
    assert found["corpus"] == {"name": "corpus.txt", "words": WORDS}
    assert [run["trainer"] for run in found["runs"]] == trainers
    for run, row in zip(found["runs"], (ours, plain), strict=True):
        assert (run["architecture"], run["dim"], run["threads"], run["epochs"]) == ("cbow", 8, 1, 1)
        assert min(run["words_per_second"], run["seconds"], run["peak_mb"]) > 0
        assert row[:2] == [run["trainer"], f"{run['words_per_second']:,.0f}"]
        assert row[-1] == "1"


@needs_program
@pytest.mark.slow
def test_compare(corpus: Path, tmp_path: Path) -> None:
    pairs = write_lines(tmp_path / "pairs.tsv", (f"w{i}\tw{i + 1}\t{i % 7}" for i in range(40)))
    trainers = [OURS, "w2v-nce, nce"]
    shown = benchmark(
        *("compare", "--corpus", corpus, "--out", tmp_path / "out", "--quick", "--eval", pairs),
        *("--architectures", "skipgram", "--dim", 8, "--threads", 1, "--trainers", *trainers),
        "--keep-vectors",
    )
    page = (tmp_path / "out/results.md").read_text("utf-8")
    assert page in shown
    assert "## skipgram" in page
    header, *lines = rows(page)
    assert header[:3] == ["trainer", "rate", "pairs"]
    found: dict[str, Any] = json.loads((tmp_path / "out/results.json").read_text("utf-8"))
    assert (found["notes"], found["seeds"], found["settings"]["epochs"]) == ([], [1], 1)
    assert [run["trainer"] for run in found["runs"]] == trainers == [line[0] for line in lines]
    for run, median, line in zip(found["runs"], found["medians"], lines, strict=True):
        assert -1 <= run["scores"]["pairs"] == median["scores"]["pairs"] <= 1
        assert line[2] == f"{run['scores']['pairs']:.3f}"
        assert run["percent_trained"] == 100
        assert min(run["words_per_second"], run["cpu_seconds"], run["peak_mb"]) > 0
    vectors = sorted(path.name for path in (tmp_path / "out").glob("*.txt"))
    assert vectors == ["w2v-nce-nce-skipgram-1.txt", "w2v-nce-ns-skipgram-1.txt"]


@pytest.mark.slow
def test_phrases(corpus: Path, tmp_path: Path) -> None:
    """Of the text with a phrase in it."""
    pytest.importorskip("gensim", reason="gensim is not installed: pip install 'w2v-nce[gensim]'")
    text = write_lines(
        tmp_path / "text.txt", [*corpus.read_text().splitlines(), *["new york"] * 99]
    )
    shown = benchmark("phrases", "--corpus", text, "--threads", 1, "--rounds", 1)
    assert shown.startswith("1 threads: the text of gensim writes\n")
    header, ours, gensim = rows(shown)
    assert [header[0], ours[0], gensim[0]] == ["program", "w2v-nce, 1 threads", "gensim"]


@pytest.mark.slow
def test_peak(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With little of everything: in this process, whose kernels are compiled."""
    monkeypatch.setattr(peak, "REPEATS", 1)
    for name, size in (("copied_bytes", 1 << 20), ("peak_flops", 1000)):
        measure = getattr(peak, name)
        monkeypatch.setattr(peak, name, lambda measure=measure, size=size: measure(size))
    monkeypatch.setattr(sys, "argv", ["peak", str(corpus), "--dims", "8"])
    peak.main()
    memory, *lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"memory copied: \d+ GB/s", memory)
    whats = [f"{each}, {loss}, 8" for each in ("skipgram", "cbow") for loss in ("ns", "nce")]
    for what, line in zip(whats, lines, strict=True):
        figures = r"[\d.]+ million words/s, [\d.]+ of \d+ GFLOP/s = \d+%"
        assert re.fullmatch(rf"{what} dimensions: {figures}", line), line


def test_operations_are_those_of_independent_chains() -> None:
    """Each is x -> x f + f; with f = 1 it adds one a turn to numbers that begin as in the code."""
    starts = np.array([1, 0, 2, 1, 1, 2, 1, 3, 2, 2])
    assert len(starts) == peak.CHAINS
    found = peak.multiply_and_add(7, np.float32(1))
    assert found == pytest.approx((starts + 7).sum() * peak.LANES)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_the_beginning_of_a_text_ends_between_lines(tmp_path: Path, suffix: str) -> None:
    text = b"one and a half\n" * 100_000  # 1.5 megabytes
    source = tmp_path / f"corpus.txt{suffix}"
    source.write_bytes(gzip.compress(text) if suffix else text)
    assert provide_corpus(source, tmp_path / "all.txt") == 400_000
    words = provide_corpus(source, tmp_path / "some.txt", megabytes=1)
    some = (tmp_path / "some.txt").read_bytes()
    assert text.startswith(some)
    assert some.endswith(b"\n")
    assert 0 <= len(some) - 1_000_000 < 15
    assert words == 4 * some.count(b"\n")
