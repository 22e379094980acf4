"""Style of all pictures: colours and shapes that distinguish groups, and words as printable text.

Seven colours for a light and seven for a dark page, chosen by a search among OKLCH colours: each
stands out from its background by 3 to 1 at least, and any two differ clearly, also for eyes without
red, green or blue cones (tests/plotting/test_palette.py simulates them). More groups take more
shapes.
"""

from __future__ import annotations

import re

LIGHT = ("#195cc7", "#ec6f00", "#24a684", "#ab79f5", "#155003", "#69037b", "#8b5d64")
DARK = ("#3375e3", "#fee32d", "#62c24c", "#c6a9fc", "#72fbf3", "#cd4b92", "#9f7100")
SHAPES = ("circle", "square", "triangle", "diamond")
MOST = len(LIGHT) * len(SHAPES)  # groups that can be distinguished

#: What XML or a line of text cannot hold: controls, line separators, halves of surrogate pairs
#: (bytes that are not UTF-8 among them) and two codes that are no characters.
UNSHOWN = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
LONGEST = 60  # characters


def colour(number: int) -> str:
    """Return the colour of a group or a line on white."""
    return LIGHT[number % len(LIGHT)]


def shape(number: int) -> str:
    """Return the shape of a group's dots."""
    return SHAPES[number // len(LIGHT) % len(SHAPES)]


def shown(word: str) -> str:
    r"""Return a word with escapes such as ``\x00`` for odd characters, cut off if too long."""
    short = word if len(word) <= LONGEST else word[: LONGEST - 1] + "…"
    return UNSHOWN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), short)
