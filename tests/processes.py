"""The program as a user's shell runs it: real processes."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np

from tests.helpers import write_lines


def command(*arguments: object) -> list[str]:
    """Return the command line of the program with these arguments."""
    return [sys.executable, "-m", "w2v_nce", *map(str, arguments)]


def w2v_nce(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the program with these arguments."""
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, check=False, **options
    )


def assert_refused(result: subprocess.CompletedProcess[str], *parts: str, code: int = 2) -> None:
    """The program gave one line that says all, and the right exit code."""
    assert result.returncode == code, result.stderr
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("w2v-nce: error: ")
    for part in parts:
        assert part in lines[0]


def random_corpus(path: Path, lines: int = 5000) -> Path:
    """Write lines of ten words out of fifty."""
    generator = np.random.default_rng(0)
    words = [f"w{i}" for i in range(50)]
    return write_lines(path, (" ".join(generator.choice(words, 10)) for _ in range(lines)))


def listen_to_signals() -> None:
    """Where tests run in the background or under nohup, signals are ignored, also by children."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def start(*arguments: object) -> subprocess.Popen[str]:
    """Start the program."""
    return subprocess.Popen(
        command(*arguments),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=listen_to_signals,
    )


def start_training(corpus: Path, *arguments: object) -> subprocess.Popen[str]:
    """Start a run that would take hours, and wait until it trains."""
    process = start("train", corpus, "--epochs", 1_000_000, *arguments)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("training: "):
            return process
    raise AssertionError("training never began")
