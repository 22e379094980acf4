"""``w2v-nce train --cluster mpi``, started by mpiexec."""

from __future__ import annotations

import gzip
import json
import os
import random
import shlex
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.conftest import ROOT
from tests.mpi import (
    KILLED,
    LAUNCHER,
    OPEN_MPI,
    SECONDS,
    lines_until,
    needs_mpi,
    pid_of_rank,
    said_by_us,
    train,
    training,
)
from tests.processes import assert_refused, command, random_corpus, w2v_nce
from tests.ranks import Hub, ThreadRank
from tests.schemas import validator
from w2v_nce.cli.run import distributed as cluster_run
from w2v_nce.cli.run.crash_message import CrashMessage, launcher_of
from w2v_nce.cli.terminal.signals import LISTENER, STOPPING, StateRequests, listen
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.errors import Interrupted
from w2v_nce.model.model import Model
from w2v_nce.training.checkpoints import newest_checkpoint

pytestmark = pytest.mark.xdist_group("processes")

SMALL = ("--dim", 8, "--threads", 1)
LONG = (*SMALL, "--epochs", 1_000_000, "--checkpoint", "run", "--checkpoint-every", "0.2s")
slow = pytest.mark.slow
KILLS = int(os.environ.get("W2VNCE_TEST_KILLS", "2"))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_corpus(tmp_path_factory.mktemp("corpus") / "corpus.txt")


@needs_mpi
@pytest.mark.parametrize("ranks", [pytest.param(1, marks=slow), 2, pytest.param(4, marks=slow)])
def test_several_processes_write_one_result(corpus: Path, ranks: int) -> None:
    results = ("--save-model", "model", "--report", "report.json", "--log", "run.jsonl")
    result = train(ranks, corpus, *SMALL, *results, "--calibrate")
    assert result.returncode == 0, result.stderr
    begun = Path("run.jsonl").read_text().splitlines()[0]
    for schema, text in (("train", Path("report.json").read_text()), ("log", begun)):
        validator(schema).validate(json.loads(text))
        assert json.loads(text)["processes"] == ranks
    lines = result.stderr.splitlines()
    assert sum(line.startswith("trained     250,000 words") for line in lines) == 1
    assert sum(line.startswith("vectors     vectors.bin (50 x 8,") for line in lines) == 1
    assert len(Embeddings.load("vectors.bin")) == 50
    assert Model.load("model").vocabulary.total == 50_000
    assert {path.name for path in Path().iterdir()} == {*results[1::2], "vectors.bin"}


