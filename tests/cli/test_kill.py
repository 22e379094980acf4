"""A run that is killed again and again, at any moment, and goes on each time.

A handful of times here; ``make kill`` does it 50 times.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from tests.processes import random_corpus, start, w2v_nce
from w2v_nce.training.checkpoints import read_checkpoint

pytestmark = pytest.mark.xdist_group("processes")

KILLS = int(os.environ.get("W2VNCE_TEST_KILLS", "4"))


@pytest.mark.slow
def test_killed_at_random_moments_and_the_result_is_the_same_to_the_byte(tmp_path: Path) -> None:
    """Checkpoints are written all the time, so that some of the kills meet one half written."""
    generator = random.Random(KILLS)
    corpus = random_corpus(tmp_path / "corpus.txt")
    asked = ("train", corpus, "--threads", 1, "--epochs", 100 * KILLS, "--dim", 40)
    assert w2v_nce(*asked, "-o", "whole.bin", "-q").returncode == 0
    keep = ("--checkpoint", "run", "--checkpoint-every", "0.01s", "-o", "parts.bin")
    kills = halves = 0
    while kills < KILLS:
        begun = list(Path().glob("run/00*"))
        process = start("train", "--resume", "run") if begun else start(*asked, *keep)
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("checkpoint "):
                break
        time.sleep(0.4 * generator.random())
        process.kill()
        _, errors = process.communicate()
        if process.returncode == 0:
            break  # it came to its end
        assert process.returncode == -9, errors
        kills += 1
        halves += bool(list(Path("run").glob(".w2v-nce-checkpoint-*")))
        assert not Path("parts.bin").exists()
        for folder in Path("run").glob("00*"):
            read_checkpoint(folder)
    assert kills >= KILLS // 2
    if kills >= 25:  # fewer may all miss them
        assert halves, "no kill has met a checkpoint half written"
    result = w2v_nce("train", "--resume", "run", "-q")
    assert (result.returncode, result.stderr) == (0, "")
    assert Path("parts.bin").read_bytes() == Path("whole.bin").read_bytes()
    assert len(list(Path("run").glob("0*"))) <= 2
