"""The kernels on a processor of which nothing is assumed: no AVX, no fused multiply-add."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

TESTS = ROOT / "tests" / "kernels"


@pytest.mark.slow
def test_kernels_run_without_modern_instructions(tmp_path: Path) -> None:
    environment = os.environ | {
        "NUMBA_CPU_NAME": "generic",
        "NUMBA_CPU_FEATURES": "",
        "NUMBA_CACHE_DIR": str(tmp_path),
    }
    chosen = (
        "(batches and 21 and nce and True)"
        " or exp or transpose or bytes or (product and float32-104)"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen]
    files = [str(TESTS / "test_kernels.py"), str(TESTS / "test_simd.py")]
    result = subprocess.run(
        [*command, *files], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout[-3000:]
    passed = re.search(r"(\d+) passed", result.stdout)
    assert passed is not None
    assert int(passed[1]) == 13
