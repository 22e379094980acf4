"""Threads that share one stream of blocks: the engine of counting and of Hogwild training."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Block = TypeVar("Block")


def run_workers(
    blocks: Iterator[Block], workers: Sequence[Callable[[Block], None]], interval: float
) -> Iterator[None]:
    """Give every block to one of the workers, each in a thread of its own.

    The stream is advanced under a lock, so any iterator will do; which worker gets which
    block is left to chance. Workers run at the same time as long as they release the GIL.

    Yields whenever ``interval`` seconds have passed, and once more at the end, so that the
    caller can look at the progress. Closing the generator early stops all threads after the
    block that they are at. A thread that waits for a block, which may never come, is not waited
    for: if its block comes, it leaves it alone.

    Raises:
        BaseException: the first one that a worker or the stream raised.
    """
    lock = threading.Lock()
    stopping = threading.Event()
    failures: list[BaseException] = []
    at_work = [threading.Lock() for _ in workers]

    def loop(work: Callable[[Block], None], working: threading.Lock) -> None:
        try:
            while not stopping.is_set():
                with lock:
                    block = next(blocks, None)
                if block is None:
                    return
                with working:
                    if not stopping.is_set():
                        work(block)
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

    for thread in threads:
        thread.start()
    threading.Thread(target=wait_for_all, daemon=True).start()
    try:
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
