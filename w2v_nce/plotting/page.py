"""Stand-alone pages: data, scripts and style inside, no network.

The parts are files of their own in ``assets/``; what is read there is what runs.
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from importlib.resources import files
from string import Template
from typing import Any

import numpy as np

from w2v_nce.arrays import Doubles
from w2v_nce.plotting import style
from w2v_nce.plotting.curves import SCALES, Panel
from w2v_nce.plotting.style import shown
from w2v_nce.plotting.word_map import WordMap

UNITS = 100_000  # in half the width; coordinates are whole numbers of them
PER_MILLE = 1000  # of cosines, likewise
DIGITS = 6  # of the numbers of curves


def map_page(word_map: WordMap, title: str) -> bytes:
    """Return a page with a map of words."""
    places = np.round(word_map.projection.places * UNITS).astype(np.int64)
    data = {
        "words": word_map.words,
        "x": places[:, 0].tolist(),
        "y": places[:, 1].tolist(),
        "groups": word_map.groups.names,
        "group": word_map.groups.of_word.tolist(),
        "nearest": word_map.nearest.rows.tolist(),
        "cosines": np.round(word_map.nearest.scores * PER_MILLE).astype(np.int64).tolist(),
        "units": UNITS,
    }
    scripts = ("colours.js", "shapes.js", "labels.js", "view.js", "map.js", "search.js")
    return page("map", title, word_map.caption, scripts, data)


def curves_page(panels: Sequence[Panel], title: str, scale: str) -> bytes:
    """Return a page with curves of training; ``scale`` is their horizontal axis at first."""
    data = {
        "scales": SCALES,
        "scale": scale,
        "panels": [
            {
                "title": panel.title,
                "fromZero": panel.from_zero,
                "lines": [
                    {
                        "run": line.run,
                        "label": line.label,
                        "marked": line.marked,
                        "at": {name: rounded(at) for name, at in line.at.items()},
                        "values": rounded(line.values),
                        "spread": None if line.spread is None else rounded(line.spread),
                    }
                    for line in panel.lines
                ],
            }
            for panel in panels
        ],
    }
    return page("curves", title, "", ("colours.js", "axes.js", "curves.js"), data)


def page(kind: str, title: str, caption: str, scripts: Sequence[str], data: Any) -> bytes:
    """Return a page of the common frame, a body, scripts that run in order, and data.

    Args:
        kind: ``map`` or ``curves``; there is a file with the body of each.
        title: what it is about, a line of text.
        caption: a line below, with what there is to say of it.
        scripts: their files.
        data: what the scripts are given; as JSON.
    """
    colours = {"light": style.LIGHT, "dark": style.DARK, "shapes": style.SHAPES}
    text_of_title = html.escape(shown(title))
    body = Template(asset(f"{kind}.html"))
    text = Template(asset("page.html")).substitute(
        kind=kind,
        title=text_of_title,
        body=body.substitute(title=text_of_title, caption=html.escape(caption)),
        style=asset("page.css"),
        data=in_script({**data, "colours": colours}),
        script="\n".join(asset(name) for name in scripts),
    )
    return text.encode("utf-8")


def asset(name: str) -> str:
    """Return the text of a file in ``assets/``."""
    return (files("w2v_nce.plotting") / "assets" / name).read_text("utf-8")


def in_script(data: Any) -> str:
    """Return JSON that is safe in a script element, whatever the words are.

    A browser ends such an element at ``</script`` and treats ``<!--`` in its own way, so there is
    no ``<`` in it; all other characters but those of ASCII are escaped, too.
    """
    return json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def rounded(values: Doubles) -> list[float]:
    """Return numbers with as many digits as can be seen."""
    return [float(f"{value:.{DIGITS}g}") for value in values.tolist()]
