"""Start-up: commands load only what they need."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.processes import command
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.model.model import Model
from w2v_nce.settings.train_config import TrainConfig


def packages_loaded(*arguments: str) -> set[str]:
    """The packages that a command loads, in a process of its own."""
    interpreter, *rest = command(*arguments)
    result = subprocess.run(
        [interpreter, "-X", "importtime", *rest],
        capture_output=True,
        text=True,
        input="salt pepper\n",
        check=True,
    )
    return set(re.findall(r"(?m)^import time:.*\| +(\w+)", result.stderr))


@pytest.mark.parametrize("arguments", [("--help",), ("train", "--help"), ("completion", "bash")])
def test_help_loads_neither_numpy_nor_numba(arguments: tuple[str, ...]) -> None:
    assert not packages_loaded(*arguments) & {"numpy", "numba", "rich"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("similar", "salt", "-m", "v.bin"),
        ("analogy", "salt", "pepper", "mill", "-m", "v.bin"),
        ("odd-one-out", "salt", "pepper", "mill", "-m", "v.bin"),
        ("score", "-m", "model"),
        ("predict", "salt [?]", "-m", "model"),
        ("info", "model"),
    ],
    ids=lambda each: each[0],
)
def test_queries_load_no_numba(arguments: tuple[str, ...], tmp_path: Path) -> None:
    words = [b"salt", b"pepper", b"mill"]
    Embeddings([word.decode() for word in words], np.eye(3, dtype=np.float32)).save("v.bin")
    vocabulary = Vocabulary(words, np.array([50, 30, 20]), 100, 3)
    model = Model.initial(TrainConfig(dim=2), vocabulary)
    model.output_vectors[:] = 1
    model.save("model")
    loaded = packages_loaded(*arguments)
    assert "numpy" in loaded
    assert not loaded & {"numba", "llvmlite"}
