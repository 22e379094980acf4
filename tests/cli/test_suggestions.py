"""Mistyped names and those of other programs get the right ones."""

from __future__ import annotations

import string

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v_nce.cli import program
from w2v_nce.cli.options.command import unknown_variables
from w2v_nce.cli.options.names import PREFIX, known_options, plain
from w2v_nce.cli.options.suggestions import (
    PEER_COMMANDS,
    PEERS,
    command_advice,
    foreign_option,
    option_advice,
)

TRAIN = program.commands["train"]


def refusal(*arguments: str) -> str:
    with pytest.raises(click.UsageError) as caught:
        program.main(list(arguments), prog_name="w2v-nce", standalone_mode=False)
    return caught.value.format_message()


@st.composite
def misspelt(draw: st.DrawFn, names: list[str]) -> tuple[str, str]:
    """A name, and the same with one letter left out, doubled or replaced."""
    name = draw(st.sampled_from([each for each in names if len(each) > 5]))
    place = draw(st.integers(1, len(name) - 1))
    letters = draw(st.sampled_from(["", name[place] * 2, draw(st.sampled_from(string.digits))]))
    return name, name[:place] + letters + name[place + 1 :]


@given(misspelt(list(program.commands)))
def test_one_wrong_letter_in_a_command(names: tuple[str, str]) -> None:
    name, wrong = names
    if wrong not in PEER_COMMANDS and wrong not in program.commands:
        assert command_advice(wrong, program.commands) == f"; did you mean {name}?"


@given(misspelt([each.opts[-1] for each in TRAIN.params if isinstance(each, click.Option)]))
def test_one_wrong_letter_in_an_option(names: tuple[str, str]) -> None:
    name, wrong = names
    if plain(wrong) not in known_options(TRAIN) and plain(wrong) not in PEERS:
        assert f"; did you mean {name}?" in refusal("train", "x", wrong)


@pytest.mark.parametrize("peer", PEERS)
def test_options_of_others_are_told(peer: str) -> None:
    ours = PEERS[peer]
    assert peer not in known_options(TRAIN), "an option of ours: never looked up"
    assert " " in ours or ours in known_options(TRAIN)
    dash = "-" if len(peer) == 1 else "--"
    wanted = ours if " " in ours else known_options(TRAIN)[ours].opts[0]
    told = option_advice(peer, TRAIN)
    assert told.startswith("; here it is ")
    assert wanted in told or told == "; here it is CORPUS..."
    for written in (dash + peer, f"-{peer}", f"{dash}{peer.replace('-', '_')}"):
        assert refusal("train", "x", written, "5") == f"No such option {written}{told}"


@pytest.mark.parametrize("peer", PEER_COMMANDS)
def test_commands_of_others_are_told(peer: str) -> None:
    assert peer not in program.commands
    ours = PEER_COMMANDS[peer]
    assert ours.split()[0] in {*program.commands, "COMMAND"}
    assert refusal(peer) == f"No such command '{peer}'; here it is 'w2v-nce {ours}'"


@pytest.mark.parametrize(
    ("argument", "option"),
    [
        ("-output", "-output"),
        ("-output=x", "-output"),
        ("-min_count", "-min_count"),
        ("-minCount", "-minCount"),
        ("-o", ""),
        ("-oout.bin", ""),
        ("-q", ""),
        ("-5", ""),
        ("-", ""),
        ("--output", ""),
        ("output", ""),
    ],
)
def test_what_click_would_take_for_letters(argument: str, option: str) -> None:
    assert foreign_option(argument, TRAIN) == option


def test_what_stands_behind_two_dashes_is_no_option() -> None:
    context = program.commands["similar"].make_context("similar", ["--", "-size", "-output"])
    assert context.params["words"] == ("-size", "-output")


def test_options_before_the_command() -> None:
    assert refusal("--dim", "5", "train").endswith("as in 'w2v-nce train --dim'")
    assert refusal("--quux", "train") == "No such option --quux"


def test_options_of_others_without_a_command() -> None:
    """As word2vec.c is called, which has no commands."""
    message = (
        "No such option -size; here it is --dim N; a command comes first, as in 'w2v-nce train'"
    )
    assert refusal("-size", "100", "-train", "corpus.txt") == message


def test_unknown_variables_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("THREAD", "THREADS", "QUUX"):
        monkeypatch.setenv(PREFIX + name, "1")
    assert unknown_variables(["W2V_NCE_THREADS", "W2V_NCE_DIM"]) == [
        "W2V_NCE_QUUX in the environment is no option of w2v-nce",
        "W2V_NCE_THREAD in the environment is no option of w2v-nce; did you mean W2V_NCE_THREADS?",
    ]


def test_options_are_told_as_they_were_given() -> None:
    assert refusal("train", "x", "--checkpoint", "run", "--check") == (
        "No such option --check; did you mean --checkpoint?"
    )
    assert refusal("train", "x", "-zzz=1") == "No such option -zzz"
