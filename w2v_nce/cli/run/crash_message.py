"""The message of a run on several machines that crashes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator, Iterable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from w2v_nce.training.run import Tick
from w2v_nce.training.ticks import CheckpointTick

#: A process that prints the last line that it was given when its input ends.
HELPER = (
    "import sys\nlast = ''\nfor last in sys.stdin:\n    pass\nsys.stderr.write(last.lstrip())\n"
)

#: A process that ends another one which still runs some seconds later.
ENDER = (
    "import select, signal, sys\n"
    "process, seconds = map(int, sys.argv[1:])\n"
    "if not select.select([process], [], [], seconds)[0]:\n"
    "    signal.pidfd_send_signal(process, signal.SIGTERM)\n"
)

GRACE = 5  # seconds
LAUNCHERS = ("mpiexec", "mpiexec.hydra", "mpirun")


class CrashMessage:
    """The message for a run on several machines that crashes: it names the last checkpoint.

    When one process is killed, MPI kills all others at once. Rank 0 therefore has a helper, a
    process of its own, which notices its end and prints the message.
    """

    def __init__(self, rank: int, timeout: float) -> None:
        self.rank, self.timeout = rank, timeout
        self.remedy = "no checkpoint has been written"
        self._helper: subprocess.Popen[bytes] | None = None
        if rank == 0:
            self._helper = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", HELPER],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # not killed with us
            )
            self._leave()

    def note(self, run: Iterable[Tick]) -> Generator[Tick, None, None]:
        """Pass the ticks of a run on, and remember its last checkpoint."""
        for tick in run:
            if isinstance(tick, CheckpointTick):
                folder = tick.path.parent
                self.remedy = f"the last checkpoint is {tick.path}: resume with --resume {folder}"
                self._leave()
            yield tick

    def end(self) -> NoReturn:
        """Print that others do not answer, and end this process, whatever it is waiting for."""
        self.withdraw()
        message = (
            f"w2v-nce: error: rank {self.rank}: another process has not answered for"
            f" {self.timeout:g} s; {self.remedy}\n"
        )
        os.write(2, message.encode("utf-8", "surrogateescape"))
        end_launcher()
        os._exit(1)

    def withdraw(self) -> None:
        """Print nothing in the end: this process ends regularly, or prints its own message."""
        self._tell("\n")

    def _leave(self) -> None:
        self._tell(f"w2v-nce: error: a process has ended early; {self.remedy}\n")

    def _tell(self, line: str) -> None:
        if self._helper is not None and self._helper.stdin is not None:
            with suppress(OSError):  # it has been killed itself
                self._helper.stdin.write(line.encode("utf-8", "surrogateescape"))
                self._helper.stdin.flush()


def end_launcher() -> None:
    """Make sure that mpiexec ends soon after this process.

    That of MPICH waits for ever for a lost machine. If it runs on another machine than this
    process, a process there has to do this.
    """
    if sys.platform != "linux":
        return
    with suppress(OSError):
        if pid := launcher_of(os.getpid()):
            process = os.pidfd_open(pid)  # not a later process of the same number
            subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", ENDER, str(process), str(GRACE)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[process],
                start_new_session=True,
            )


def launcher_of(pid: int) -> int:
    """Return the number of the mpiexec that has started a process, 0 if none has.

    Raises:
        OSError: if the system does not say.
    """
    while pid:
        status = Path(f"/proc/{pid}/stat").read_text()
        name, _, rest = status.partition("(")[2].rpartition(")")
        if name in LAUNCHERS:
            return pid
        pid = int(rest.split()[1])
    return 0
