"""How ranks come to the same parameters."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ranks import on_all
from w2v_nce.settings.distributed_config import ClusterConfig
from w2v_nce.training.distributed.averaging import (
    PIECE_SIZE,
    WAY,
    SharedParameters,
    WordRows,
    copy_first,
    least_weights,
    pieces,
)
from w2v_nce.training.distributed.process_group import ProcessGroup


def naive_joint(deltas: np.ndarray, least: list[float] | None = None) -> np.ndarray:
    """The deltas of ranks (N, V, D) put together, number by number."""
    result = np.zeros(deltas.shape[1:])
    for row in range(deltas.shape[1]):
        total = [sum(float(d[row][i]) for d in deltas) for i in range(deltas.shape[2])]
        squares = sum(float(x) ** 2 for d in deltas for x in d[row])
        length = sum(x * x for x in total)
        share = min(1.0, squares / length) if length else 1.0
        result[row] = [max(share, least[row] if least else 0.0) * x for x in total]
    return result


def joint(deltas: np.ndarray, least: list[float] | None = None) -> np.ndarray:
    """The same by our kernels, from zero on."""
    place = WordRows(np.zeros(deltas.shape[1:], np.float32))
    rows = deltas.shape[1]
    every = slice(0, rows)
    summed = np.zeros((rows, deltas.shape[2] + 1), np.float32)
    for delta in deltas:
        mover = WordRows(np.zeros(deltas.shape[1:], np.float32))
        mover.arrays[0][:] = delta
        summed += mover.deltas(every)
    place.follow(every, summed, np.asarray(least or [0.0] * rows, np.float32))
    assert (place.arrays[0] == place.before[0]).all()
    return place.arrays[0]


@given(st.integers(1, 5), st.integers(1, 6), st.integers(1, 5), st.integers(0, 10_000))
def test_as_the_naive_twin(ranks: int, rows: int, columns: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    deltas = generator.normal(size=(ranks, rows, columns))
    deltas[generator.random((ranks, rows)) < 0.3] = 0
    np.testing.assert_allclose(joint(deltas), naive_joint(deltas), rtol=1e-4, atol=1e-5)
    least = generator.random(rows).tolist()
    expected = naive_joint(deltas, least)
    np.testing.assert_allclose(joint(deltas, least), expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(joint(deltas[::-1]), joint(deltas), rtol=1e-4, atol=1e-5)


def test_what_one_rank_alone_has_learned_counts_in_full() -> None:
    deltas = np.zeros((4, 3, 5))
    deltas[2] = np.random.default_rng(0).normal(size=(3, 5))
    np.testing.assert_allclose(joint(deltas), deltas[2], rtol=1e-6)


@pytest.mark.parametrize("ranks", [2, 4, 64])
def test_what_all_have_learned_counts_once_whatever_their_number(ranks: int) -> None:
    delta = np.random.default_rng(0).normal(size=(3, 5))
    np.testing.assert_allclose(joint(np.stack([delta] * ranks)), delta, rtol=1e-5)


@given(st.integers(2, 64), st.floats(1e-12, 50))
def test_ranks_come_as_far_as_one_that_reads_everything(ranks: int, way: float) -> None:
    """Each goes its share of the way to the same place, or one goes it for each of them in turn.

    But never more than four times what each has gone.
    """
    share, place = -math.expm1(-way), 1.0
    for _ in range(ranks):
        place *= 1 - share
    (least,) = least_weights(np.array([way]), ranks)
    together = joint(np.full((ranks, 1, 1), share), [float(least)])
    np.testing.assert_allclose(together, min(1 - place, 4 * share), rtol=1e-3, atol=1e-5)


def test_what_has_come_to_rest_stays_there() -> None:
    """Ranks that all go to the same place, from wherever they are, do not fly apart."""
    place, goal = np.full((1, 4), 100.0), np.ones((1, 4))
    for _ in range(50):
        place = place + joint(np.stack([goal - place] * 8))
    np.testing.assert_allclose(place, goal, rtol=1e-5)


def test_what_has_nothing_in_common_is_added_up() -> None:
    deltas = np.stack([np.eye(4)[[rank]] * (rank + 1) for rank in range(4)])
    np.testing.assert_allclose(joint(deltas), [[1, 2, 3, 4]])


def test_what_is_opposed_is_not_blown_up() -> None:
    deltas = np.array([[[1.0, 0]], [[-1.0, 0]], [[1.0, 1e-9]], [[-1.0, 0]]])
    np.testing.assert_allclose(joint(deltas), [[0, 1e-9]])


@given(st.integers(0, 3 * PIECE_SIZE // 64), st.sampled_from([1, 16, 200]))
@settings(max_examples=20)
def test_pieces_are_all_rows_in_order(rows: int, columns: int) -> None:
    found = list(pieces(rows, columns))
    assert [piece.start for piece in found] == [0, *(piece.stop for piece in found)][: len(found)]
    assert (found[-1].stop if found else 0) == rows
    assert all(4 * columns * (piece.stop - piece.start) <= PIECE_SIZE for piece in found)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_ranks_have_the_same_after_all_rows_were_synchronised(size: int) -> None:
    def work(group: ProcessGroup) -> tuple[list[np.ndarray], ...]:
        generator = np.random.default_rng(group.rank)
        matrix = generator.normal(size=(6, 8)).astype(np.float32)
        numbers = generator.normal(size=6).astype(np.float32)
        copy_first([matrix, numbers], group)
        shared = SharedParameters([WordRows(matrix, numbers)], np.full(6, 1e-9), group)
        begun = [matrix.copy(), numbers.copy()]
        matrix += generator.normal(size=(6, 8))
        numbers += generator.normal(size=6)
        moved = [matrix.copy(), numbers.copy()]
        shared.synchronise(1, 0.1, first=2)
        some = [matrix.copy(), numbers.copy()]
        shared.synchronise(1, 0.1)
        return begun, moved, some, [matrix, numbers]

    results = on_all(size, work)
    begun, _, _, last = results[0]
    sides = [[np.c_[each[0], each[1]] for each in (begun, moved)] for begun, moved, _, _ in results]
    deltas = np.stack([after - before for before, after in sides])
    expected = deltas.sum(0)  # as the words are hardly ever read
    np.testing.assert_allclose(np.c_[last[0], last[1]] - sides[0][0], expected, atol=1e-5)
    for first, moved, some, end in results:
        for i in range(2):
            assert (first[i] == begun[i]).all()
            assert (some[i][2:] == moved[i][2:]).all(), "rows that were not asked for"
            assert (some[i][:2] == last[i][:2]).all(), "frequent rows at once, and then no more"
        for mine, others in zip(end, last, strict=True):
            assert mine.tobytes() == others.tobytes()
        if size == 1:
            assert end[0].tobytes() == moved[0].tobytes()


@given(st.integers(2, 10**6), st.integers(1, 64), st.integers(1, 64), st.integers(1, 10**12))
def test_rounds_are_short_where_the_text_is(
    vocabulary: int, threads: int, ranks: int, words: int
) -> None:
    found = ClusterConfig().words_of_round(vocabulary, threads, ranks, words)
    least, most = 2.5 * vocabulary * threads, 10 * vocabulary * threads
    assert least - 0.5 <= found <= most + 0.5
    too_short, too_long = words < 45 * ranks**2 * least, words > 45 * ranks**2 * most
    if too_short or too_long:
        assert abs(found - (least if too_short else most)) <= 0.5
    else:
        assert abs(found * 45 * ranks**2 - words) <= 0.5 * 45 * ranks**2 + 1e-9 * words
    assert ClusterConfig(sync_every=7).words_of_round(vocabulary, threads, ranks, words) == 7


def test_few_rows_are_few_bytes() -> None:
    def work(group: ProcessGroup) -> int:
        rows = [WordRows(np.zeros((50, 8), np.float32))]
        shared = SharedParameters(rows, np.full(50, 0.02), group)
        shared.synchronise(100, 0.1, first=5)
        return group.communicator.added

    assert on_all(2, work) == [5 * 9, 5 * 9]


def test_words_are_told_from_the_last_time_that_they_were_exchanged() -> None:
    """All ranks go the same way; how much of that counts depends on how much each has read."""
    shares, rate = np.array([0.3, 0.2, 0.1]), 0.1

    def work(group: ProcessGroup) -> np.ndarray:
        matrix = np.zeros((3, 1), np.float32)
        shared = SharedParameters([WordRows(matrix)], shares, group)
        for words, rows in ((40, 1), (80, 2), (20, None)):
            matrix += 1
            shared.synchronise(words, rate, rows)
        return matrix

    ranks = 2
    found, same = on_all(ranks, work)
    assert (found == same).all()

    def moved(steps: int, share: float, words: int) -> float:
        way = share * words / ranks * rate * WAY
        return steps * ranks * float(least_weights(np.array([way]), ranks)[0])

    expected = [
        moved(1, 0.3, 40) + moved(1, 0.3, 80) + moved(1, 0.3, 20),
        moved(2, 0.2, 120) + moved(1, 0.2, 20),
        moved(3, 0.1, 140),
    ]
    np.testing.assert_allclose(found[:, 0], expected, rtol=1e-5)
