"""Threads that share one stream of blocks: the engine of counting, training and joining."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Block = TypeVar("Block")

Result = TypeVar("Result")

BLOCKS_AHEAD = 2  # for each thread: those that wait to be worked on or to be taken away


def run_workers(
    blocks: Iterator[Block], workers: Sequence[Callable[[Block], None]], interval: float
) -> Iterator[None]:
    """Give every block to one of the workers, each in a thread of its own.

    The stream is advanced under a lock, so any iterator will do; which worker gets which
    block is left to chance. Workers run at the same time as long as they release the GIL.

    Yields whenever ``interval`` seconds have passed, and once more at the end, so that the
    caller can look at the progress. Closing the generator early stops all threads after the
    block that they are at; what was worked on is then the stream up to some block, without gaps. A
    thread that waits for a block, which may never come, is not waited for: if its block comes, it
    leaves it alone.

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
                    working.acquire()
                    # Before the next block is taken, so that those worked on have no gaps.
                    if stopping.is_set():
                        working.release()
                        return
                try:
                    work(block)
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
    function: Callable[[Block], Result], blocks: Iterable[Block], threads: int
) -> Iterator[Result]:
    """Yield ``function(block)`` for every block in the order of the blocks.

    Threads are at most some blocks ahead of what is yielded, however slow it is taken. Blocks
    are read in the caller's thread.

    Raises:
        BaseException: what the function or the stream raised, when its turn has come.
    """
    with ThreadPoolExecutor(threads) as pool:
        ahead: deque[Future[Result]] = deque()
        try:
            for block in blocks:
                ahead.append(pool.submit(function, block))
                if len(ahead) > BLOCKS_AHEAD * threads:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def available_cpus() -> int:
    """Count the processors that this process may use, which a batch queue may have limited."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
