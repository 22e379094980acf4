"""The curves of training for print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from w2v_nce.arrays import Doubles
from w2v_nce.plotting.curves import SCALES, Line, Panel
from w2v_nce.plotting.figures import QUIET, drawing, drawn, new_figure
from w2v_nce.plotting.style import LIGHT, colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, PANEL_HEIGHT = 8.0, 2.1  # inches
FONT = 7.0  # points
LINE_HEIGHT = 1.3  # of labels, in font sizes
DASHES = ("solid", (0, (6, 3)), (0, (2, 2)), (0, (8, 3, 2, 3)))  # for repeated colours


def curves_picture(panels: Sequence[Panel], scale: str, kind: str) -> bytes:
    """Return a picture in the format ``kind``, "png" or "svg".

    Raises:
        ConfigError: if Matplotlib is missing.
    """
    with drawing():
        return drawn(curves_figure(panels, scale), kind)


def curves_figure(panels: Sequence[Panel], scale: str) -> Figure:
    """Return a figure with a panel for each quantity, two side by side."""
    columns = min(len(panels), 2)
    rows = -(-len(panels) // columns)
    figure = new_figure(WIDTH, PANEL_HEIGHT * rows)
    figure.set_layout_engine("constrained", w_pad=0.08, h_pad=0.06)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, panel in zip(grid, panels, strict=False):
        draw_panel(axes, panel, scale)
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    figure.draw_without_rendering()  # which fixes the height of the panels
    for axes, panel in zip(grid, panels, strict=False):
        draw_labels(axes, panel, scale)
    return figure


def draw_panel(axes: Axes, panel: Panel, scale: str) -> None:
    """Draw the lines of a quantity."""
    from matplotlib.ticker import EngFormatter, MaxNLocator

    axes.set_title(panel.title)
    for line in panel.lines:
        draw_line(axes, line, scale)
    axes.set_xlim(left=0)
    if panel.from_zero:
        axes.set_ylim(bottom=0)
    axes.set_xlabel(SCALES[scale], color=QUIET, labelpad=1)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    if scale != "epoch":
        axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    if axes.get_ylim()[1] >= 10_000:
        axes.yaxis.set_major_formatter(EngFormatter(sep=""))


def draw_line(axes: Axes, line: Line, scale: str) -> None:
    """Draw a line, with a band if it has a spread."""
    at, dash = line.at[scale], DASHES[line.run // len(LIGHT) % len(DASHES)]
    kind: dict[str, Any] = {"linestyle": dash, "linewidth": 0.9, "solid_capstyle": "round"}
    if line.marked:
        kind |= {"marker": "o", "markersize": 2.8}
    axes.plot(at, line.values, color=colour(line.run), **kind)
    if line.spread is not None:
        low, high = line.values - line.spread, line.values + line.spread
        axes.fill_between(at, low, high, color=colour(line.run), alpha=0.15, linewidth=0)


def draw_labels(axes: Axes, panel: Panel, scale: str) -> None:
    """Write the labels of lines at their ends, moved apart where they would overlap."""
    labelled = [line for line in panel.lines if line.label]
    if not labelled:
        return
    ends = [(line.at[scale][-1], line.values[-1]) for line in labelled]
    bottom, top = axes.get_ylim()
    shares = np.array([(y - bottom) / (top - bottom) for _, y in ends])
    height = axes.bbox.height / axes.figure.dpi * 72  # points
    for line, end, share in zip(
        labelled, ends, spread_out(shares, LINE_HEIGHT * FONT / height, 0, 1), strict=True
    ):
        axes.annotate(
            line.label,
            xy=(float(end[0]), float(end[1])),
            xytext=(1.04, float(share)),
            textcoords="axes fraction",
            fontsize=FONT,
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-", "color": colour(line.run), "linewidth": 0.6,
                "shrinkA": 1, "shrinkB": 2, "relpos": (0, 0.5),
            },
        )  # fmt: skip


def spread_out(wanted: Doubles, gap: float, low: float, high: float) -> Doubles:
    """Return heights near the wanted ones, at least ``gap`` apart if there is room."""
    order = np.argsort(wanted, kind="stable")
    steps = gap * np.arange(len(wanted))
    upwards = np.maximum.accumulate(np.maximum(wanted[order], low) - steps) + steps
    downwards = np.minimum.accumulate(np.minimum(upwards, high)[::-1] + steps)
    heights = np.empty(len(wanted))
    heights[order] = (downwards - steps)[::-1]
    return heights
