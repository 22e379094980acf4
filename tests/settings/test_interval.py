"""How much is trained between measurements."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v_nce.errors import ConfigError
from w2v_nce.settings.setting import Interval
from w2v_nce.settings.train_config import TrainConfig

BLOCKS = st.lists(st.integers(0, 40), min_size=1, max_size=12)  # words of the blocks of a text


@pytest.mark.parametrize(
    ("text", "amount", "of_epochs"),
    [
        ("1epoch", Fraction(1), True),
        ("0.1epochs", Fraction(1, 10), True),
        ("3Epochs", Fraction(3), True),
        ("500words", Fraction(500), False),
        ("2.5kwords", Fraction(2500), False),
        ("50Mwords", Fraction(50_000_000), False),
        (" 1Gword ", Fraction(10**9), False),
    ],
)
def test_what_it_stands_for(text: str, amount: Fraction, of_epochs: bool) -> None:
    assert Interval.parse(text, "eval_every") == (amount, of_epochs)


@pytest.mark.parametrize(
    "text", ["", "1", "epoch", "0epoch", "0.0words", "-1epoch", "10m", "5Mepochs", "1e3words"]
)
def test_what_it_does_not_stand_for(text: str) -> None:
    with pytest.raises(ConfigError, match=r"`eval_every` is '.*'; it takes epochs or words, such"):
        TrainConfig(heldout="0.1", eval_every=text)


@given(BLOCKS, st.fractions(Fraction(1, 20), 5, max_denominator=20), st.integers(1, 6))
def test_parts_of_epochs_begin_where_they_should(
    blocks: list[int], amount: Fraction, epochs: int
) -> None:
    """Naively: before every block, how many epochs have gone by, divided by the interval."""
    total = max(sum(blocks), 1)
    interval = Interval(amount, of_epochs=True)
    words = 0
    for epoch in range(epochs):
        within = 0
        for size in blocks:
            share = Fraction(min(within, total - 1), total)  # a block at the end is still within
            assert interval.number(epoch, words, total) == int((epoch + share) / amount)
            within, words = within + size, words + size


@given(BLOCKS, st.integers(1, 100), st.integers(1, 500), st.booleans())
def test_numbers_never_fall_and_epochs_begin_anew_whatever_was_counted(
    blocks: list[int], amount: int, counted: int, of_epochs: bool
) -> None:
    interval = Interval(Fraction(amount, 7 if of_epochs else 1), of_epochs)
    words, last = 0, 0
    for epoch in range(4):
        if of_epochs:
            assert interval.number(epoch, words, counted) >= int(epoch / interval.amount)
        for size in blocks:
            number = interval.number(epoch, words, counted)
            assert number >= last
            if of_epochs:
                assert number <= int((epoch + 1) / interval.amount)
            else:
                assert number == words // amount
            words, last = words + size, number


def test_it_is_about_measurements() -> None:
    for settings, name in (
        ({"eval_every": "1epoch"}, "eval_every"),
        ({"patience": 2}, "patience"),
        ({"keep_best": True}, "keep_best"),
    ):
        with pytest.raises(ConfigError, match=f"`{name}` needs something to measure"):
            TrainConfig(**settings)
        TrainConfig(heldout="0.1", **settings)
        TrainConfig(evals=("pairs.txt",), **settings)
    with pytest.raises(ConfigError, match=r"`evals` is 'pairs\.txt'; it takes a list of names"):
        TrainConfig(evals="pairs.txt")
    assert TrainConfig(evals=["a", "b"]) == TrainConfig(evals=("a", "b"))
