"""What the commands print, to the letter."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner

from tests.helpers import write_lines
from w2v_nce.cli import program
from w2v_nce.cli.commands.train import train
from w2v_nce.cli.options.values import parse_size
from w2v_nce.cli.terminal.console import clock, compact, percent
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.settings.setting import option_name
from w2v_nce.settings.train_config import TrainConfig


@pytest.fixture
def vectors(tmp_path: Path) -> Path:
    """A plane on which man - king and woman - queen are the same step."""
    places = {"man": (1, 0), "king": (1, 1), "woman": (2, 0), "queen": (2, 1.2), "rock": (-5, -1)}
    path = tmp_path / "vectors.txt"
    Embeddings(list(places), np.array(list(places.values()), np.float32)).save(path)
    return path


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    lines = [
        ": family", "man king woman queen", "Man King Woman Queen", "man king woman cow",
        ": gram1-nonsense", "king queen rock woman",
    ]  # fmt: skip
    return write_lines(tmp_path / "questions.txt", lines)


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    return write_lines(
        tmp_path / "pairs.csv", ["man,king,5", "man,rock,1", "king,queen,9", "a,b,3"]
    )


def test_plain_tables_of_eval(vectors: Path, questions: Path, pairs: Path) -> None:
    arguments = ["eval", questions.name, pairs.name, "-m", vectors.name]
    result = CliRunner().invoke(program, arguments)
    assert result.exit_code == 0, result.output
    assert result.output == (
        "questions.txt: analogies by 3CosAdd among 5 words\n"
        "section         accuracy  correct  coverage\n"
        "family           100.0 %   2 of 2    66.7 %\n"
        "gram1-nonsense     0.0 %   0 of 1   100.0 %\n"
        "semantic         100.0 %   2 of 2    66.7 %\n"
        "syntactic          0.0 %   0 of 1   100.0 %\n"
        "total             66.7 %   2 of 3    75.0 %\n"
        "\n"
        "pairs.csv: word pairs\n"
        "           spearman  pearson   found  coverage\n"
        "all pairs     1.000    0.921  3 of 4    75.0 %\n"
    )


def test_json_of_eval(vectors: Path, questions: Path, pairs: Path) -> None:
    arguments = ["eval", questions.name, pairs.name, "-m", vectors.name, "--json"]
    document = json.loads(CliRunner().invoke(program, [*arguments, "--method", "mul"]).output)
    assert document["schema_version"] == 1
    assert document["vectors"] == "vectors.txt"
    analogies, similarity = document["reports"]
    assert analogies["file"] == "questions.txt"
    assert analogies["task"] == "analogies"
    assert analogies["method"] == "mul"
    assert analogies["total"]["answered"] == 3
    assert analogies["total"]["total"] == 4
    assert analogies["sections"]["family"] == {
        "accuracy": 1.0, "coverage": 2 / 3, "correct": 2, "answered": 2, "total": 3,
    }  # fmt: skip
    assert similarity["task"] == "similarity"
    assert similarity["spearman"] == pytest.approx(1.0)
    assert similarity["coverage"] == 0.75


def test_restricting_the_vocabulary(vectors: Path, questions: Path) -> None:
    arguments = ["eval", questions.name, "-m", vectors.name, "--json", "--restrict-vocab"]
    few = json.loads(CliRunner().invoke(program, [*arguments, "3"]).output)["reports"][0]
    assert (few["vocabulary"], few["total"]["answered"]) == (3, 0)
    assert few["total"]["accuracy"] is None
    everything = json.loads(CliRunner().invoke(program, [*arguments, "0"]).output)["reports"][0]
    assert everything["vocabulary"] == 5


def test_every_setting_has_an_option_with_its_default() -> None:
    options = {option.name: option for option in train.params if isinstance(option, click.Option)}
    for item in dataclasses.fields(TrainConfig):
        assert options[item.name].opts == [option_name(item)]
        about, spelt = item.metadata["help"], options[item.name].help
        assert spelt == about if "`" not in about else "`" not in spelt
    assert TrainConfig() == TrainConfig(
        **{item.name: options[item.name].default for item in dataclasses.fields(TrainConfig)}
    )


def test_train_help_shows_defaults() -> None:
    text = CliRunner().invoke(program, ["train", "--help"]).output
    text = " ".join(text.split())
    for part in (
        "--noise-power",
        "Default: 0.75 for unigram",
        "--lr",
        "[default: cbow]",
        "-o, --output",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("7", 7),
        ("10K", 10240),
        ("500m", 500 << 20),
        ("1.5G", 3 << 29),
        ("2TiB", 2 << 40),
        ("9B", 9),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "-1", "1X", "G", "1 000"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a size; write it like 500M or 4G"):
        parse_size(text)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (950, "950"), (12_345, "12.3k"), (6.77e7, "67.7M"), (2e9, "2.0G")],
)
def test_large_numbers_are_short(number: float, text: str) -> None:
    assert compact(number) == text


def test_durations_and_shares() -> None:
    assert [clock(s) for s in (0, 59.7, 3725)] == ["0:00:00", "0:01:00", "1:02:05"]
    assert [percent(s) for s in (None, 0.0, 0.3456)] == ["-", "0.0 %", "34.6 %"]
