"""Pictures: maps of words, and the curves of training.

``word_map`` and ``curves`` say what is drawn; ``page`` renders it as stand-alone pages,
``map_figure`` and ``curves_figure`` as pictures for print, by Matplotlib.
"""

from __future__ import annotations

from pathlib import Path

from w2v_nce.errors import ConfigError

KINDS = ("html", "png", "svg")


def kind_of(path: str | Path) -> str:
    """Return the kind of picture that files of this name hold.

    Raises:
        ConfigError: if it is none of ``KINDS``.
    """
    kind = Path(path).suffix.lower().removeprefix(".")
    if kind not in KINDS:
        raise ConfigError(f"{path}: a picture's name ends in .html, .png or .svg")
    return kind
