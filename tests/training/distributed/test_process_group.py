"""Ranks that wait for each other, or do not."""

from __future__ import annotations

import threading
import time

import pytest

from tests.ranks import on_all
from w2v_nce.training.distributed.process_group import ProcessGroup, Status, Watchdog


def test_nobody_leaves_a_meeting_before_all_are_there() -> None:
    arrived: list[int] = []
    lock = threading.Lock()

    def work(group: ProcessGroup) -> list[int]:
        seen = []
        for turn in range(20):
            for _ in range((group.rank + turn) % 3):
                group.answer(Status(words=turn))
            with lock:
                arrived.append(turn)
            group.meet(Status(words=100 * turn + group.rank, stop=group.rank == turn))
            with lock:
                seen.append(arrived.count(turn))
            assert group.said("words").tolist() == [100 * turn + rank for rank in range(3)]
            assert group.said("stop").tolist() == [int(rank == turn) for rank in range(3)]
        return seen

    assert on_all(3, work) == [[3] * 20] * 3


def test_what_the_first_one_does_is_known_to_all() -> None:
    def work(group: ProcessGroup) -> list[str]:
        return [group.first(lambda i=i: f"{i} on {group.rank}") for i in range(3)]

    assert on_all(3, work) == [["0 on 0", "1 on 0", "2 on 0"]] * 3


def test_who_is_busy_answers() -> None:
    def work(group: ProcessGroup) -> int:
        if group.rank == 0:
            group.busy(lambda: time.sleep(0.3))
        calls = group.communicator.calls
        group.meet()
        return calls

    assert on_all(2, work)[0] >= 2


def test_what_fails_in_the_meantime_is_raised() -> None:
    def work(group: ProcessGroup) -> None:
        def fail() -> None:
            raise ValueError("damaged")

        group.first(fail)

    with pytest.raises(ValueError, match="damaged"):
        on_all(1, work)


def test_the_watchdog_barks_once_and_only_if_it_is_hungry() -> None:
    barks: list[float] = []
    barked = threading.Event()

    def bark() -> None:
        barks.append(time.monotonic())
        barked.set()

    dog = Watchdog(0.5, bark)
    for _ in range(20):
        dog.feed()
        time.sleep(0.05)
    fed = time.monotonic()
    assert barks == []
    assert barked.wait(20)
    assert barks[0] - fed > 0.3
    asleep = Watchdog(0.2, bark)
    asleep.feed()
    asleep.sleep()
    time.sleep(0.6)
    assert len(barks) == 1


def test_a_rank_that_does_not_answer_is_noticed() -> None:
    """However often the other one answers."""
    noticed = threading.Event()

    def work(group: ProcessGroup) -> None:
        group.meet()
        if group.rank == 1:
            return
        group.watchdog = Watchdog(0.3, noticed.set)
        group.watchdog.feed()
        while not noticed.wait(0.02):
            group.answer()

    on_all(2, work)
    assert noticed.is_set()
