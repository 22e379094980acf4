"""Signals that end the program, and SIGUSR1.

The first Ctrl-C, SIGTERM or SIGHUP raises :class:`Stopped` wherever the main thread is, or at the
end of a :func:`deferred` block, and results so far are saved. A second one raises :class:`Quit`,
and nothing is saved, unless it comes at the same instant: ``timeout`` and batch queues send a
signal to a process and to its group, so that it arrives twice. Signals that are ignored when the
program starts, as SIGHUP is under nohup, stay ignored.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = [signal.SIGINT, signal.SIGTERM]

if sys.platform != "win32":
    STOPPING.append(signal.SIGHUP)

ECHO = 0.1  # seconds within which a second signal is the first one once more


class Stopped(BaseException):
    """A signal has asked the program to end. Not an Exception, so that it counts as no failure."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def exit_code(self) -> int:
        """The exit code of a process that the signal has ended, as shells report it."""
        return 128 + self.number

    @property
    def verb(self) -> str:
        """The words for what has happened to the program."""
        if self.number == signal.SIGINT:
            return "interrupted"
        return f"terminated by {signal.Signals(self.number).name}"

    @property
    def word(self) -> str:
        """The same in a word: "interrupted" or "terminated"."""
        return self.verb.split()[0]


class Quit(Stopped):
    """A second signal: nothing is saved, nothing waited for."""


class Listener:
    """The handler that raises :class:`Stopped` for a signal, and :class:`Quit` for a second."""

    def __init__(self) -> None:
        self.deferring = False
        self.first: int | None = None
        self.since = 0.0  # when the first one came

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal."""
        now = time.monotonic()
        if self.first is not None:
            if number == self.first and now - self.since < ECHO:
                return
            raise Quit(number)
        self.first, self.since = number, now
        if not self.deferring:
            raise Stopped(number)


LISTENER = Listener()


def listen() -> None:
    """Install the handler of the signals that end the program."""
    LISTENER.first = None
    for number in STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, LISTENER.stop)


@contextmanager
def deferred() -> Iterator[None]:
    """Make a first signal wait for the end of the block; a second one does not wait.

    Raises:
        Stopped: at the end, if there was a signal.
    """
    LISTENER.deferring = True
    try:
        yield
    finally:
        LISTENER.deferring = False
    if LISTENER.first is not None:
        raise Stopped(LISTENER.first)


class StateRequests:
    """Requests for the progress, which SIGUSR1 makes."""

    def __init__(self) -> None:
        self.waiting = False

    def note(self, number: int, frame: FrameType | None) -> None:
        """Note a request, as the handler of the signal."""
        self.waiting = True

    def take(self) -> bool:
        """Return whether there is a request, and forget it."""
        waiting, self.waiting = self.waiting, False
        return waiting


@contextmanager
def state_requests() -> Iterator[StateRequests]:
    """Note requests inside the block, if the system has such a signal."""
    requests = StateRequests()
    if sys.platform == "win32":
        yield requests
        return
    before = signal.signal(signal.SIGUSR1, requests.note)
    try:
        yield requests
    finally:
        signal.signal(signal.SIGUSR1, before)
