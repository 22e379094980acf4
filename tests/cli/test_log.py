"""``train --log``: what is written while a run goes on."""

from __future__ import annotations

import itertools
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.command_line import w2v_nce
from tests.helpers import write_lines
from tests.processes import random_corpus, start_training
from w2v_nce import __version__
from w2v_nce.cli import program
from w2v_nce.cli.run.run import logged_end
from w2v_nce.cli.terminal.signals import Quit, Stopped
from w2v_nce.corpus.sources import Corpus
from w2v_nce.errors import FormatError, InputError, TrainingError
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.run import Tick, Training
from w2v_nce.training.run_log import LogWriter

ONE = ("--dim", 8, "--threads", 1)
MEASURED = "seconds", "words_per_second", "loss", "score", "log_z_mean", "log_z_sd"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_corpus(tmp_path_factory.mktemp("corpus") / "corpus.txt")


@pytest.fixture(autouse=True)
def pairs() -> Path:
    return write_lines(Path("pairs.tsv"), (f"w{i} w{7 * i % 60} {i % 7}" for i in range(50)))


def trained(*arguments: object) -> Result:
    """Run ``train`` in this process, whose kernels are compiled."""
    result = CliRunner().invoke(program, ["train", *map(str, arguments)])
    assert result.exception is None, result.exception
    return result


def events(path: str = "run.jsonl") -> list[dict[str, Any]]:
    lines = Path(path).read_bytes().splitlines(keepends=True)
    assert all(line.endswith(b"\n") for line in lines)
    return [json.loads(line) for line in lines]


