"""Lists of phrases: a line for each, with tabs between its fields.

The first line names them: pass, the words of the phrase with blanks between, count, score.
"""

from __future__ import annotations

from collections.abc import Iterator

from w2v_nce.phrases.phrases import Phrases

FIELDS = ("pass", "phrase", "count", "score")


def phrase_lines(phrases: Phrases) -> Iterator[bytes]:
    """Yield the lines of the list, the best phrases of each pass first."""
    yield "\t".join(FIELDS).encode() + b"\n"
    for number, found in enumerate(phrases.passes, 1):
        for phrase in found:
            yield b"%d\t%b\t%d\t%.6g\n" % (
                number, b" ".join(phrase.words), phrase.count, phrase.score,
            )  # fmt: skip
