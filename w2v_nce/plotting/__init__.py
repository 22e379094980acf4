"""Pictures: maps of words, and the curves of training.

What is drawn (``word_map``, ``curves``) knows nothing of how: ``page`` makes pages of it that stand
on their own, ``map_figure`` and ``curves_figure`` pictures for print, by Matplotlib.
"""

from __future__ import annotations

from pathlib import Path

from w2v_nce.errors import ConfigError

KINDS = ("html", "png", "svg")


def kind_of(path: str | Path) -> str:
    """Return the kind of picture that files of this name hold.

    Raises:
        ConfigError: if it is none that can be drawn.
    """
    kind = Path(path).suffix.lower().removeprefix(".")
    if kind not in KINDS:
        raise ConfigError(f"{path}: a picture's name ends in .html, .png or .svg")
    return kind
