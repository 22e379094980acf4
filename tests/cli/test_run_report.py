"""What train --report says of a run."""

from __future__ import annotations

import json
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.command_line import w2v_nce
from tests.helpers import write_lines
from tests.processes import assert_refused, random_corpus, start_training
from tests.schemas import validator
from w2v_nce.cli import program
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.errors import OutputError
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.threads import available_cpus


def report(path: str = "report.json") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(Path(path).read_text())
    validator("train").validate(document)
    return document


def test_figures_are_those_of_the_run() -> None:
    text = ["a b c d", "a b c", "a b", "a b e"] * 30
    write_lines(Path("corpus.txt"), text)
    result = w2v_nce(
        "train", "corpus.txt", "--dim", 3, "--epochs", 2, "--min-count", 31, "--sample", 0, "-q",
        "-o", "v.txt", "--save-model", "model", "--checkpoint", "run", "--report", "report.json",
    )  # fmt: skip
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    counts = Counter(" ".join(text).split())
    kept = [count for count in counts.values() if count >= 31]
    found = report()
    assert found["corpus"] == ["corpus.txt"]
    assert (found["corpus_words"], found["corpus_types"]) == (counts.total(), len(counts))
    assert found["vocabulary"] == len(kept) == len(Embeddings.load("v.txt"))
    assert found["coverage"] == sum(kept) / counts.total()
    training = found["training"]
    assert training["words"] == training["total_words"] == 2 * sum(kept)
    assert training["words_per_second"] == pytest.approx(training["words"] / training["seconds"])
    files = {"vectors": "v.txt", "model": "model", "log": None, "checkpoints": "run"}
    assert found["files"] == files
    assert found["stopped"] is None
    taken, given = TrainConfig(**found["config"]), TrainConfig(dim=3, epochs=2, sample=0.0)
    assert (taken.dim, taken.epochs, taken.min_count, taken.sample) == (3, 2, 31, 0.0)
    assert (taken.threads, taken.vectors) == (available_cpus(), given.exported)
    assert (taken.learning_rate, taken.noise_power) == (given.initial_rate, given.power_of_noise)


@pytest.mark.slow
def test_a_run_that_is_stopped_says_so(tmp_path: Path) -> None:
    corpus = random_corpus(tmp_path / "corpus.txt")
    process = start_training(corpus, "--report", "report.json")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130
    found = report()
    assert found["stopped"] == "interrupted"
    assert 0 < found["training"]["words"] < found["training"]["total_words"]


def test_a_run_that_fails_leaves_no_report() -> None:
    write_lines(Path("corpus.txt"), ["a b c d"] * 300)
    result = w2v_nce("train", "corpus.txt", "--report", "report.json", "--lr", "1e6", "-q")
    assert_refused(result, "diverged", code=1)
    assert [path.name for path in Path().iterdir()] == ["corpus.txt"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("corpus.txt", "corpus.txt is the corpus itself; choose another name with --report"),
        ("./v.txt", "--report ./v.txt is also the file of -o"),
        ("/dev/stdout", "--report /dev/stdout is also the file of -o"),
        ("run/1", "--report run/1 is where the checkpoints of run go"),
        ("model/r.json", "--save-model model would replace model/r.json"),
        ("nowhere/r.json", "cannot write nowhere/r.json: there is no folder"),
    ],
)
def test_a_report_takes_no_place_of_others(name: str, message: str) -> None:
    write_lines(Path("corpus.txt"), ["a b c d"] * 30)
    output = "-" if name == "/dev/stdout" else "v.txt"
    options = ["-o", output, "--save-model", "model", "--checkpoint", "run", "--report", name]
    result = CliRunner().invoke(program, ["train", "corpus.txt", *options])
    assert isinstance(result.exception, OutputError)
    assert str(result.exception).startswith(message)
    assert Path("corpus.txt").read_text().startswith("a b c d")
