"""What ``w2v-nce info`` says of files that have no vectors, and of what only looks like them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from w2v_nce.cli.commands.info import content_of
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.errors import FormatError

START: dict[str, Any] = {
    "event": "start", "vocabulary": 1234, "words": 98765,
    "config": {"architecture": "skipgram", "loss": "ns", "dim": 7},
}  # fmt: skip
RUN = "a log of a run: skipgram, ns, 1,234 x 7; "
INDEX = {"kind": "w2v-nce index", "recall": 0.99871}


def lines(*documents: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in documents)


CONTENTS = [
    (b"the\t70\nof\t1000\n", None),  # classes, or the like
    (b"the\t1000\nof\t70\n", "a vocabulary of 2 words, 1,070 running words"),
    (b"</s> 9000\nthe 1000\nof 70\n", "a vocabulary of 2 words, 1,070 running words"),
    (b"2 1\nthe 1000\nof 70\n", None),  # vectors
    (b"the 1 2\nof 3 4\n", None),
    (lines(INDEX) + b"\xff\n\xff", "an index for 'similar --index', recall 0.999 of the ten"
                                   " nearest"),
    (lines(START), f"{RUN}under way or killed, 0 of 98,765 words"),
    (lines(START, {"event": "tick", "words": 7000}) + b'{"event": "ti',
     f"{RUN}under way or killed, 7,000 of 98,765 words"),
    (lines(START, {"event": "end", "words": 98765, "stopped": None}),
     f"{RUN}done, 98,765 of 98,765 words"),
    (lines(START, {"event": "end", "words": 700, "stopped": "patience"}),
     f"{RUN}patience, 700 of 98,765 words"),
    (b"", None),
    (b"[1]\n", None),
    (b'{"event": "start"}\n', None),
]  # fmt: skip


@pytest.mark.parametrize(("data", "said"), CONTENTS)
def test_what_is_said(data: bytes, said: str | None) -> None:
    Path("file").write_bytes(data)
    assert content_of("file") == said


def test_a_vocabulary_that_is_malformed_is_told_as_such() -> None:
    Path("file").write_bytes(b"the\t1000\nof 70 1\n")
    with pytest.raises(FormatError, match="file, line 2: 'of 70 1' is not a word and its count"):
        content_of("file")


def test_a_matrix_of_whole_numbers_is_no_vocabulary() -> None:
    Embeddings(["a", "b"], [[5, 3], [4.5, 2]]).save("v.tsv")
    assert content_of("v.tsv") is None


@given(
    st.binary(max_size=60) | st.sampled_from([data for data, _ in CONTENTS]), st.integers(0, 400)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage(data: bytes, size: int) -> None:
    Path("file").write_bytes(data[:size])
    try:
        said = content_of("file")
    except FormatError as error:
        said = str(error)
    assert said is None or "\n" not in said
