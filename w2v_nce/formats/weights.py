"""Files of words and their weights, a pair on each line."""

from __future__ import annotations

import math
from pathlib import Path

from w2v_nce.errors import FormatError
from w2v_nce.text import BYTE_ORDER_MARK


def read_weights(path: str | Path) -> dict[bytes, float]:
    """Read lines of a word and a weight, with white space between them; empty lines are skipped.

    Raises:
        FormatError: naming the file and the line that is not such a pair.
    """
    try:
        lines = Path(path).read_bytes().removeprefix(BYTE_ORDER_MARK).split(b"\n")
    except OSError as error:
        raise FormatError(f"{path}: {error.strerror or error}") from error
    weights: dict[bytes, float] = {}
    for number, line in enumerate(lines, 1):
        fields = line.split()
        if not fields:
            continue
        weight = _weight(fields[-1])
        if len(fields) != 2 or weight is None:
            shown = line[:60].decode("utf-8", "replace").strip()
            raise FormatError(
                f"{path}, line {number}: {shown!r} is not a word and a weight of zero or more"
            )
        if fields[0] in weights:
            word = fields[0].decode("utf-8", "replace")
            raise FormatError(f"{path}, line {number}: {word!r} has a weight already")
        weights[fields[0]] = weight
    return weights


def _weight(text: bytes) -> float | None:
    try:
        weight = float(text)
    except ValueError:
        return None
    return weight if math.isfinite(weight) and weight >= 0 else None
