"""What all tests share."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden"


# Kernels are compiled anew when their sources change; a cache of their own keeps tests from using
# what a checkout has left behind.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(tempfile.gettempdir()) / "w2v-nce-tests-cache"))


# No test is timed: machines are busy, and the first call of a kernel compiles it.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the real corpus and evaluation sets, where there is one."""
    folder = Path(os.environ.get("W2V_NCE_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no folder {folder}: set W2V_NCE_DATA to one with the evaluation sets")
    return folder


@pytest.fixture(autouse=True)
def _without_options_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the user has set, also for these tests, from the programs that they run."""
    for name in list(os.environ):
        if name.startswith("W2V_NCE_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep tests from writing into the checkout."""
    monkeypatch.chdir(tmp_path)
