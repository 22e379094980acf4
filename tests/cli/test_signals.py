"""What signals do to a run."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from tests.processes import (
    assert_refused,
    command,
    listen_to_signals,
    random_corpus,
    start_training,
)
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.files.lock import LOCK
from w2v_nce.model.model import Model
from w2v_nce.training.checkpoints import newest_checkpoint

pytestmark = pytest.mark.xdist_group("processes")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_corpus(tmp_path_factory.mktemp("corpus") / "corpus.txt")


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (signal.SIGINT, 130, "interrupted"),
        pytest.param(signal.SIGTERM, 143, "terminated by SIGTERM", marks=pytest.mark.slow),
        pytest.param(signal.SIGHUP, 129, "terminated by SIGHUP", marks=pytest.mark.slow),
    ],
)
def test_a_signal_ends_a_run_and_saves_it(
    corpus: Path, number: signal.Signals, code: int, said: str
) -> None:
    process = start_training(corpus, "--save-model", "model", "--checkpoint", "run")
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == code, errors
    last = errors.splitlines()[-1]
    assert last.startswith(f"w2v-nce: error: {said} after ")
    assert last.endswith(
        "of the words; results so far are in vectors.bin and model;"
        " resume with 'w2v-nce train --resume run'"
    )
    assert len(Embeddings.load("vectors.bin")) == len(Model.load("model").vocabulary) == 50
    position = newest_checkpoint("run").position
    assert position.words > 0
    assert (position.epoch, position.chunk) > (0, 0)
    assert list(Path().rglob(".w2v-nce*.tmp")) == []


@pytest.mark.slow
def test_what_is_ignored_from_the_start_stays_so(corpus: Path) -> None:
    """As under nohup. A signal that is not ignored ends the run in the end."""
    shell = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh"]
    process = subprocess.Popen(
        [*shell, *command("train", corpus, "--epochs", 1_000_000)],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert any(line.startswith("training: ") for line in process.stderr)
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGUSR1)
    assert any(line.startswith("training: ") for line in process.stderr)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 143


def test_sigusr1_prints_a_line_and_the_run_goes_on(corpus: Path) -> None:
    process = start_training(corpus)
    assert process.stderr is not None
    for _ in range(2):
        process.send_signal(signal.SIGUSR1)
        line = next(line for line in process.stderr if line.startswith("training: "))
        assert " of 50,000,000,000 words, " in line
        assert process.poll() is None
    process.kill()
    process.communicate()


def test_a_second_signal_quits_at_once(corpus: Path) -> None:
    """The first one makes the program save, to a pipe that nobody reads."""
    reader = subprocess.Popen(["sleep", "60"], stdin=subprocess.PIPE)
    assert reader.stdin is not None
    process = subprocess.Popen(
        command(
            "train", corpus, "--epochs", 1_000_000, "--dim", 300, "-o", "-", "--vectors", "sum"
        ),
        stdout=reader.stdin,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert any(line.startswith("training: ") for line in process.stderr)
    process.terminate()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=1.5)
    process.terminate()
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 143
    assert errors.splitlines()[-1] == "w2v-nce: error: terminated by SIGTERM"
    reader.kill()
    reader.wait()


@pytest.mark.slow
def test_a_signal_that_comes_twice_is_one_signal(corpus: Path) -> None:
    """As `timeout` and batch queues do it, to the process and to its group."""
    process = start_training(corpus)
    process.terminate()
    process.terminate()
    process.communicate(timeout=20)
    assert process.returncode == 143
    assert len(Embeddings.load("vectors.bin")) == 50


def test_a_run_that_has_not_begun_to_train_leaves_nothing(corpus: Path) -> None:
    code = (
        "import os, signal, w2v_nce.training.run as trainer\n"
        "from w2v_nce.cli import main\n"
        "trainer.compile_kernels = lambda job: os.kill(os.getpid(), signal.SIGTERM)\n"
        f"main(['train', {str(corpus)!r}, '-q', '--checkpoint', 'run'])\n"
    )
    result = subprocess.run([command()[0], "-c", code], capture_output=True, text=True, check=False)
    assert_refused(result, "terminated by SIGTERM", code=143)
    assert [path.name for path in Path().iterdir()] == ["run"]
    assert [path.name for path in Path("run").iterdir()] == [LOCK]


def test_other_commands_end_with_the_code_of_the_signal(corpus: Path) -> None:
    code = (
        "import os, signal, w2v_nce.corpus.counting as counting\n"
        "from w2v_nce.cli import main\n"
        "counting.compile_counter = lambda: os.kill(os.getpid(), signal.SIGINT)\n"
        f"main(['vocab', {str(corpus)!r}, '-q'])\n"
    )
    result = subprocess.run(
        [command()[0], "-c", code],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=listen_to_signals,
    )
    assert_refused(result, "interrupted", code=130)
    assert list(Path().iterdir()) == []


@pytest.mark.slow
def test_a_reader_that_goes_away_ends_the_program_quietly(corpus: Path) -> None:
    """SIGPIPE, as Python has it."""
    process = subprocess.Popen(
        command("vocab", corpus, "-o", "-", "-q"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    assert process.wait() == 1


#: Ways for a signal to come at a certain moment, for a process that runs the command line.
PREPARED = """
import os, signal, time
from w2v_nce.cli import main
from w2v_nce.cli.run.results import Results
from w2v_nce.training import checkpoints
from w2v_nce.training.validation import Validation

