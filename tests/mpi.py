"""Several processes that mpiexec has started."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.processes import command, listen_to_signals

MPIEXEC = Path(sys.executable).parent / "mpiexec"
SECONDS = 120  # after which a test has failed: MPI may wait for ever

needs_mpi = pytest.mark.skipif(
    not (MPIEXEC.exists() and importlib.util.find_spec("mpi4py")),
    reason="needs mpi4py and mpiexec beside Python: pip install 'w2v-nce[mpich]'",
)


def is_open_mpi() -> bool:
    if not MPIEXEC.exists():
        return False
    version = subprocess.run([MPIEXEC, "--version"], capture_output=True, text=True, check=False)
    return "Open MPI" in version.stdout


OPEN_MPI = is_open_mpi()  # else MPICH
LAUNCHER = [str(MPIEXEC)]
if OPEN_MPI:  # which else starts no more processes than there are processors
    LAUNCHER += ["--allow-run-as-root", "--map-by", ":OVERSUBSCRIBE"]
KILLED = 137 if OPEN_MPI else 9  # what mpiexec ends with when a process is killed


def mpi_command(ranks: int, *arguments: object) -> list[str]:
    return [*LAUNCHER, "-n", str(ranks), *command("train", "--cluster", "mpi", *arguments)]


def said_by_us(errors: str) -> list[str]:
    """Return our own lines, but for those of processes that Open MPI ends after an error."""
    lines = [line for line in errors.splitlines() if line.startswith("w2v-nce: ")]
    return [line for line in lines if not (OPEN_MPI and line.endswith(" terminated by SIGTERM"))]


def train(ranks: int, *arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Train with so many processes."""
    return subprocess.run(
        mpi_command(ranks, *arguments),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
        **{"stdin": subprocess.DEVNULL, **options},
    )


@contextmanager
def training(ranks: int, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Start such a run, and let nothing of it survive."""
    process = subprocess.Popen(
        mpi_command(ranks, *arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=listen_to_signals,
    )
    try:
        yield process
    finally:
        for pid in descendants(process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.kill()
        process.communicate()


def lines_until(process: subprocess.Popen[str], beginning: str) -> list[str]:
    """Read what is said up to a line that begins so."""
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line)
        if line.startswith(beginning):
            return lines
    raise AssertionError(f"no line began with {beginning!r}: {lines}")


def children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def descendants(pid: int) -> list[int]:
    return [each for child in children(pid) for each in (child, *descendants(child))]


def pid_of_rank(process: subprocess.Popen[str], rank: int) -> int:
    """Return the number of the process that is this rank, below mpiexec and perhaps its helper."""
    names = {f"{name}={rank}".encode() for name in ("PMI_RANK", "OMPI_COMM_WORLD_RANK")}
    for pid in descendants(process.pid):
        if names & set(Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")):
            return pid
    raise AssertionError(f"there is no rank {rank}")
