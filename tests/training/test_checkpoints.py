"""Runs that are given up and go on: the result is that of a run in one go."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import w2v_nce.training.run as trainer
from tests.helpers import write_lines
from tests.processes import assert_refused, command, random_corpus, w2v_nce
from w2v_nce.cli import program
from w2v_nce.cli.options.settings import parse_duration
from w2v_nce.cli.run.resume import stored_value
from w2v_nce.corpus.sources import Corpus
from w2v_nce.errors import ConfigError, FormatError, OutputError, TrainingError, W2vNceError
from w2v_nce.files import model_folder
from w2v_nce.files.lock import LOCK
from w2v_nce.model.model import Model
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.checkpoints import Checkpoint, Checkpoints, newest_checkpoint
from w2v_nce.training.run import CheckpointTick, Tick, Training
from w2v_nce.training.validation import EvalTick, HeldOutTick

SETTINGS: dict[str, dict[str, Any]] = {
    "cbow": {},
    "plain skip-gram with AdaGrad": {"architecture": "skipgram", "optimizer": "adagrad"},
    "held-out text": {"heldout": "0.1", "keep_best": True, "patience": 4},
    "a normaliser": {"normalizer": "per-word"},
    "another": {"normalizer": "constant", "optimizer": "adagrad", "heldout": "0.1"},
    "softmax": {"loss": "softmax"},
    "evaluations": {"evals": ("pairs",), "eval_every": "0.3epoch", "keep_best": True},
    "both": {"evals": ("pairs",), "eval_every": "20kwords", "heldout": "0.1", "patience": 9},
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_corpus(tmp_path_factory.mktemp("corpus") / "corpus.txt", 12000)


def config(**settings: Any) -> TrainConfig:
    return TrainConfig(**{"dim": 12, "epochs": 3, "threads": 1, "learning_rate": 0.05, **settings})


def parameters(model: Model) -> list[bytes]:
    return [np.ascontiguousarray(each).tobytes() for each in model.parameters]


def broken_off(run: Training, count: int) -> Iterator[Tick]:
    """Give a run up at its n-th checkpoint."""
    ticks = iter(run)
    for tick in ticks:
        yield tick
        count -= isinstance(tick, CheckpointTick)
        if count == 0:
            break
    ticks.close()


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_what_is_given_up_and_goes_on_is_the_same_in_the_end(
    corpus: Path, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checkpoints are written as often as can be, and each second one is gone on from."""
    monkeypatch.setattr(trainer, "text_size", lambda *_: 1 << 13)
    write_lines(Path("pairs"), (f"w{i} w{i * i % 50} {i % 7}" for i in range(50)))
    whole = Training(Corpus.open([corpus]), config(**settings))
    measured = [tick for tick in whole if isinstance(tick, HeldOutTick | EvalTick)]
    places = Checkpoints("run", every=0.0)
    resume: Checkpoint | None = None
    measured_again: list[HeldOutTick | EvalTick] = []
    for number in range(20):
        run = Training(Corpus.open([corpus]), config(**settings), resume=resume, checkpoints=places)
        ticks = list(broken_off(run, 2 if number < 19 else -1))
        measured_again += [tick for tick in ticks if isinstance(tick, HeldOutTick | EvalTick)]
        if not isinstance(ticks[-1], CheckpointTick):
            break
        resume = newest_checkpoint("run")
    assert resume is not None, "there was no checkpoint to go on from"
    assert parameters(run.finished_model()) == parameters(whole.finished_model())
    assert measured_again == measured
    assert len(list(Path("run").glob("0*"))) == 2


def test_several_threads_do_every_block_once(corpus: Path) -> None:
    """The position is a place in the stream of blocks, without gaps, whoever has done them."""
    resume = None
    for number in range(4):
        run = Training(
            Corpus.open([corpus]),
            config(threads=3, epochs=20),
            resume=resume,
            checkpoints=Checkpoints("run", every=0.0),
        )
        list(broken_off(run, 3 if number < 3 else -1))
        resume = newest_checkpoint("run")
        done = resume.position
        blocks = list(Corpus.open([corpus]).chunks())
        words = [len(block.text.split()) for block in blocks]
        assert done.words == done.epoch * sum(words) + sum(words[: done.block])
    assert run.share_done == 1
    assert run.last_tick is not None
    assert run.last_tick.words == 20 * sum(words)


