"""The program as a user's shell runs it: real processes, real files."""

from __future__ import annotations

import json
import os
import pty
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.helpers import write_lines
from tests.processes import random_corpus, start_training, w2v_nce
from w2v_nce.cli import program

pytestmark = pytest.mark.xdist_group("processes")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_corpus(tmp_path_factory.mktemp("corpus") / "corpus.txt")


def test_train_then_evaluate(corpus: Path, tmp_path: Path) -> None:
    result = w2v_nce("train", corpus, "--dim", 20, "--epochs", 2)
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    summary = result.stderr.splitlines()[-4:]
    assert summary[0] == "vocabulary  50 of 50 distinct words, 100.0 % of the text"
    assert summary[1].startswith("trained     100,000 words in 0:00:0")
    assert summary[2].startswith("loss ")
    assert summary[2].endswith("(nce, k = 15; 3.741 at the start)")
    assert summary[3] == "vectors     vectors.bin (50 x 20, word2vec binary)"
    pairs = write_lines(tmp_path / "pairs.txt", ["w1 w2 3.5", "w3 w4 1", "w5 w6 2", "w7 no 2"])
    result = w2v_nce("eval", pairs, "--json")
    assert result.returncode == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["schema_version"] == 1
    assert document["reports"][0]["found"] == 3
    assert document["reports"][0]["total"] == 4


