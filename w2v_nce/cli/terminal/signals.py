"""What signals ask of the program.

The first Ctrl-C, SIGTERM or SIGHUP raises :class:`Stopped` wherever the main thread is, and what
has results saves them; where it is :func:`deferred`, at the end of that. One more raises
:class:`Quit`, which nothing waits for, unless it comes at the same instant: ``timeout`` and batch
queues send a signal to a process and to its group, so it arrives twice. Signals that are ignored
when the program starts, as SIGHUP is under nohup, stay so.
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

    @property
    def word(self) -> str:
        """The same in a word: "interrupted" or "terminated"."""
        return self.verb.split()[0]


class Quit(Stopped):
    """A second signal: nothing is to be saved, nothing waited for."""


class Listener:
    """Raises :class:`Stopped` for a signal, at once or later, and then :class:`Quit`."""

    def __init__(self) -> None:
        self.deferring = False
        self.first: int | None = None
        self.since = 0.0  # when the first one came

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Do what a signal asks for: handles it."""
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
    """Let signals raise :class:`Stopped`, from the second on :class:`Quit`."""
    LISTENER.first = None
    for number in STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, LISTENER.stop)


@contextmanager
def deferred() -> Iterator[None]:
    """Let a first signal wait for the end of the block; a second one does not.

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
