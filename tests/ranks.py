"""Ranks that are threads of one process, for tests of what is done together without MPI."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Queue
from typing import Any

import numpy as np

from w2v_nce.training.distributed.process_group import ProcessGroup, Watchdog

PATIENCE = 60.0  # seconds


class Hub:
    """What the ranks have in common."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.barrier = threading.Barrier(size)
        self.items: list[Any] = [None] * size
        self.rows: dict[int, dict[int, np.ndarray]] = defaultdict(dict)
        self.letters = [Queue() for _ in range(size)]


class ThreadExchange:
    def __init__(self, rows: dict[int, np.ndarray], size: int) -> None:
        self.rows, self.size = rows, size

    def result(self) -> np.ndarray | None:
        if len(self.rows) < self.size:
            return None
        return np.stack([self.rows[rank] for rank in range(self.size)])


class ThreadRank:
    """A communicator that is one of several threads."""

    def __init__(self, hub: Hub, rank: int) -> None:
        self.hub, self.rank, self.size = hub, rank, hub.size
        self.ranks_here = list(range(hub.size))
        self.calls = 0
        self.added = 0  # numbers that were added up

    def exchange(self, row: np.ndarray) -> ThreadExchange:
        rows = self.hub.rows[self.calls]
        self.calls += 1
        rows[self.rank] = row.copy()
        return ThreadExchange(rows, self.size)

    def all(self, item: Any) -> list[Any]:
        self.hub.items[self.rank] = item
        self.hub.barrier.wait(PATIENCE)
        items = list(self.hub.items)
        self.hub.barrier.wait(PATIENCE)
        return items

    def add_up(self, array: np.ndarray) -> None:
        assert array.flags.c_contiguous
        self.added += array.size
        items = self.all(array.copy())
        array[:] = sum(items[1:], items[0])

    def copy_first(self, array: np.ndarray) -> None:
        assert array.flags.c_contiguous
        array[:] = self.all(array.copy())[0]

    def of_first(self, value: Any) -> Any:
        return self.all(value)[0]

    def gather(self, value: Any) -> list[Any]:
        items = self.all(value)
        return items if self.rank == 0 else []

    def scatter(self, values: list[Any]) -> Any:
        return self.all(values)[0][self.rank]

    def send(self, value: Any) -> None:
        self.hub.letters[self.rank].put(value)

    def receive(self, rank: int) -> Any:
        return self.hub.letters[rank].get(timeout=PATIENCE)

    def end_all(self, code: int) -> None:
        self.hub.barrier.abort()


class Patient:
    """Stops that never come, unless the number is set."""

    number = 0

    @contextmanager
    def deferred(self) -> Iterator[None]:
        yield


def groups(size: int) -> list[ProcessGroup]:
    """Return as many ranks; one that waits for too long fails."""
    hub = Hub(size)
    ranks = [ThreadRank(hub, rank) for rank in range(size)]
    return [ProcessGroup(rank, Watchdog(PATIENCE, hub.barrier.abort)) for rank in ranks]


def on_all(size: int, work: Callable[[ProcessGroup], Any]) -> list[Any]:
    """Let ranks do something together; return what came of it on each."""
    results: list[Any] = [None] * size
    failures: list[BaseException] = []

    def run(group: ProcessGroup) -> None:
        try:
            results[group.rank] = work(group)
        except BaseException as failure:
            failures.append(failure)
            group.communicator.end_all(1)

    threads = [threading.Thread(target=run, args=(group,), daemon=True) for group in groups(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE if not failures else 1.0)
    if failures:
        raise failures[0]
    assert not any(thread.is_alive() for thread in threads), "ranks wait for each other"
    return results
