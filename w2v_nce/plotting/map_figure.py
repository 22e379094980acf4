"""A map of words for print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from w2v_nce.arrays import Doubles
from w2v_nce.plotting.figures import DPI, QUIET, drawing, drawn, new_figure
from w2v_nce.plotting.style import colour, shape, shown
from w2v_nce.plotting.word_map import Groups, WordMap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT, MARGIN = 10.0, 8.0, 0.35  # inches
CAPTION_HEIGHT, LEGEND_HEIGHT = 0.28, 0.16  # inches; of a line of the legend
EDGE = 0.02  # the left margin of text, a share of the width
FONT = 6.5  # points
GAP = 2.5  # points
MARKERS = {"circle": "o", "square": "s", "triangle": "^", "diamond": "D"}
MARKER_AREA = {"circle": 1.0, "square": 0.8, "triangle": 1.1, "diamond": 0.7}
COLUMNS = 4  # of the legend
#: Directions from a point to the centre of its label, best first.
SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1))


def map_picture(word_map: WordMap, title: str, kind: str) -> bytes:
    """Return a picture in the format ``kind``, "png" or "svg".

    Raises:
        ConfigError: if Matplotlib is missing.
    """
    with drawing():
        return drawn(map_figure(word_map, title), kind)


def map_figure(word_map: WordMap, title: str) -> Figure:
    """Return a figure with a dot for each word, and a label where there is room."""
    figure = new_figure(WIDTH, HEIGHT)
    rows_of_legend = -(-len(word_map.groups.names) // COLUMNS) if shows_groups(word_map) else 0
    foot = CAPTION_HEIGHT + LEGEND_HEIGHT * rows_of_legend
    axes = figure.add_axes((0, foot / HEIGHT, 1, 1 - foot / HEIGHT))
    axes.set_axis_off()
    places = word_map.projection.places
    halves = np.abs(places).max(axis=0) / (WIDTH - 2 * MARGIN, HEIGHT - foot - 2 * MARGIN)
    unit = halves.max() or 1  # of the map, per inch
    axes.set_xlim(-unit * WIDTH, unit * WIDTH)
    axes.set_ylim(-unit * (HEIGHT - foot), unit * (HEIGHT - foot))
    draw_dots(axes, places, word_map.groups)
    draw_labels(figure, axes, word_map)
    figure.text(EDGE, 0.012, f"{shown(title)}: {word_map.caption}", color=QUIET, fontsize=FONT)
    if rows_of_legend:
        draw_legend(figure, word_map.groups, foot / HEIGHT)
    return figure


def shows_groups(word_map: WordMap) -> bool:
    """Return whether there are several groups to distinguish."""
    return len(word_map.groups.names) > 1


def dot_area(words: int) -> float:
    """Return the area of a dot, in square points: the more words, the smaller."""
    return float(np.clip(10000 / words, 3, 16))


def draw_dots(axes: Axes, places: Doubles, groups: Groups) -> None:
    """Draw the words as dots, in the colours and shapes of their groups."""
    area = dot_area(len(places))
    for number in range(len(groups.names)):
        rows = groups.of_word == number
        axes.scatter(
            places[rows, 0],
            places[rows, 1],
            s=area * MARKER_AREA[shape(number)],
            c=colour(number),
            marker=MARKERS[shape(number)],
            linewidths=0,
            alpha=0.85,
        )


def draw_labels(figure: Figure, axes: Axes, word_map: WordMap) -> None:
    """Label as many words as fit without overlaps, the most frequent first."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.font_manager import FontProperties

    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    renderer = canvas.get_renderer()
    font = FontProperties(size=FONT)
    sizes = [renderer.get_text_width_height_descent(word, font, False) for word in word_map.words]
    height = max(size[1] for size in sizes)
    boxes = np.array([(width, height) for width, *_ in sizes])
    points = axes.transData.transform(word_map.projection.places)
    gap = (GAP + dot_area(len(points)) ** 0.5 / 2) * DPI / 72
    corners = place_labels(points, boxes, (figure.bbox.width, figure.bbox.height), gap)
    paper = {"facecolor": "white", "edgecolor": "none", "alpha": 0.6, "pad": 0.4}
    for word, (x, y) in zip(word_map.words, corners / figure.bbox.size, strict=True):
        if np.isfinite(x):
            figure.text(x, y, word, fontproperties=font, va="bottom", bbox=paper)


def place_labels(
    points: Doubles, sizes: Doubles, frame: tuple[float, float], gap: float
) -> Doubles:
    """Return the (V, 2) lower left corners of labels; NaN for labels that do not fit.

    Args:
        points: (V, 2), what is labelled, the most important first.
        sizes: (V, 2), widths and heights of the labels, in the same unit.
        frame: width and height of the picture, which labels do not leave.
        gap: between a label and its point; any two labels are at least that far apart.
    """
    corners = np.full(points.shape, np.nan)
    taken = np.empty((2, *points.shape))  # lower left and upper right corners of labels placed
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


def draw_legend(figure: Figure, groups: Groups, foot: float) -> None:
    """Name the groups below the map."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], linestyle="", marker=MARKERS[shape(i)], markersize=4, color=colour(i))
        for i in range(len(groups.names))
    ]
    figure.legend(
        handles,
        groups.names,
        loc="upper left",
        bbox_to_anchor=(EDGE - 0.008, foot),
        ncols=COLUMNS,
        frameon=False,
        fontsize=FONT,
        handletextpad=0.1,
        columnspacing=1.5,
        borderpad=0,
    )
