"""What is done to the bytes of a text, against Python's own strings."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from w2v_nce.text import ENCODING_ERRORS, Cleaning

TEXTS = st.one_of(st.binary(), st.text().map(lambda text: text.encode("utf-8", "replace")))


@given(TEXTS)
def test_nothing_is_done_unless_asked_for(text: bytes) -> None:
    assert Cleaning().clean(text) == text


@given(TEXTS)
@example(b"ABC \xff DEF")
@example("ΟΔΟΣ İI ǅ".encode())
def test_lowercase_is_that_of_python_and_keeps_other_bytes(text: bytes) -> None:
    expected = text.decode("utf-8", "surrogateescape").lower().encode("utf-8", "surrogateescape")
    assert Cleaning(lowercase=True).clean(text) == expected


@given(TEXTS)
@example(b"caf\xe9 \xe4\xb8")
def test_what_is_not_utf_8_is_replaced_or_ignored(text: bytes) -> None:
    for errors in ("replace", "ignore"):
        expected = text.decode("utf-8", errors).encode()
        assert Cleaning(errors=errors).clean(text) == expected


def test_strict_refuses_what_is_not_utf_8() -> None:
    strict = Cleaning(errors="strict")
    assert strict.clean("Köln".encode()) == "Köln".encode()
    with pytest.raises(UnicodeDecodeError):
        strict.clean(b"K\xf6ln")
    assert strict.clean_word("K\udcf6ln") == b"K\xf6ln"


@given(st.lists(st.sampled_from([b"\xe4\xb8", b"A\xff", "ΑΣ".encode(), b"Ab", b"\xf0\x9f\x98"])))
def test_words_are_treated_as_in_their_text(words: list[bytes]) -> None:
    for lowercase in (False, True):
        for errors in set(ENCODING_ERRORS) - {"strict"}:
            cleaning = Cleaning(lowercase, errors)
            alone = [cleaning.clean_word(word.decode("utf-8", "surrogateescape")) for word in words]
            assert cleaning.clean(b" ".join(words)) == b" ".join(alone)
