"""Kept machine code: used while what it is compiled from stays as it is, and no longer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "w2v_nce"
LOOK = """
import numpy as np
from w2v_nce.kernels.random import mix
mix(np.uint64(1))
print(sum(mix.stats.cache_hits.values()))
"""


@pytest.mark.slow
def test_kept_code_is_stale_when_what_is_compiled_changes_and_only_then(tmp_path: Path) -> None:
    copy = tmp_path / "w2v_nce"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}

    def loaded_from_cache() -> int:
        command = [sys.executable, "-c", LOOK]
        answer = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )
        return int(answer.stdout)

    assert loaded_from_cache() == 0
    assert loaded_from_cache() == 1
    with (copy / "settings" / "train_config.py").open("a") as file:
        file.write("# another help text\n")
    for path in copy.rglob("*.py"):  # as installers do
        os.utime(path, (1e9, 1e9))
    assert loaded_from_cache() == 1
    with (copy / "arrays.py").open("a") as file:
        file.write("# one more line\n")
    assert loaded_from_cache() == 0
    assert loaded_from_cache() == 1
