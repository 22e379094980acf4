"""Threads that share one stream of items: the engine of counting, training and joining."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
ITEMS_AHEAD = 2  # per thread: waiting to be processed or yielded


def run_workers(
    items: Iterator[Item], workers: Sequence[Callable[[Item], None]], interval: float
) -> Iterator[None]:
    """Give every item to one of the workers, each in a thread of its own.

    The stream is advanced under a lock, so any iterator will do; which worker gets which
    item is left to chance. Workers run at the same time as long as they release the GIL.

    Yields whenever ``interval`` seconds have passed, and once more at the end, so that the
    caller can look at the progress. Closing the generator early stops all threads after the
    items in progress; the items processed are then the stream up to some item, without gaps.
    A thread that waits for an item, which may never come, is not waited for: should the item
    come, it is not processed.

    Raises:
        BaseException: the first one that a worker or the stream raised.
    """
    lock = threading.Lock()
    stopping = threading.Event()
    failures: list[BaseException] = []
    at_work = [threading.Lock() for _ in workers]

    def loop(work: Callable[[Item], None], working: threading.Lock) -> None:
        try:
            while not stopping.is_set():
                with lock:
                    item = next(items, None)
                    if item is None:
                        return
                    working.acquire()
                    # Before the next item is taken, so that there are no gaps.
                    if stopping.is_set():
                        working.release()
                        return
                try:
                    work(item)
                finally:
                    working.release()
        except BaseException as failure:  # handed to the caller's thread below
            failures.append(failure)
            stopping.set()

    threads = [
        threading.Thread(target=loop, args=pair, daemon=True)
        for pair in zip(workers, at_work, strict=True)
    ]
    finished = threading.Event()

    def wait_for_all() -> None:
        for thread in threads:
            thread.join()
        finished.set()

    try:
        for thread in threads:
            thread.start()
        threading.Thread(target=wait_for_all, daemon=True).start()
        while not (finished.wait(interval) or failures):
            yield
    finally:
        stopping.set()
        for working in at_work:
            with working:
                pass
    if failures:
        raise failures[0]
    yield


def map_in_order(
    function: Callable[[Item], Result], items: Iterable[Item], threads: int
) -> Iterator[Result]:
    """Yield ``function(item)`` for every item, in order.

    Threads are at most some items ahead of the consumer, however slow it is. Items are read in
    the caller's thread.

    Raises:
        BaseException: what the function or the stream raised, when its turn has come.
    """
    with ThreadPoolExecutor(threads) as pool:
        ahead: deque[Future[Result]] = deque()
        try:
            for item in items:
                ahead.append(pool.submit(function, item))
                if len(ahead) > ITEMS_AHEAD * threads:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def available_cpus() -> int:
    """Return the number of processors that this process may use, as limited by a batch queue."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
