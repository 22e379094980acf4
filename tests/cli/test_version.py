"""``--version`` tells what a report of a problem needs, at once."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib.metadata import version

import pytest
from llvmlite import binding

from tests.processes import w2v_nce
from w2v_nce import __version__
from w2v_nce.cli.commands import shell as version_module
from w2v_nce.threads import available_cpus


@pytest.mark.parametrize("option", ["-V", "--version"])
def test_versions_and_processor(option: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CPU_NAME"}
    result = w2v_nce(option, env=environment)
    assert (result.returncode, result.stderr) == (0, "")
    program, libraries, machine, threads = result.stdout.splitlines()
    assert program == f"w2v-nce {__version__}"
    for name in ("numba", "numpy", "click"):
        assert f"{name} {version(name)}" in libraries
    assert platform.python_version() in libraries
    assert binding.get_host_cpu_name() in machine
    assert ("AVX2" in machine) == bool(binding.get_host_cpu_features().get("avx2"))
    assert threads.startswith(f"threads: {available_cpus()},")


def test_a_processor_that_numba_is_told_to_compile_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CPU_NAME", "generic")
    assert version_module.processor() == "compiling for generic (NUMBA_CPU_NAME)"


def test_a_processor_that_llvm_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> None:
        raise RuntimeError("host CPU features unavailable")

    monkeypatch.delenv("NUMBA_CPU_NAME", raising=False)
    monkeypatch.setattr(binding, "get_host_cpu_features", unknown)
    assert version_module.processor().endswith(" with no known SIMD")


@pytest.mark.parametrize("arguments", [["--version"], ["train", "--help"], ["completion", "zsh"]])
def test_nothing_heavy_is_imported(arguments: list[str]) -> None:
    script = (
        "import sys; from w2v_nce.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print(sorted({'numba', 'numpy', 'rich'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == "[]"