@needs_mpi
@pytest.mark.slow
def test_files_of_each_process(corpus: Path) -> None:
    text = corpus.read_bytes()
    half = text.index(b"\n", len(text) // 2) + 1
    Path("text-0").write_bytes(text[:half])
    Path("text-1").write_bytes(gzip.compress(text[half:]))
    keep = ("--checkpoint", "run", "--checkpoint-every", "0.05s", "--epochs", 100)
    result = train(2, "text-{rank}", *SMALL, *keep, "--save-model", "model")
    assert result.returncode == 0, result.stderr
    assert Model.load("model").vocabulary.total == 50_000
    result = train(1, "--resume", "run")
    assert_refused_by(result, "that of 2 processes with files of their own ({rank}); start as many")
    result = train(2, "--resume", "run", "-q")
    assert (result.returncode, result.stderr) == (0, "")
    result = train(2, "text-{rank}", corpus, *SMALL)
    assert_refused_by(result, "is the same for all processes, but other names contain {rank}")
    result = train(2, "text-{rank}", "-o", "text-1")
    assert_refused_by(result, "text-1 is the text of rank 1; choose another name with -o")
    result = train(2, "t?xt-{rank}", "-o", "text-1")
    assert_refused_by(result, "text-1 is the text of rank 1; choose another name with -o")
    Path("own").mkdir()
    Path("own/text-1").write_bytes(text[half:])
    Path("text-0.txt").write_bytes(text[:half])
    Path("text-1.txt").symlink_to("own/text-1")
    result = train(2, "text-{rank}.txt", "--save-model", "own")
    assert_refused_by(result, "--save-model own would replace text-1.txt; choose another place")


@needs_mpi
@pytest.mark.slow
def test_the_script_for_slurm_begins_and_goes_on(corpus: Path) -> None:
    """With an srun of our own, which starts two processes."""
    Path("bin").mkdir()
    program = shlex.join(command())
    for name, line in (
        ("srun", f'shift; exec {shlex.join(LAUNCHER)} -n 2 "$@"'),
        ("w2v-nce", f'exec {program} "$@"'),
    ):
        (Path("bin") / name).write_text(f"#!/bin/sh\n{line}\n")
        (Path("bin") / name).chmod(0o755)
    path = os.pathsep.join([str(Path("bin").absolute()), os.environ["PATH"]])
    script = ["bash", str(ROOT / "docs/cluster.sbatch"), *map(str, SMALL)]
    more = ["--checkpoint-every", "0.05s", "--epochs", "100"]
    for arguments in ([*script, *more], script):
        result = subprocess.run(
            arguments,
            env={**os.environ, "PATH": path, "CORPUS": str(corpus)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        assert result.returncode == 0, result.stderr
        assert "trained     5,000,000 words" in result.stderr


def assert_refused_by(
    result: subprocess.CompletedProcess[str], *parts: str, rank: int = 0, code: int = 2
) -> None:
    """One line says it all; what MPI itself has to say of the end comes after it."""
    assert result.returncode == code, result.stderr
    lines = said_by_us(result.stderr)
    who = f"rank {rank}: " if rank else ""
    assert lines[0].startswith(f"w2v-nce: error: {who}"), result.stderr
    for part in parts:
        assert part in lines[0]
    assert len(lines) <= (2 if rank else 1), result.stderr
    assert "Traceback" not in result.stderr


@needs_mpi
@pytest.mark.slow
class TestRefusals:
    def test_standard_input(self) -> None:
        result = train(2, "-", *SMALL)
        assert_refused_by(result, "standard input can be read only once and by one process")

    def test_a_file_that_is_not_there(self) -> None:
        assert_refused_by(train(3, "nowhere.txt"), "nowhere.txt: No such file")

    def test_a_file_that_is_not_there_on_one_rank(self, corpus: Path) -> None:
        Path("text-0").write_bytes(corpus.read_bytes())
        assert_refused_by(train(2, "text-{rank}"), "text-1: No such file", rank=1)

    def test_text_that_is_damaged_in_one_share(self, corpus: Path) -> None:
        text = corpus.read_bytes()
        Path("damaged").write_bytes(text[:-500] + b"\0" + text[-500:])
        result = train(2, "damaged", *SMALL)
        assert_refused_by(result, "damaged (from byte ", "is not text: NUL at byte", rank=1)
        assert not Path("vectors.bin").exists()

    def test_values(self, corpus: Path) -> None:
        assert_refused_by(train(1, corpus, "--sync-hot", 2), "--sync-hot is 2.0; it takes")
        assert_refused_by(train(1, corpus, "--sync-every", 0), "--sync-every is 0; it takes")
        assert_refused_by(train(1, corpus, "--lr", 1e5, *SMALL), "diverged", code=1)


def test_without_mpi_it_is_said_how_to_get_it(corpus: Path) -> None:
    Path("mpi4py.py").write_text("raise ImportError('none here')\n")
    path = os.pathsep.join([".", os.environ.get("PYTHONPATH", "")])
    result = w2v_nce("train", "--cluster", "mpi", corpus, env={**os.environ, "PYTHONPATH": path})
    assert_refused(result, "none here", "pip install 'w2v-nce[mpich]', or 'w2v-nce[mpi]'")


def test_options_that_are_about_several_processes(corpus: Path) -> None:
    for option in ("--sync-every", "--sync-hot", "--cluster-timeout"):
        assert_refused(w2v_nce("train", corpus, option, 1), f"{option} is about --cluster")


def test_a_signal_does_not_end_those_who_write_the_results(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A process that ends by itself would take rank 0 with it."""

    class Waiting:
        rank, has_left, communicator = 1, False, ThreadRank(Hub(1), 0)

        def meet(self) -> None:
            """Rank 0 is here."""

        def leave(self) -> None:
            signal.raise_signal(signal.SIGINT)  # of this thread, so that it is handled at once
            self.has_left = True

    team, handlers = Waiting(), {each: signal.getsignal(each) for each in STOPPING}
    monkeypatch.setattr(ThreadRank, "scatter", lambda *_: None)
    monkeypatch.setattr(cluster_run, "training_of", lambda *_, **__: iter(()))
    monkeypatch.setattr(LISTENER, "first", None)  # and as it was, for the tests that follow
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # which is ignored in the background of a shell
    listen()
    try:
        with pytest.raises(SystemExit) as ended:
            cluster_run.follow(team, CrashMessage(1, 1.0))
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert (ended.value.code, team.has_left) == (130, True)


@pytest.mark.parametrize("stopped", [False, True])
def test_the_others_are_let_go_in_the_end(stopped: bool) -> None:
    """When nothing is left to be done, or MPI lets them spin while rank 0 calibrates."""
    done = []

    def begin(requests: object) -> None:
        done.append("calibrated")
        if stopped:
            raise Interrupted("interrupted", 130)

    run, team = SimpleNamespace(begin=begin), SimpleNamespace(leave=lambda: done.append("left"))
    with pytest.raises(Interrupted) if stopped else nullcontext():
        cluster_run.lead(run, team, StateRequests())
    assert done == ["calibrated", "left"]


@needs_mpi
@pytest.mark.slow
def test_the_folder_for_text_that_comes_once(corpus: Path) -> None:
    os.mkfifo("heldout")
    result = train(1, corpus, *SMALL, "--heldout", "heldout", "--spool-dir", "nowhere")
    assert_refused_by(result, "cannot write a temporary file in nowhere")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody is told of ancestors")
@pytest.mark.parametrize(("rest", "code"), [("sleep 60", -signal.SIGTERM), ("exit 7", 7)])
def test_mpiexec_is_ended_if_it_waits_for_others(rest: str, code: int) -> None:
    program = "from w2v_nce.cli.run import crash_message as it; it.GRACE = 1; it.end_launcher()"
    Path("mpiexec").write_text(f'#!/bin/sh\n"$@" || exit\n{rest}\n')
    Path("mpiexec").chmod(0o755)
    begun = [str(Path("mpiexec").absolute()), "sh", "-c", '"$@"; true', "", sys.executable, "-c"]
    result = subprocess.run([*begun, program], check=False, timeout=SECONDS)
    assert result.returncode == code
    assert launcher_of(os.getpid()) == 0


def test_mpi_is_not_imported_by_others(corpus: Path) -> None:
    code = (
        "import sys\n"
        "from w2v_nce.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print('mpi4py' in sys.modules, 'w2v_nce.training.distributed.mpi' in sys.modules)\n"
    )
    asked = ("train", str(corpus), *map(str, SMALL), "-q")
    result = subprocess.run(
        [sys.executable, "-c", code, *asked], capture_output=True, text=True, check=True
    )
    assert result.stdout == "False False\n"


@needs_mpi
@pytest.mark.slow
class TestEnds:
    """Runs that end before their time, and go on."""

    @pytest.mark.parametrize("rank", [0, 1])
    def test_a_signal_on_any_rank_saves_what_there_is(self, corpus: Path, rank: int) -> None:
        with training(2, corpus, *LONG, "--save-model", "model") as process:
            lines_until(process, "training: ")
            os.kill(pid_of_rank(process, rank), signal.SIGTERM)
            _, errors = process.communicate(timeout=60)
        assert process.returncode == 143, errors
        said = said_by_us(errors)
        assert len(said) == 1, errors
        assert said[0].startswith("w2v-nce: error: terminated by SIGTERM after ")
        assert said[0].endswith("; resume with 'w2v-nce train --resume run'")
        assert len(Embeddings.load("vectors.bin")) == len(Model.load("model").vocabulary) == 50
        saved = newest_checkpoint("run")
        assert saved.position.words > 0
        assert (saved.position.epoch, saved.position.chunk) > (0, 0)
        assert list(Path().rglob(".w2v-nce*.tmp")) == []

    @pytest.mark.skipif(OPEN_MPI, reason="Open MPI kills all processes 0.3 seconds after Ctrl-C")
    def test_ctrl_c(self, corpus: Path) -> None:
        """Which mpiexec hands on to all."""
        with training(3, corpus, *LONG) as process:
            lines_until(process, "training: ")
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=60)
        assert errors.count("w2v-nce: error: interrupted after ") == 1, errors
        assert newest_checkpoint("run").position.words > 0

    def test_killed_at_random_moments_it_ends_and_goes_on_each_time(self, corpus: Path) -> None:
        generator = random.Random(KILLS)
        before = 0
        for number in range(KILLS):
            ranks = generator.choice([2, 3])
            asked = ("--resume", "run") if number else (corpus, *LONG)
            with training(ranks, *asked) as process:
                lines_until(process, "checkpoint ")
                time.sleep(generator.random())
                os.kill(pid_of_rank(process, generator.randrange(ranks)), signal.SIGKILL)
                _, errors = process.communicate(timeout=60)
            assert process.returncode == KILLED, errors
            said = said_by_us(errors)
            assert len(said) == 1, errors
            assert "a process has ended early; the last checkpoint is run/" in said[0]
            assert said[0].endswith(": resume with --resume run")
            words = newest_checkpoint("run").position.words
            assert words > before
            before = words
        end_soon()
        assert train(2, "--resume", "run", "-q").returncode == 0
        assert len(Embeddings.load("vectors.bin")) == 50

    def test_a_process_that_is_stuck_is_noticed(self, corpus: Path) -> None:
        with training(2, corpus, *LONG, "--cluster-timeout", 2) as process:
            lines_until(process, "checkpoint ")
            os.kill(pid_of_rank(process, 1), signal.SIGSTOP)
            _, errors = process.communicate(timeout=60)
        assert process.returncode != 0
        said = said_by_us(errors)
        assert len(said) == 1, errors
        assert said[0].startswith(
            "w2v-nce: error: rank 0: another process has not answered for 2 s; the last"
            " checkpoint is run/"
        )

    def test_what_the_command_line_says_of_going_on(self, corpus: Path) -> None:
        with training(2, corpus, *LONG) as process:
            lines_until(process, "checkpoint ")
        assert_refused(
            w2v_nce("train", "--resume", "run"),
            "the checkpoint is that of several processes; give --cluster mpi again",
        )
        end_soon()
        result = train(1, "--resume", "run", "--sync-every", 1000, "-q")
        assert (result.returncode, result.stderr) == (0, "")

    def test_a_checkpoint_of_one_process_stays_with_it(self, corpus: Path) -> None:
        keep = ("--checkpoint", "run", "--checkpoint-every", "0.01s", "--epochs", 2, "-q")
        assert w2v_nce("train", corpus, *SMALL, *keep).returncode == 0
        result = train(1, "--resume", "run")
        assert_refused_by(result, "--cluster is mpi, but the checkpoint has not given")


def end_soon() -> None:
    """Leave a run so much of its last epoch as is left of the one that it is in."""
    run = max(Path("run").glob("00*")) / "run.json"
    description = json.loads(run.read_text())
    description["position"]["epoch"] = description["about"]["options"]["epochs"] - 1
    run.write_text(json.dumps(description))


@pytest.mark.slow
def test_processes_that_do_not_share_the_work_are_noticed(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PMI_SIZE", "3")
    result = w2v_nce("train", corpus, "--dim", 2, "--epochs", 1, "-q")
    assert "warning: mpiexec has started 3 processes, and each trains on the whole" in result.stderr
    assert result.returncode == 0