@pytest.fixture(scope="module")
def results(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the commands read."""
    folder = tmp_path_factory.mktemp("results")
    (folder / "corpus.txt").symlink_to(corpus)
    for made in ("train corpus.txt --dim 4 --save-model model", "phrases corpus.txt --list p.tsv"):
        assert w2v_nce(*made.split(), cwd=folder).returncode == 0
    write_lines(folder / "pairs.txt", ["w1 w2 3.5", "w3 w4 1", "w5 w6 2"])
    write_lines(folder / "gaps.tsv", ["w1 [?] w2\tw3\tw4"])
    return folder


COMMANDS = {
    "train": "corpus.txt --epochs 1 --dim 2 -o new.bin",
    "vocab": "corpus.txt -o -",
    "phrases": "corpus.txt",
    "join": "p.tsv corpus.txt",
    "eval": "pairs.txt",
    "complete": "gaps.tsv -m model",
    "similar": "w1",
    "analogy": "w1 w2 w3",
    "odd-one-out": "w1 w2 w3",
    "index": "vectors.bin",
    "info": "model",
    "convert": "vectors.bin vectors.txt",
    "cluster": "-k 2",
    "plot": "-o map.html",
    "calibrate": "model corpus.txt --contexts 100",
    "score": "corpus.txt -m model",
    "predict": "'[?] w2' -m model",
    "demo": "world",
    "completion": "bash",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", program.commands)
def test_every_command_runs(results: Path, name: str) -> None:
    result = w2v_nce(name, *shlex.split(COMMANDS[name]), cwd=results)
    assert result.returncode == 0, result.stderr
    assert result.stdout + result.stderr


def test_one_thread_gives_the_same_bytes_in_every_process(corpus: Path, tmp_path: Path) -> None:
    files = []
    for seed in ("0", "1"):
        target = tmp_path / f"{seed}.bin"
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        result = w2v_nce("train", corpus, "-o", target, "--threads", 1, "-q", env=environment)
        assert result.returncode == 0, result.stderr
        assert (result.stdout, result.stderr) == ("", "")
        files.append(target.read_bytes())
    assert files[0] == files[1]


@pytest.mark.slow
def test_vectors_go_to_standard_output(corpus: Path) -> None:
    result = w2v_nce("train", corpus, "-o", "-", "--dim", 3, "--epochs", 1)
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0] == "50 3"
    assert len(lines) == 51


def test_without_arguments_there_is_help() -> None:
    result = w2v_nce()
    assert result.returncode == 0
    assert result.stdout.startswith("Usage: w2v-nce [OPTIONS] COMMAND")
    assert result.stderr == ""


def test_a_reader_that_goes_away_ends_the_program_quietly(corpus: Path) -> None:
    command = f"{sys.executable} -m w2v_nce train {corpus} -o - --epochs 1 -q | head -1"
    result = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert result.stdout == "50 100\n"
    assert result.stderr == ""


def test_help_is_quick_and_names_the_commands() -> None:
    """Three tries, since the machine may be busy."""
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        result = w2v_nce("--help")
        seconds.append(time.perf_counter() - started)
        assert all(name in result.stdout for name in ("train", "eval", "demo"))
    assert min(seconds) < 1


def test_help_needs_neither_numpy_nor_numba() -> None:
    code = (
        "import sys, w2v_nce.cli\n"
        "heavy = {'numpy', 'numba', 'rich'} & sys.modules.keys()\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert result.returncode == 0, result.stderr


def test_eval_needs_no_numba() -> None:
    code = (
        "import sys\n"
        "import w2v_nce.evaluation, w2v_nce.evaluation.tasks, w2v_nce.files.word2vec\n"
        "sys.exit('imported numba' if 'numba' in sys.modules else 0)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert result.returncode == 0, result.stderr


def test_ctrl_c_saves_what_there_is(corpus: Path) -> None:
    process = start_training(corpus)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130, errors
    assert Path("vectors.bin").stat().st_size > 50 * 400
    last = errors.splitlines()[-1]
    assert last.startswith("w2v-nce: error: interrupted after ")
    assert last.endswith("% of the words; results so far are in vectors.bin")


def test_ctrl_c_before_training_leaves_the_old_file_alone(corpus: Path) -> None:
    """The signal comes when the training kernels are about to be compiled."""
    Path("vectors.bin").write_text("precious")
    code = (
        "import sys, w2v_nce.training.run as trainer\n"
        "from w2v_nce.cli import main\n"
        "def interrupt(job): raise KeyboardInterrupt\n"
        "trainer.compile_kernels = interrupt\n"
        f"main(['train', {str(corpus)!r}])\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert result.returncode == 130, result.stderr
    assert result.stderr.endswith(b"w2v-nce: error: interrupted\n")
    assert Path("vectors.bin").read_text() == "precious"
    assert list(Path().glob(".*")) == []


def test_a_full_disk_behind_standard_output_is_one_line(tmp_path: Path) -> None:
    command = f"{sys.executable} -m w2v_nce --help > /dev/full"
    result = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr == "w2v-nce: error: standard output: No space left on device\n"


def test_a_killed_run_leaves_the_old_file_alone(corpus: Path) -> None:
    Path("vectors.bin").write_text("precious")
    process = start_training(corpus)
    process.kill()
    process.communicate(timeout=20)
    assert Path("vectors.bin").read_text() == "precious"


@pytest.mark.slow
def test_nothing_can_be_cached_and_it_still_works(corpus: Path) -> None:
    """As in a read-only container without a home: compiled code cannot be kept anywhere."""
    package = ROOT / "w2v_nce"
    code = (
        "import numba.core.caching as caching\n"
        "caching.CacheImpl._locator_classes = []\n"
        "caching._CacheLocator.from_function = classmethod(lambda *_: None)\n"
        f"import sys; sys.path.insert(0, {str(package.parent)!r})\n"
        "from w2v_nce.cli import main\n"
        f"main(['train', {str(corpus)!r}, '-q', '--epochs', '1'])\n"
    )
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"}
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert result.returncode == 0, result.stderr
    assert Path("vectors.bin").exists()


def test_a_terminal_gets_a_live_display(corpus: Path) -> None:
    """A pseudo-terminal stands for the user's: there are bars on it, and the summary."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    command = [sys.executable, "-m", "w2v_nce", "train", str(corpus), "--epochs", "30"]
    process = subprocess.Popen(command, stderr=follower, stdout=subprocess.PIPE, env=environment)
    os.close(follower)
    shown = b""
    while True:
        try:
            data = os.read(leader, 65536)
        except OSError:  # how Linux reports that the other side is closed
            break
        if not data:
            break
        shown += data
    assert process.wait() == 0
    text = shown.decode()
    assert "training" in text
    assert "━" in text
    assert "loss" in text
    assert "vectors.bin (50 x 100, word2vec binary)" in text
    os.close(leader)