def signalled(function):
    def wrapper(*arguments):
        time.sleep(0.2)  # what comes at the same instant as another is no second one
        os.kill(os.getpid(), signal.SIGTERM)
        return function(*arguments)
    return wrapper

def stop_at_second_measurement():
    measure = Validation.measure
    def measure_first(self, *arguments):
        ticks = measure(self, *arguments)
        self.state = self.state._replace(best=-1.0)  # so that no later one is better
        Validation.measure = signalled(measure)
        return ticks
    Validation.measure = measure_first
"""
MEASURED = ("--heldout", 0.1, "--keep-best", "--checkpoint", "run", "--save-model", "model")


def run_prepared(corpus: Path, lines: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Train in a process in which something has been prepared."""
    asked = ("train", corpus, "-q", "--dim", 8, "--threads", 1, "--epochs", 3, *arguments)
    code = f"{PREPARED}\n{lines}\nmain({[str(each) for each in asked]!r})\n"
    return subprocess.run([command()[0], "-c", code], capture_output=True, text=True, check=False)


def test_a_signal_waits_for_the_results_of_a_run_that_is_over(corpus: Path) -> None:
    result = run_prepared(corpus, "Results.save = signalled(Results.save)", "--save-model", "model")
    assert_refused(
        result,
        "terminated by SIGTERM after training; results so far are in vectors.bin and model",
        code=143,
    )
    assert len(Embeddings.load("vectors.bin")) == len(Model.load("model").vocabulary) == 50


def test_a_second_one_does_not(corpus: Path) -> None:
    result = run_prepared(corpus, "Results.save = signalled(signalled(Results.save))")
    assert_refused(result, "error: terminated by SIGTERM", code=143)
    assert not Path("vectors.bin").exists()


def test_the_best_parameters_are_kept_by_a_run_that_is_stopped(corpus: Path) -> None:
    """The checkpoint has the last ones, to go on from."""
    result = run_prepared(corpus, "stop_at_second_measurement()", *MEASURED)
    assert_refused(result, "results so far are in vectors.bin and model", code=143)
    saved = newest_checkpoint("run")
    assert saved.validation is not None
    assert saved.validation.kept is not None
    best, model = saved.validation.kept, Model.load("model")
    assert (model.input_vectors == best.input[:, :8]).all()
    assert (model.output_vectors == best.output[:, :8]).all()
    assert (saved.model.input_vectors != best.input[:, :8]).any()


def test_nothing_is_written_after_a_second_signal(corpus: Path) -> None:
    lines = (
        "stop_at_second_measurement(); checkpoints.write_model = signalled(checkpoints.write_model)"
    )
    result = run_prepared(corpus, lines, *MEASURED)
    assert_refused(result, "error: terminated by SIGTERM", code=143)
    assert [path.name for path in Path("run").iterdir()] == [LOCK]
    assert [path.name for path in Path().iterdir()] == ["run"]


def test_results_are_saved_though_the_checkpoint_fails(corpus: Path) -> None:
    lines = (
        "def fail(*_): raise OSError(28, 'No space left on device')\n"
        "stop_at_second_measurement(); checkpoints.write_model = fail"
    )
    result = run_prepared(corpus, lines, *MEASURED)
    assert_refused(result, "cannot write run/000001: No space left", code=1)
    assert len(Embeddings.load("vectors.bin")) == len(Model.load("model").vocabulary) == 50