def test_a_run_of_nothing_has_no_checkpoint(corpus: Path) -> None:
    run = Training(Corpus.open([corpus]), config())
    with pytest.raises(TrainingError, match="nothing has been trained"):
        _ = run.checkpoint
    for _ in run:
        pass
    assert run.model is not None
    run.model.parameters.input[3, 3] = np.nan
    with pytest.raises(TrainingError, match="diverged"):
        _ = run.checkpoint


class TestFolders:
    def test_there_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(FormatError, match="nowhere: No such file"):
            newest_checkpoint(tmp_path / "nowhere")
        with pytest.raises(FormatError, match="there is no checkpoint in"):
            newest_checkpoint(tmp_path)

    def test_no_writing(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(OutputError, match="cannot write checkpoints to "):
            Checkpoints(tmp_path / "file")
        with pytest.raises(OutputError, match="No such file"):
            Checkpoints(tmp_path / "no" / "such")

    def test_what_a_killed_run_has_left_is_removed_and_nothing_else(self, tmp_path: Path) -> None:
        others = [".hidden.tmp", ".w2v-nce-0123456789abcdef.tmp", "notes"]
        for name in (".w2v-nce-checkpoint-0123456789abcdef.tmp", *others):
            (tmp_path / name).mkdir()
        Checkpoints(tmp_path)
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted([LOCK, *others])

    @pytest.mark.parametrize("name", ["run.json", "squares.npz", "input.npy", "best.npz"])
    def test_damage_is_named(self, corpus: Path, name: str) -> None:
        settings = config(optimizer="adagrad", heldout="0.1", keep_best=True)
        run = Training(Corpus.open([corpus]), settings)
        for _ in run:
            pass
        place = Checkpoints("run").save(run.checkpoint)
        newest_checkpoint("run")
        whole = (place / name).read_bytes()
        for damaged in (b"", whole[: len(whole) // 2], whole[:-100], b"{}"):
            (place / name).write_bytes(damaged)
            with pytest.raises(FormatError, match=name):
                newest_checkpoint("run")
        (place / name).write_bytes(whole.replace(b'"format_version": 2', b'"format_version": 3'))
        if name == "run.json":
            with pytest.raises(FormatError, match="format version 3"):
                newest_checkpoint("run")

    def test_memory_is_looked_at_before_it_is_taken(
        self, corpus: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = Training(Corpus.open([corpus]), config(dim=2000))
        for _ in run:
            pass
        Checkpoints("run").save(run.checkpoint)
        there = 10**5
        monkeypatch.setattr("w2v_nce.training.memory.available_memory", lambda: there)
        with pytest.raises(ConfigError, match=r"x 2000 takes .* 0\.1 MiB are.*go on where"):
            newest_checkpoint("run")
        result = CliRunner().invoke(program, ["train", "--resume", "run"])
        assert isinstance(result.exception, ConfigError)
        assert newest_checkpoint("run", force=True).model.config.dim == 2000
        there = 10**7
        assert newest_checkpoint("run").model.config.dim == 2000

    def test_a_full_disk_leaves_the_older_ones(
        self, corpus: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = Training(Corpus.open([corpus]), config())
        for _ in run:
            pass
        places = Checkpoints("run")
        first = places.save(run.checkpoint)

        def fail(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(model_folder, "write_array", fail)
        with pytest.raises(W2vNceError, match="cannot write run/000002: No space left"):
            places.save(run.checkpoint)
        assert set(Path("run").iterdir()) == {first, Path("run", LOCK)}


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("10m", 600), ("1.5h", 5400)])
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


class TestCommand:
    """``train --checkpoint`` and ``--resume``."""

    @pytest.fixture
    def stopped(self, corpus: Path) -> Path:
        """A run that is killed after a checkpoint, and a copy of its corpus."""
        copy = Path("corpus.txt")
        copy.write_bytes(corpus.read_bytes())
        arguments = ("train", "corpus.txt", "--dim", 12, "--threads", 1, "--epochs", 1000)
        process = subprocess.Popen(
            command(*arguments, "--checkpoint", "run", "--checkpoint-every", "0.1s"),
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        assert any(line == "checkpoint  run/000002\n" for line in process.stderr)
        process.kill()
        process.communicate()
        return copy

    def test_contradictions_are_refused_by_name(self, stopped: Path) -> None:
        def resume(*arguments: object) -> subprocess.CompletedProcess[str]:
            return w2v_nce("train", "--resume", "run", *arguments)

        assert_refused(resume("--dim", 13), "--dim is 13, but the checkpoint has 12; leave it out")
        assert_refused(resume("--lowercase"), "--lowercase is True")
        assert_refused(resume("--vocab", "v.tsv"), "--vocab is ", "v.tsv, but the checkpoint has")
        Path("other.txt").write_bytes(stopped.read_bytes())
        assert_refused(resume("other.txt"), "other.txt is not part of it", "--force")
        os.utime(stopped, ns=(1, 1))
        assert_refused(resume(), "corpus.txt has been modified", "--force")
        with stopped.open("a") as file:
            file.write("more\n")
        assert_refused(resume(), "corpus.txt had ", " bytes, now it has ")
        stopped.unlink()
        assert_refused(resume(), "corpus.txt: No such file")
        assert_refused(w2v_nce("train", "other.txt", "--checkpoint", "run"), "--resume run")

    def test_what_does_not_contradict_is_taken(self, stopped: Path) -> None:
        """From another folder, to another file, of a corpus that has changed by force."""
        run = max(Path("run").glob("00*")) / "run.json"
        description = json.loads(run.read_text())
        description["position"]["epoch"] = 998
        run.write_text(json.dumps(description))
        Path("elsewhere").mkdir()
        os.utime(stopped, ns=(1, 1))
        result = w2v_nce(
            *("train", "../corpus.txt", "--resume", "../run", "--dim", 12, "--threads", 2),
            *("-o", "v.txt", "--force", "--epochs", 1000, "-q"),
            cwd="elsewhere",
        )
        assert (result.returncode, result.stderr) == (0, "")
        assert Path("elsewhere/v.txt").read_text().startswith("50 12\n")
        assert not Path("vectors.bin").exists()

    def test_a_pipe_has_to_be_given_again(self, corpus: Path) -> None:
        arguments = ("--threads", 1, "--epochs", 200, "-q", "--dim", 12)
        assert w2v_nce("train", corpus, *arguments, "-o", "whole.bin").returncode == 0
        keep = ("--checkpoint", "run", "--checkpoint-every", "0.1s", "-o", "parts.bin")
        with corpus.open() as text:
            process = subprocess.Popen(command("train", "-", *arguments, *keep), stdin=text)
        while not list(Path().glob("run/00*")):
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
        process.wait()
        assert_refused(
            w2v_nce("train", "--resume", "run"),
            "the checkpoint was made from standard input, which is gone; give the same text again",
        )
        with corpus.open() as text:
            resumed = w2v_nce("train", "-", "--resume", "run", "-q", stdin=text)
        assert resumed.returncode == 0, resumed.stderr
        assert Path("parts.bin").read_bytes() == Path("whole.bin").read_bytes()

    def test_options_that_came_later_have_their_defaults(self, stopped: Path) -> None:
        """As if --freeze and --spool-dir had been there for not as long as the checkpoint."""
        run = max(Path("run").glob("00*")) / "run.json"
        description = json.loads(run.read_text())
        description["position"]["epoch"] = 999
        for name in ("freeze", "spool_dir"):
            del description["about"]["options"][name]
        run.write_text(json.dumps(description))
        assert_refused(
            w2v_nce("train", "--resume", "run", "--freeze", "init"),
            "--freeze is init, but the checkpoint has not given; leave it out",
        )
        result = w2v_nce("train", "--resume", "run", "-q")
        assert (result.returncode, result.stderr) == (0, "")
        assert Path("vectors.bin").exists()

    def test_a_damaged_one_has_an_older_one_before_it(self, stopped: Path) -> None:
        *_, older, newest = sorted(path.name for path in Path("run").glob("00*"))
        (Path("run") / newest / "bias.npy").write_bytes(b"")
        assert_refused(
            w2v_nce("train", "--resume", "run"),
            f"{newest}/bias.npy",
            f"to go on from run/{older} instead, remove run/{newest}",
        )
        for path in Path("run").glob("00*"):
            if path.name != newest:
                shutil.rmtree(path)
        assert "instead" not in w2v_nce("train", "--resume", "run").stderr

    def test_one_from_python_has_no_options(self, corpus: Path) -> None:
        run = Training(Corpus.open([corpus]), config())
        for _ in run:
            pass
        Checkpoints("run").save(run.checkpoint)
        assert_refused(w2v_nce("train", "--resume", "run"), "run was written from Python")

    def test_files_that_options_name_are_found_from_elsewhere(self, corpus: Path) -> None:
        Path("held.txt").write_text("w1 w2 w3 w4\n" * 100)
        Path("weights").write_text("".join(f"w{i} {i + 1}\n" for i in range(50)))
        Path("frozen").write_text("w1\n")
        options = {"--heldout": "held.txt", "--noise-dist": "weights", "--freeze": "frozen"}
        given = [each for pair in options.items() for each in pair]
        keep = ("--checkpoint", "run", "--checkpoint-every", "0.01s", "--epochs", 2, "-q")
        assert w2v_nce("train", corpus, "--dim", 8, *given, *keep).returncode == 0
        Path("elsewhere").mkdir()
        result = w2v_nce("train", "--resume", "../run", "-q", cwd="elsewhere")
        assert (result.returncode, result.stderr) == (0, "")
        same = ("--heldout", "../held.txt", "--noise-dist", "../weights", "--freeze", "../frozen")
        result = w2v_nce("train", "--resume", "../run", "-q", *same, cwd="elsewhere")
        assert (result.returncode, result.stderr) == (0, "")

    @pytest.mark.parametrize(
        ("option", "word"), [("heldout", "0.1"), ("freeze", "init"), ("noise_dist", "uniform")]
    )
    def test_what_is_no_file_stays_as_it_is(self, option: str, word: str) -> None:
        assert stored_value(option, word) == word
        assert stored_value(option, "file") == os.path.abspath("file")  # noqa: PTH100

    def test_a_time_without_checkpoints(self, corpus: Path) -> None:
        result = w2v_nce("train", corpus, "--checkpoint-every", "5m")
        assert_refused(result, "--checkpoint-every is about --checkpoint; name a folder")


class TestPlaces:
    """Where results go, and what is read."""

    QUICK = ("--epochs", 1, "--dim", 8, "-q", "--threads", 1)

    def test_a_model_among_the_checkpoints_is_not_lost(self, corpus: Path) -> None:
        keep = ("--checkpoint", "run", "--checkpoint-every", "0.01s")
        result = w2v_nce("train", corpus, *self.QUICK, *keep, "--save-model", "run/model")
        # The folder of checkpoints must be there for a model in it to be begun.
        assert_refused(result, "there is no folder")
        Path("run").mkdir()
        result = w2v_nce("train", corpus, *self.QUICK, *keep, "--save-model", "run/model")
        assert (result.returncode, result.stderr) == (0, "")
        assert list(Path("run").glob("00*")), "no checkpoint was written, so none was cleared"
        assert len(Model.load("run/model").vocabulary) == 50

    @pytest.mark.parametrize(
        ("option", "target"),
        [("--save-model", "run"), ("--save-model", "run/000002"), ("-o", "run/000001")],
    )
    def test_results_do_not_take_the_place_of_checkpoints(
        self, corpus: Path, option: str, target: str
    ) -> None:
        Path("run").mkdir()
        result = w2v_nce("train", corpus, "--checkpoint", "run", option, target)
        assert_refused(result, f"{option} {target} is where the checkpoints of run go")
        assert list(Path("run").iterdir()) == []

    def test_a_model_does_not_take_the_place_of_what_is_around_the_checkpoints(
        self, corpus: Path
    ) -> None:
        Path("model").mkdir()
        result = w2v_nce("train", corpus, "--checkpoint", "model/run", "--save-model", "model")
        assert_refused(result, "--save-model model would replace model/run")

    @pytest.mark.parametrize("option", ["--heldout", "--vocab", "--freeze", "--noise-dist"])
    def test_what_is_read_is_not_overwritten(self, corpus: Path, option: str) -> None:
        Path("folder").mkdir()
        Path("folder/file").write_text("w1 100\n")
        arguments = ("train", corpus, option, "folder/file")
        assert_refused(
            w2v_nce(*arguments, "-o", "folder/../folder/file"), f"is the file of {option}; choose"
        )
        assert_refused(
            w2v_nce(*arguments, "--save-model", "folder"), "folder would replace folder/file"
        )
        assert Path("folder/file").read_text() == "w1 100\n"
