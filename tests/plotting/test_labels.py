"""Labels do not overlap, and only those are left out that have no room."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from w2v_nce.plotting.curves_figure import spread_out
from w2v_nce.plotting.map_figure import place_labels

FRAME = (100.0, 60.0)

label = st.tuples(
    st.floats(0, FRAME[0]), st.floats(0, FRAME[1]), st.floats(1, 40), st.floats(1, 20)
)


def sides(x: float, y: float, width: float, height: float, gap: float) -> list[tuple[float, ...]]:
    """The four places of a label: left, bottom, right, top."""
    corners = [
        (x + gap, y - height / 2), (x - gap - width, y - height / 2),
        (x - width / 2, y + gap), (x - width / 2, y - gap - height),
    ]  # fmt: skip
    return [(a, b, a + width, b + height) for a, b in corners]


def naive_labels(labels: list[tuple[float, ...]], gap: float) -> list[tuple[float, ...] | None]:
    """One after the other, each against all that are there."""
    placed: list[tuple[float, ...] | None] = []
    for each in labels:
        free = None
        for box in sides(*each, gap):
            inside = box[0] >= 0 and box[1] >= 0 and box[2] <= FRAME[0] and box[3] <= FRAME[1]
            if inside and all(distance(box, other) >= gap for other in placed if other):
                free = box
                break
        placed.append(free)
    return placed


def distance(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Between two boxes, along the axis that they are farther apart on."""
    return max(one[0] - other[2], other[0] - one[2], one[1] - other[3], other[1] - one[3])


@given(st.lists(label, max_size=40), st.floats(0, 5))
def test_labels_have_room(labels: list[tuple[float, ...]], gap: float) -> None:
    values = np.array(labels).reshape(-1, 4)
    corners = place_labels(values[:, :2], values[:, 2:], FRAME, gap)
    boxes = [
        (x, y, x + width, y + height) if np.isfinite(x) else None
        for (x, y), (_, _, width, height) in zip(corners.tolist(), labels, strict=True)
    ]
    there = [box for box in boxes if box]
    for i, one in enumerate(there):
        assert all(distance(one, other) > gap - 1e-9 for other in there[:i])
        assert one[0] >= 0
        assert one[1] >= 0
        assert one[2] <= FRAME[0] + 1e-9
        assert one[3] <= FRAME[1] + 1e-9


@given(st.lists(st.tuples(*[st.integers(0, 100), st.integers(0, 60), st.integers(1, 40),
                            st.integers(1, 20)]), max_size=40), st.integers(0, 5))  # fmt: skip
def test_the_twin_places_the_same(labels: list[tuple[int, ...]], gap: int) -> None:
    """In whole numbers, where nothing is rounded."""
    values = np.array(labels, np.float64).reshape(-1, 4)
    corners = place_labels(values[:, :2], values[:, 2:], FRAME, gap).tolist()
    for found, expected in zip(corners, naive_labels(labels, gap), strict=True):
        assert (found == list(expected[:2])) if expected else np.isnan(found).all()


@given(st.lists(st.floats(0, 100), min_size=1, max_size=10))
def test_ends_of_lines_are_spread_out(wanted: list[float]) -> None:
    heights = spread_out(np.array(wanted), 10, 0, 100)
    assert (np.diff(np.sort(heights)) > 10 - 1e-9).all()
    assert heights.min() >= -1e-9
    assert heights.max() <= 100 + 1e-9
    order = np.argsort(wanted, kind="stable")
    assert (np.diff(heights[order]) > 0).all()  # none overtakes another
    if all(b - a > 10 for a, b in zip(sorted(wanted), sorted(wanted)[1:], strict=False)):
        np.testing.assert_allclose(heights, wanted, atol=1e-9)