def without_figures(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event with the type of what differs from machine to machine."""
    return {name: type(v) if name in MEASURED else v for name, v in event.items()}


def of_kind(found: list[dict[str, Any]], *kinds: str) -> list[dict[str, Any]]:
    """Return some of the events, without the time that they took."""
    return [{**each, "seconds": 0} for each in found if each["event"] in kinds]


def test_golden_lines_and_the_same_vectors(corpus: Path) -> None:
    """The text has 50,000 words; on a slow machine there are ticks within an epoch, too."""
    asked = (corpus, *ONE, "--epochs", 2, "--heldout", "0.1", "-q")
    trained(*asked, "-o", "alone.bin")
    extra = ("--log", "run.jsonl", "--eval", "pairs.tsv", "--eval-every", "1epoch")
    assert trained(*asked, *extra, "-o", "v.bin").output == ""
    assert Path("v.bin").read_bytes() == Path("alone.bin").read_bytes()
    found = events()
    config = found[0].pop("config")
    assert TrainConfig(**config) == TrainConfig(
        dim=8, threads=1, epochs=2, heldout="0.1", evals=("pairs.tsv",), eval_every="1epoch",
        noise=15, noise_power=0.75, learning_rate=0.075, vectors="output",
    )  # fmt: skip
    about = {"schema_version": 1, "seconds": float}
    coverage = sum(7 * i % 60 < 50 for i in range(50)) / 50
    evaluation = {"file": "pairs.tsv", "task": "similarity", "score": float, "coverage": coverage}
    in_the_end: list[dict[str, Any]] = []
    for epoch, words, rate in ((1.0, 50_000, 0.0375), (2.0, 100_000, 7.5e-06)):
        place = {**about, "epoch": epoch, "words": words}
        speed = {"words_per_second": float, "learning_rate": rate, "loss": float}
        in_the_end += [
            {**place, "event": "tick", **speed},
            {**place, "event": "heldout", "loss": float, "log_z_mean": float, "log_z_sd": float},
            {**place, "event": "eval", **evaluation},
        ]
    started = {"schema_version": 1, "event": "start", "version": __version__}
    ended = {**about, "event": "end", "words": 100_000, "loss": float, "stopped": None}
    in_between = [each for each in found if each["event"] == "tick" and each["words"] % 50_000]
    assert [without_figures(each) for each in found if each not in in_between] == [
        {**started, "processes": 1, "vocabulary": 50, "words": 100_000}, *in_the_end, ended,
    ]  # fmt: skip


def test_a_run_that_is_killed_and_goes_on_has_one_log(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between checkpoints, so that what lies behind the last one has to be cut off."""
    asked = (corpus, *ONE, "--epochs", 60, "--eval", "pairs.tsv", "--eval-every", "7epochs")
    trained(*asked, "--log", "whole.jsonl", "-o", "whole.bin", "-q")
    keep = ("--checkpoint", "run", "--checkpoint-every", "0.05s", "-o", "parts.bin")
    process = start_training(*asked, "--log", "run.jsonl", *keep)
    assert process.stderr is not None
    evaluations = (line for line in process.stderr if line.startswith("eval "))
    next(itertools.islice(evaluations, 2, None))
    process.kill()
    process.communicate()
    with Path("run.jsonl").open("ab") as log:  # after the checkpoint, and half a line
        behind = {"event": "eval", "words": 10**9}
        log.write(json.dumps(behind).encode() + b'\n{"schema_version": 1, "eve')
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    assert trained("--resume", "../run", "-q").output == ""
    monkeypatch.chdir("..")
    assert Path("parts.bin").read_bytes() == Path("whole.bin").read_bytes()
    found, whole = events(), events("whole.jsonl")
    assert of_kind(found, "eval") == of_kind(whole, "eval")
    assert len(of_kind(whole, "eval")) == 9
    kinds = [each["event"] for each in found]
    assert (kinds.count("start"), kinds.count("end"), kinds[0], kinds[-1]) == (1, 1, "start", "end")
    words = [each["words"] for each in found if each["event"] == "tick"]
    assert words == sorted(set(words))
    assert words[-1] == 60 * 50_000


def test_an_interrupted_run_says_so_and_another_file_is_no_log(corpus: Path) -> None:
    keep = ("--checkpoint", "run", "--log", "run.jsonl")
    process = start_training(corpus, *ONE, *keep)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130, errors
    assert events()[-1]["stopped"] == "interrupted"
    assert events()[-1]["words"] > 0
    Path("other.jsonl").write_text("not a log\n")
    result = CliRunner().invoke(program, ["train", "--resume", "run", "--log", "other.jsonl"])
    assert isinstance(result.exception, FormatError)
    assert "other.jsonl, line 1: this is not from the log of a run;" in str(result.exception)
    assert Path("other.jsonl").read_text() == "not a log\n"


def test_a_disk_that_is_full_does_not_end_the_run(corpus: Path) -> None:
    assert trained(corpus, *ONE, "--epochs", 1, "--log", "/dev/full", "-q").output == (
        "warning: cannot write /dev/full: No space left on device; training goes on without a log\n"
    )
    assert Path("vectors.bin").exists()


def test_it_goes_to_standard_output(corpus: Path) -> None:
    result = w2v_nce("train", corpus, *ONE, "--epochs", 1, "--log", "-", "-o", "v.npy")
    assert result.returncode == 0, result.stderr
    assert [json.loads(line)["event"] for line in result.stdout.splitlines()][::2] == [
        "start", "end"
    ]  # fmt: skip
    assert (
        result.stderr.splitlines()[-1]
        == "vectors     v.npy (50 x 8, NumPy matrix, words beside it)"
    )
    assert list(Path().glob("-")) == []


@pytest.fixture
def run(corpus: Path) -> Training:
    return Training(Corpus.open([corpus]), TrainConfig(dim=4, epochs=2, threads=1, min_count=1))


def log_of(path: str | None) -> LogWriter:
    return LogWriter(path, pytest.fail)


class TestEnds:
    """What has ended a run, and what an older one has left."""

    @pytest.mark.parametrize(
        ("error", "said"),
        [
            (Stopped(signal.SIGINT), "interrupted"),
            (Stopped(signal.SIGTERM), "terminated"),
            (TrainingError("diverged"), "failed"),
        ],
    )
    def test_is_told(self, run: Training, error: BaseException, said: str) -> None:
        with log_of("run.jsonl") as log, pytest.raises(type(error)), logged_end(log, run):
            for _ in log.follow(run, ended_by(run, error)):
                pass
        assert events()[-1]["stopped"] == said
        assert run.last_tick is not None
        assert events()[-1]["words"] == run.last_tick.words

    def test_a_second_signal_leaves_no_time(self, run: Training) -> None:
        with log_of("run.jsonl") as log, pytest.raises(Quit), logged_end(log, run):
            list(log.follow(run, ended_by(run, Quit(signal.SIGINT))))
        assert events()[-1]["event"] == "tick"

    def test_an_older_log_is_replaced_only_when_training_begins(self, run: Training) -> None:
        Path("run.jsonl").write_text("old\n")
        with log_of("run.jsonl") as log:
            ticks = log.follow(run, run)
            while run.model is None:
                assert Path("run.jsonl").read_text() == "old\n"
                next(ticks)
            assert [each["event"] for each in events()] == ["start"]

    def test_a_run_that_never_begins_leaves_no_file(self, run: Training) -> None:
        with log_of("run.jsonl"):
            assert Path("run.jsonl").exists()
        assert not Path("run.jsonl").exists()

    def test_nowhere(self, run: Training) -> None:
        before = set(Path().iterdir())
        with log_of(None) as log, logged_end(log, run):
            assert len(list(log.follow(run, run))) > 2
        assert set(Path().iterdir()) == before


def ended_by(run: Training, error: BaseException) -> Iterator[Tick]:
    """Give ticks of a run, and then raise something."""
    yield from run
    raise error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--log", "no/such/run.jsonl"], "cannot write no/such/run.jsonl: No such file"),
        (
            ["--log", "corpus.txt"],
            "corpus.txt is the corpus itself; choose another name with --log",
        ),
        (["--log", "v.bin"], "--log v.bin is also the file of -o"),
        (["--log", "/dev/stdout", "-o", "-"], "--log /dev/stdout is also the file of -o"),
        (["--log", "pairs.tsv", "--eval", "pairs.tsv"], "pairs.tsv is the file of --eval; choose"),
        (["-o", "pairs.tsv", "--eval", "pairs.tsv"], "another name with -o"),
        (["-o", "v.npy", "--vocab", "v.npy.vocab.txt"], "v.npy.vocab.txt is the file of --vocab"),
        (["--log", "m/run.jsonl", "--save-model", "m"], "--save-model m would replace m/run.jsonl"),
        (["--eval", "none.txt"], "none.txt: No such file"),
        (["--eval", "bad.txt"], "bad.txt, line 2"),
        (["--eval", "pairs.tsv", "--eval-every", "10m"], "--eval-every is '10m'; it takes epochs"),
        (["--eval-every", "1epoch"], "--eval-every needs something to measure while training"),
        (["-o", "-", "--format", "npy"], "standard output has no room for words beside vectors"),
        (["-o", "v.npy.gz"], ".npy files are not compressed"),
    ],
)
def test_refusals_leave_everything_as_it_is(arguments: list[str], message: str) -> None:
    Path("m").mkdir()
    write_lines(Path("corpus.txt"), ["some words " * 20])
    write_lines(Path("bad.txt"), ["a b 1", "a b"])
    write_lines(Path("v.npy.vocab.txt"), ["some 20", "words 20"])
    before = {path: path.is_file() and path.read_bytes() for path in Path().rglob("*")}
    given = ["train", "corpus.txt", "-o", "v.bin", *arguments]
    result = CliRunner().invoke(program, given)
    assert isinstance(result.exception, InputError), result.output
    assert message in str(result.exception)
    after = {path: path.is_file() and path.read_bytes() for path in Path().rglob("*")}
    assert after == before
