"""What signals ask of the program.

The first Ctrl-C, SIGTERM or SIGHUP raises :class:`Stopped` wherever the main thread is, and what
has results saves them; one more raises :class:`Quit`, which nothing waits for. Signals that are
ignored when the program starts, as SIGHUP is under nohup, stay so.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = [signal.SIGINT, signal.SIGTERM]
if sys.platform != "win32":
    STOPPING.append(signal.SIGHUP)


class Stopped(BaseException):
    """A signal asks for an end. Not an Exception, so that nothing takes it for a failure."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def exit_code(self) -> int:
        """That of a process which the signal has ended, as shells report it."""
        return 128 + self.number

    @property
    def verb(self) -> str:
        """What has happened to the program."""
        if self.number == signal.SIGINT:
            return "interrupted"
        return f"terminated by {signal.Signals(self.number).name}"


class Quit(Stopped):
    """A second signal: nothing is to be saved, nothing waited for."""


def listen() -> None:
    """Let signals raise :class:`Stopped`, from the second on :class:`Quit`."""
    asked = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        kind = Quit if asked else Stopped
        asked = True
        raise kind(number)

    for number in STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)


class StateRequests:
    """Whether somebody has sent SIGUSR1 to learn how things stand."""

    def __init__(self) -> None:
        self.waiting = False

    def note(self, number: int, frame: FrameType | None) -> None:
        """Note a request: handles the signal."""
        self.waiting = True

    def take(self) -> bool:
        """Tell whether there is a request, and forget it."""
        waiting, self.waiting = self.waiting, False
        return waiting


@contextmanager
def state_requests() -> Iterator[StateRequests]:
    """Note requests for as long as the block lasts, where the system has such a signal."""
    requests = StateRequests()
    if sys.platform == "win32":
        yield requests
        return
    before = signal.signal(signal.SIGUSR1, requests.note)
    try:
        yield requests
    finally:
        signal.signal(signal.SIGUSR1, before)
