"""Threads over one stream."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest

import w2v_nce.threads as workers
from w2v_nce.threads import ITEMS_AHEAD, map_in_order, run_workers

pytestmark = pytest.mark.xdist_group("processes")


@pytest.mark.parametrize("threads", [1, 3])
def test_every_block_is_worked_on_once(threads: int) -> None:
    done: list[int] = []
    for _ in run_workers(iter(range(500)), [done.append] * threads, 0.01):
        pass
    assert sorted(done) == list(range(500))


def test_one_thread_keeps_the_order() -> None:
    done: list[int] = []
    list(run_workers(iter(range(100)), [done.append], 0.01))
    assert done == list(range(100))


def test_a_failing_worker_stops_the_run_and_is_reported() -> None:
    def fail(block: int) -> None:
        raise ValueError(f"block {block}")

    with pytest.raises(ValueError, match="block"):
        list(run_workers(iter(range(10**9)), [fail, lambda block: None], 0.01))


def test_a_failing_stream_is_reported() -> None:
    def stream():
        yield 1
        raise OSError("vanished")

    with pytest.raises(OSError, match="vanished"):
        list(run_workers(stream(), [lambda block: None] * 2, 0.01))


def test_giving_up_stops_the_threads() -> None:
    before = threading.active_count()
    run = run_workers(iter(range(10**9)), [lambda block: time.sleep(0.001)] * 2, 0.01)
    next(run)
    run.close()
    time.sleep(0.05)
    assert threading.active_count() == before


def test_ticks_come_while_a_block_is_worked_on() -> None:
    ticks = list(run_workers(iter([0.25]), [time.sleep], 0.05))
    assert 3 <= len(ticks) <= 7


class TestMapInOrder:
    @pytest.mark.parametrize("threads", [1, 3])
    def test_results_come_in_the_order_of_the_blocks(self, threads: int) -> None:
        def work(block: int) -> int:
            time.sleep(0.001 * (block % 5 == 0))
            return block * block

        assert list(map_in_order(work, range(100), threads)) == [i * i for i in range(100)]

    def test_threads_are_not_far_ahead_of_what_is_taken(self) -> None:
        started: list[int] = []
        results = map_in_order(started.append, range(10**9), 2)
        for _ in range(20):
            next(results)
        assert len(started) <= 20 + 2 * ITEMS_AHEAD + 1
        results.close()

    def test_what_goes_wrong_is_reported(self) -> None:
        def stream():
            yield from (2, 1, 0)
            raise OSError("vanished")

        with pytest.raises(ZeroDivisionError):
            list(map_in_order(lambda block: 1 / block, iter([1, 0, 1]), 2))
        with pytest.raises(OSError, match="vanished"):
            list(map_in_order(lambda block: block, stream(), 2))


def test_giving_up_does_not_wait_for_a_block_that_never_comes() -> None:
    never, done = threading.Event(), []

    def stream():
        yield 1
        never.wait()
        yield 2

    run = run_workers(stream(), [done.append] * 2, 0.01)
    while not done:
        next(run)
    run.close()
    never.set()
    time.sleep(0.05)
    assert done == [1]


def test_what_is_done_when_it_is_given_up_has_no_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that takes the first block is held up where it looks whether to stop."""
    first: list[threading.Thread] = []
    done: list[int] = []

    class SlowEvent(threading.Event):
        def is_set(self) -> bool:
            if threading.current_thread() in first:
                self.wait(5)
            return super().is_set()

    def stream():
        first.append(threading.current_thread())
        yield from range(10**9)

    names = SimpleNamespace(Event=SlowEvent, Lock=threading.Lock, Thread=threading.Thread)
    monkeypatch.setattr(workers, "threading", names)
    run = run_workers(stream(), [done.append] * 2, 0.05)
    next(run)
    run.close()
    assert sorted(done) == list(range(len(done)))


def test_a_failure_is_reported_though_the_stream_has_stopped() -> None:
    never = threading.Event()

    def stream():
        yield 1
        never.wait()

    def fail(block: int) -> None:
        raise ValueError("failed")

    with pytest.raises(ValueError, match="failed"):
        list(run_workers(stream(), [fail, fail], 0.01))
    never.set()
