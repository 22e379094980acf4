"""Labels that do not overlap: the first come first, and what finds no room is left out."""

from __future__ import annotations

import numpy as np

from w2v_nce.arrays import Doubles

#: Where a label may be seen from its point, best first: the sides that its centre is at.
SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1))


def place_labels(
    points: Doubles, sizes: Doubles, frame: tuple[float, float], gap: float
) -> Doubles:
    """Return the (V, 2) lower left corners of labels; NaN for those that find no room.

    Args:
        points: (V, 2), what is labelled, the most important first.
        sizes: (V, 2), widths and heights of the labels, in the same unit.
        frame: width and height of the picture, which labels do not leave.
        gap: between a label and its point; any two labels are at least that far apart.
    """
    corners = np.full(points.shape, np.nan)
    taken = np.empty((2, *points.shape))  # lower left and upper right corners of what is placed
    placed = 0
    for i, (point, size) in enumerate(zip(points, sizes, strict=True)):
        for side in SIDES:
            low = point - size / 2 + np.array(side) * (size / 2 + gap)
            high = low + size
            if (low < 0).any() or (high > frame).any():
                continue
            others = taken[:, :placed]
            if ((low < others[1] + gap) & (high > others[0] - gap)).all(axis=1).any():
                continue
            corners[i] = low
            taken[0, placed], taken[1, placed] = low, high
            placed += 1
            break
    return corners
