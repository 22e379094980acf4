"""Words as they can be shown: any bytes, in any kind of picture."""

from __future__ import annotations

import re

#: What XML or a line of text cannot hold: controls, line separators, halves of surrogate pairs
#: (bytes that are not UTF-8 among them) and two codes that are no characters.
UNSHOWN = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
LONGEST = 60  # characters


def shown(word: str) -> str:
    r"""Return a word with escapes such as ``\x00`` for odd characters, cut off if too long."""
    short = word if len(word) <= LONGEST else word[: LONGEST - 1] + "…"
    return UNSHOWN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), short)
