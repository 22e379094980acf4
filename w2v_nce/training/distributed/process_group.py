"""The processes of a run: which are alive, which have arrived, and what rank 0 has decided."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import NamedTuple, TypeVar

import numpy as np

from w2v_nce.arrays import Longs
from w2v_nce.training.distributed.mpi import Communicator, Exchange

Result = TypeVar("Result")
PAUSE = 1e-4  # seconds between looks at an exchange that is awaited
ANSWERS = 0.05  # seconds between answers of a busy process


class Status(NamedTuple):
    """The answer of a rank when the roll is called."""

    words: int = 0  # that it has trained since the run began or was resumed
    chunks: int = 0  # of text, in this epoch
    ended: int = 0  # whether its share of the epoch is done
    stop: int = 0  # the number of a signal that asks it to stop
    due: int = 0  # whether it is time for a checkpoint
    bytes_counted: int = 0  # of its share, as it is stored
    words_counted: int = 0


class ProcessGroup:
    """The processes of a run, by rank.

    They exchange a row of numbers each, again and again: the roll call. Only :meth:`meet` waits
    for it, and a busy process answers now and then, so that the others know it is alive.
    """

    def __init__(self, communicator: Communicator, watchdog: Watchdog) -> None:
        self.communicator, self.watchdog = communicator, watchdog
        self.rank, self.size = communicator.rank, communicator.size
        self.status = Status()
        self.roll = np.zeros((self.size, len(Status._fields)), np.int64)  # as last heard
        self._exchange: Exchange | None = None

    def said(self, name: str) -> Longs:
        """Return one field of the :class:`Status` of all ranks."""
        return self.roll[:, Status._fields.index(name)]

    def answer(self, status: Status | None = None) -> None:
        """Answer the roll call, without waiting."""
        self.status = status or self.status
        if self._exchange is None or self._arrivals() is not None:
            self._call(arrived=False)

    def meet(self, status: Status | None = None) -> None:
        """Wait for all ranks; the roll then has what each said on arrival."""
        self.status = status or self.status
        while self._exchange is not None:
            self._await()
        arrivals = 0
        while arrivals < self.size:
            self._call(arrived=True)
            arrivals = self._await()

    def busy(self, work: Callable[[], Result]) -> Result:
        """Do work that takes long, and answer the roll call meanwhile."""
        outcome: Future[Result] = Future()
        finished = threading.Event()

        def run() -> None:
            try:
                outcome.set_result(work())
            except BaseException as failure:  # raised again below
                outcome.set_exception(failure)
            finished.set()

        threading.Thread(target=run, daemon=True).start()
        while not finished.wait(ANSWERS):
            self.answer()
        return outcome.result()

    def first(self, work: Callable[[], Result]) -> Result:
        """Let rank 0 do some work, and return its result on all ranks."""
        done = self.busy(work) if self.rank == 0 else None
        self.meet()
        result: Result = self.communicator.of_first(done)
        self.watchdog.feed()
        return result

    def leave(self) -> None:
        """Wait for all once more, and stop watching them."""
        self.meet()
        self.watchdog.sleep()

    def _call(self, arrived: bool) -> None:
        self._exchange = self.communicator.exchange(np.array([*self.status, arrived], np.int64))

    def _arrivals(self) -> int | None:
        """Look at the exchange; return how many have arrived once all have answered."""
        assert self._exchange is not None
        rows = self._exchange.result()
        if rows is None:
            return None
        self.watchdog.feed()
        self._exchange = None
        self.roll = rows[:, :-1]
        return int(rows[:, -1].sum())

    def _await(self) -> int:
        while (arrivals := self._arrivals()) is None:
            time.sleep(PAUSE)
        return arrivals


TO_BEGIN = 600.0  # seconds before it is first fed, at least: rank 0 may have much to read


class Watchdog:
    """Calls ``bark``, from a thread of its own, if it has not been fed for ``seconds``.

    MPI waits for ever for a rank that is stuck or behind a cut link, so ``bark`` must not depend
    on MPI or on the main thread.
    """

    def __init__(self, seconds: float, bark: Callable[[], None]) -> None:
        self.seconds, self.bark = seconds, bark
        self.limit = max(seconds, TO_BEGIN)
        self.fed = time.monotonic()
        self.asleep = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def feed(self) -> None:
        """Start the time anew: the others are alive."""
        self.fed, self.limit = time.monotonic(), self.seconds

    def sleep(self) -> None:
        """Stop watching, for good."""
        self.asleep.set()

    def _watch(self) -> None:
        while not self.asleep.wait(min(self.seconds / 4, 1.0)):
            if time.monotonic() - self.fed > self.limit:
                self.bark()
                return
