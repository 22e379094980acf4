"""A thread that notices that nothing comes from the other ranks any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

TO_BEGIN = 600.0  # seconds until it is fed first, at least: rank 0 may have much to read


class Watchdog:
    """Calls ``bark`` if nobody has fed it for ``seconds``, from a thread of its own.

    MPI waits for ever for a rank that is stuck or behind a cut link, so what ``bark`` does must
    not depend on MPI or on the main thread.
    """

    def __init__(self, seconds: float, bark: Callable[[], None]) -> None:
        self.seconds, self.bark = seconds, bark
        self.limit = max(seconds, TO_BEGIN)
        self.fed = time.monotonic()
        self.asleep = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def feed(self) -> None:
        """Note that others are alive."""
        self.fed, self.limit = time.monotonic(), self.seconds

    def sleep(self) -> None:
        """Stop watching, for good."""
        self.asleep.set()

    def _watch(self) -> None:
        while not self.asleep.wait(min(self.seconds / 4, 1.0)):
            if time.monotonic() - self.fed > self.limit:
                self.bark()
                return
