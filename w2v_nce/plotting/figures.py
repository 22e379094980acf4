"""Pictures for print, by Matplotlib: style and output."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from w2v_nce.errors import ConfigError, require

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 200
INK, QUIET, RULE = "#1b1d21", "#5b6068", "#d9dce1"
#: Fonts, if installed; each for characters that those before lack.
FONTS = ("DejaVu Sans", "Noto Sans", "Noto Sans CJK SC", "Noto Sans Arabic", "Arial Unicode MS")
STYLE = {
    "font.size": 7.5,
    "svg.fonttype": "none",  # searchable, editable text
    "svg.hashsalt": "w2v-nce",  # equal pictures give equal files
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.edgecolor": RULE,
    "axes.linewidth": 0.6,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.unicode_minus": True,
    "grid.color": RULE,
    "grid.linewidth": 0.5,
    "text.color": INK,
    "text.parse_math": False,  # a $ is a $
    "xtick.color": RULE,
    "xtick.labelcolor": QUIET,
    "xtick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.color": RULE,
    "ytick.labelcolor": QUIET,
    "ytick.major.size": 0,
}


def matplotlib() -> Any:
    """Return Matplotlib.

    Raises:
        ConfigError: if it is missing.
    """
    return require("matplotlib", "a picture in PNG or SVG", "matplotlib", "plot")


@contextlib.contextmanager
def drawing() -> Iterator[None]:
    """Draw in our style, in the ``with`` block.

    Letters that no font has are boxes in the picture; Matplotlib would warn of each.

    Raises:
        ConfigError: if Matplotlib is missing.
    """
    library = matplotlib()
    from matplotlib.font_manager import get_font_names

    there = set(get_font_names())
    fonts = {"font.family": [font for font in FONTS if font in there]}
    with library.rc_context({**STYLE, **fonts}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of that many inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DPI)
    FigureCanvasAgg(figure)
    return figure


def drawn(figure: Figure, kind: str) -> bytes:
    """Return a figure as "png" or "svg"; the same figure gives the same bytes.

    Raises:
        ConfigError: if there is no such kind.
    """
    if kind not in ("png", "svg"):
        raise ConfigError(f"kind is {kind!r}; choose png or svg")
    buffer = io.BytesIO()
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    figure.savefig(buffer, format=kind, metadata=metadata)
    return buffer.getvalue()
