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


# Options that the user has set in the environment are not for the tests.
for name in [each for each in os.environ if each.startswith("W2V_NCE_")]:
    del os.environ[name]


# No test is timed: machines are busy, and the first call of a kernel compiles it.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process, which has their fixtures and compiled kernels.

    Files that would disturb each other, by load and signals, are a group of their own.
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(ROOT))))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the real corpus and evaluation sets, where there is one."""
    folder = Path(os.environ.get("W2VNCE_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no folder {folder}: set W2VNCE_TEST_DATA to one with the evaluation sets")
    return folder


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep tests from writing into the checkout."""
    monkeypatch.chdir(tmp_path)
