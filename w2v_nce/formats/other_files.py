"""Files of this program that have no vectors in them."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

from w2v_nce.formats.index_file import KIND as INDEX
from w2v_nce.formats.matrix import words_file

HEAD = 1 << 16  # bytes that are looked at, at either end
COUNTED = re.compile(rb"\S+\t[0-9]+|</s> [0-9]+")  # how 'w2v-nce vocab' begins, and word2vec.c


def content_of(path: str | Path) -> str | None:
    """Say what a file is, with some facts, if it is a vocabulary, an index or a log.

    Raises:
        FormatError: if it is a vocabulary, and malformed.
    """
    try:
        with Path(path).open("rb") as file:
            first = file.readline(HEAD).rstrip()
            file.seek(max(file.seek(0, 2) - HEAD, 0))
            whole_lines = file.read().split(b"\n")[:-1]
    except OSError:
        return None  # what reads it will say what is wrong
    if COUNTED.fullmatch(first) and not words_file(path, ".tsv").exists():  # of a matrix
        return _vocabulary(path)
    try:
        begin = json.loads(first)
        if begin.get("kind") == INDEX:
            recall = float(begin["recall"])
            return f"an index for 'similar --index', recall {recall:.3f} of the ten nearest"
        return _log(begin, json.loads(whole_lines[-1])) if begin["event"] == "start" else None
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return None  # damaged, or something else


def _vocabulary(path: str | Path) -> str | None:
    from w2v_nce.formats.vocabulary_file import read_counts  # which takes Numba

    counts = list(read_counts(path).values())
    if any(one < next_one for one, next_one in pairwise(counts)):
        return None  # the numbers are something else, such as classes
    return f"a vocabulary of {len(counts):,} words, {sum(counts):,} running words"


def _log(begin: dict[str, Any], latest: dict[str, Any]) -> str:
    config = begin["config"]
    what = f"{config['architecture']}, {config['loss']}, {begin['vocabulary']:,} x {config['dim']}"
    state = latest["stopped"] or "done" if latest["event"] == "end" else "under way or killed"
    words = 0 if latest["event"] == "start" else latest["words"]
    return f"a log of a run: {what}; {state}, {words:,} of {begin['words']:,} words"
