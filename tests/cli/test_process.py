"""The program as a user's shell runs it: real processes, real files."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.helpers import write_lines
from tests.processes import assert_refused, random_corpus, start_training, w2v_nce

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


class TestRefusals:
    def test_missing_corpus(self) -> None:
        assert_refused(w2v_nce("train", "nowhere.txt"), "nowhere.txt: No such file")

    def test_no_corpus(self) -> None:
        assert_refused(w2v_nce("train"), "Missing argument 'CORPUS...'", "train --help")

    def test_directory_without_files(self, tmp_path: Path) -> None:
        assert_refused(w2v_nce("train", tmp_path), f"{tmp_path} is a folder without files")

    def test_empty_file(self, tmp_path: Path) -> None:
        path = write_lines(tmp_path / "empty.txt", [])
        assert_refused(w2v_nce("train", path), "no words at all")
        assert not Path("vectors.bin").exists()

    def test_binary(self, tmp_path: Path) -> None:
        (tmp_path / "binary.dat").write_bytes(b"some\0thing")
        assert_refused(w2v_nce("train", tmp_path / "binary.dat"), "binary.dat", "NUL at byte 4")

    def test_too_rare_words(self, tmp_path: Path) -> None:
        path = write_lines(tmp_path / "small.txt", ["to be or not to be"])
        assert_refused(w2v_nce("train", path), "occurs 2 times: try --min-count 2")
        assert list(tmp_path.iterdir()) == [path]

    def test_bad_option_value(self, corpus: Path) -> None:
        assert_refused(w2v_nce("train", corpus, "--dim", 0), "--dim is 0")
        assert_refused(w2v_nce("train", corpus, "--arch", "glove"), "--arch", "cbow")

    def test_unwritable_output_fails_before_training(self, corpus: Path) -> None:
        result = w2v_nce("train", corpus, "-o", "no/such/folder/vectors.bin", "--epochs", 10**6)
        assert_refused(result, "no/such/folder")

    def test_output_that_is_the_corpus(self, tmp_path: Path) -> None:
        path = write_lines(tmp_path / "precious.txt", ["some words " * 20])
        assert_refused(w2v_nce("train", path, "-o", path), "precious.txt is the corpus itself")
        assert path.stat().st_size > 200

    def test_demo_into_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        result = w2v_nce("demo", tmp_path / "file")
        assert result.returncode == 2
        assert result.stderr.startswith(f"w2v-nce: error: cannot write to {tmp_path / 'file'}: ")
        assert len(result.stderr.splitlines()) == 1

    def test_divergence(self, corpus: Path) -> None:
        result = w2v_nce("train", corpus, "--lr", 1e6, "-q")
        assert_refused(result, "diverged", "try --lr", code=1)
        assert not Path("vectors.bin").exists()

    def test_missing_vectors(self, tmp_path: Path) -> None:
        pairs = write_lines(tmp_path / "pairs.txt", ["a b 1", "c d 2"])
        assert_refused(w2v_nce("eval", pairs), "vectors.bin")

    def test_malformed_task_is_found_before_vectors_are_loaded(self, tmp_path: Path) -> None:
        task = write_lines(tmp_path / "task.txt", [": section", "a b c d", "a b c"])
        assert_refused(w2v_nce("eval", task), "task.txt", "line 3")


def test_ctrl_c_saves_what_there_is(corpus: Path) -> None:
    process = start_training(corpus)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130, errors
    assert Path("vectors.bin").stat().st_size > 50 * 400
    last = errors.splitlines()[-1]
    assert last.startswith("w2v-nce: error: interrupted after ")
    assert last.endswith("% of the words; what was learned went to vectors.bin")


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
