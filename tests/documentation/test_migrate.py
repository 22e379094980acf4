"""docs/migrate.md says what is true: of our options, and where it can be asked, of the peers'."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import shlex
from typing import Any, TypeVar

import pytest

from tests.pages import DOCS, blocks, code, default, parsed, rows, sections, shell_commands
from tests.peer_options import FASTTEXT, GENSIM, GENSIM_PHRASES, WORD2PHRASE, WORD2VEC, Meaning
from w2v_nce.settings.phrase_config import PhraseConfig
from w2v_nce.settings.train_config import TrainConfig

Config = TypeVar("Config", TrainConfig, PhraseConfig)

PAGE = (DOCS / "migrate.md").read_text("utf-8")
SECTIONS = dict(sections(PAGE))
#: Each table: the options of a peer, our command, and the rows.
TABLES: dict[str, tuple[dict[str, Meaning], str, list[list[str]]]] = {
    "word2vec.c": (WORD2VEC, "train", list(rows(SECTIONS["word2vec.c"]))),
    "word2phrase": (WORD2PHRASE, "phrases", list(rows(SECTIONS["word2phrase"]))),
    "fastText": (FASTTEXT, "train", list(rows(SECTIONS["fastText"]))),
    "gensim": (GENSIM, "train", list(rows(SECTIONS["gensim"].partition("`Phrases(...)`")[0]))),
    "Phrases": (
        GENSIM_PHRASES,
        "phrases",
        list(rows(SECTIONS["gensim"].partition("`Phrases(...)`")[2])),
    ),
}
CASES = [
    pytest.param(meanings, command, row, id=f"{table}-{row[0]}")
    for table, (meanings, command, found) in TABLES.items()
    for row in found
]


def option_and_value(text: str) -> tuple[str, str]:
    """Split `-size 100` and `vector_size=100`; what takes no value has an empty one."""
    option, _, value = text.partition("=" if "=" in text else " ")
    return option, value


def our_settings(command: str, text: str) -> dict[str, Any]:
    """Return what a cell sets: a whole command, or options of a command with any corpus."""
    if text.startswith("w2v-nce "):
        found = parsed(shlex.split(text))
        return {"command": found.name, **found.given}
    if not text.startswith("-"):
        return parsed(["w2v-nce", command, text]).given
    given = parsed(["w2v-nce", command, "CORPUS", *shlex.split(text)]).given
    return {key: value for key, value in given.items() if key != "corpus"}


@pytest.mark.parametrize(("meanings", "command", "row"), CASES)
def test_an_option_of_ours_sets_what_theirs_does(meanings, command, row):
    for text in code(row[0]):
        option, value = option_and_value(text)
        expected = meanings[option](value)
        if row[1] == "–":
            assert expected == {}
            continue
        (ours,) = code(row[1])
        assert our_settings(command, ours) == expected
        configure(command, ours)


def configure(command: str, text: str) -> None:
    """Settings are in their domains, too, and do not contradict each other."""
    if not text.startswith("w2v-nce "):
        kind = TrainConfig if command == "train" else PhraseConfig
        configured(kind, our_settings(command, text))


def configured(kind: type[Config], values: dict[str, Any]) -> Config:
    """Return a configuration of those values that are settings of it."""
    names = {item.name for item in dataclasses.fields(kind)}
    return kind(**{key: value for key, value in values.items() if key in names})


def assert_default(command: str, ours: str, claimed: str) -> None:
    """The option in ours has the default that is claimed: a value, or options with values."""
    words = shlex.split(claimed if claimed.startswith("--") else ours)
    if claimed.startswith("--"):
        pairs = list(zip(words[::2], words[1::2], strict=True))
    else:
        pairs = [(words[0], claimed)]
    effective = {
        "--noise-power": TrainConfig().power_of_noise,
        "--threshold": PhraseConfig().threshold_of(0),
    }
    for option, value in pairs:
        real = default(command, option)
        real = effective[option] if real is None else real
        assert type(real)(value) == real, option


@pytest.mark.parametrize(("meanings", "command", "row"), CASES)
def test_defaults_are_ours(meanings, command, row):
    for claimed in code(row[2]):
        assert_default(command, *code(row[1]), claimed)


@pytest.mark.parametrize("table", TABLES)
def test_every_option_is_explained_once(table):
    meanings, _, found = TABLES[table]
    cells = [text for row in found for text in code(row[0])]
    assert len(cells) == len(set(cells))
    assert {option_and_value(text)[0] for text in cells} == set(meanings)
    assert all(row[1] != "–" or row[3] for row in found)


@pytest.mark.parametrize(("table", "name"), [("gensim", "Word2Vec"), ("Phrases", "Phrases")])
def test_defaults_are_those_of_gensim(table, name):
    models = pytest.importorskip("gensim.models")
    real = inspect.signature(getattr(models, name)).parameters
    meanings, _, found = TABLES[table]
    assert set(real) == set(meanings)
    shown: dict[str, list[str]] = {}
    for row in found:
        option, value = option_and_value(*code(row[0]))
        shown.setdefault(option, []).append(value)
    for option, values in shown.items():
        value = real[option].default
        text = "hash" if value is hash else str(value)
        assert text in values or values in (["FILE"], ["npmi"]), option


def test_defaults_are_those_of_fasttext():
    real = pytest.importorskip("fasttext.FastText").unsupervised_default
    shown = dict(map(option_and_value, (code(row[0])[0] for row in TABLES["fastText"][2])))
    own = {"thread", "verbose", "model", "pretrainedVectors"}  # of Python, or not a value
    for name, value in real.items():
        if name not in own and not name.startswith("autotune"):
            assert type(value)(shown[f"-{name}"]) == value, name


def settings_of_peer(words: list[str]) -> dict[str, Any]:
    """Return what a command line of a peer sets, its defaults included."""
    program, *rest = words
    meanings = {"word2vec": WORD2VEC, "fasttext": FASTTEXT, "word2phrase": WORD2PHRASE}[program]
    common = {"dim": 100, "window": 5, "epochs": 5, "noise": 5, "loss": "ns"}
    found: dict[str, Any] = {"min_count": 5}
    if program == "word2vec":
        found |= {**common, "sample": 1e-3, "architecture": "cbow"}
    if program == "fasttext":
        found |= {**common, "sample": 1e-4}
        found |= meanings[rest.pop(0)]("")
    if "-binary" in rest:
        place = rest.index("-binary")
        assert rest[place + 1] == "1"
        del rest[place : place + 2]
        assert rest[rest.index("-output") + 1].endswith(".bin")
    for option, value in zip(rest[::2], rest[1::2], strict=True):
        found |= meanings[option](value)
    return found


def settings_of_call(text: str) -> dict[str, Any]:
    """Return what a call of gensim's Word2Vec sets, its defaults included."""
    call = ast.parse(text.strip(), mode="eval").body
    assert isinstance(call, ast.Call)
    found = {"dim": 100, "window": 5, "epochs": 5, "noise": 5, "loss": "ns", "sample": 1e-3}
    found |= {"min_count": 5, "architecture": "cbow"}
    for item in call.keywords:
        found |= GENSIM[str(item.arg)](str(ast.literal_eval(item.value)))
    return found


def whole_lines() -> list[tuple[list[dict[str, Any]], list[str]]]:
    """Return what command lines of peers set, and ours beside them."""
    result: list[tuple[list[dict[str, Any]], list[str]]] = []
    theirs: list[dict[str, Any]] = []
    for language, text in blocks(SECTIONS["Whole command lines"]):
        if language == "python":
            theirs = [settings_of_call(text)]
            continue
        for words in filter(None, shell_commands(text)):
            if words[0] == "w2v-nce":
                result.append((theirs, words))
                theirs = []
            else:
                theirs.append(settings_of_peer(words))
    return result


def test_whole_command_lines_set_the_same():
    pairs = whole_lines()
    assert len(pairs) == 5
    for theirs, words in pairs:
        ours = parsed(words)
        if ours.name == "phrases":
            config = configured(PhraseConfig, ours.values)
            thresholds = [config.threshold_of(number) for number in range(config.passes)]
            assert thresholds == [each.pop("threshold") for each in theirs]
            assert ours.given["corpus"] == theirs[0]["corpus"]
            assert ours.given["output"] == theirs[-1]["output"]
            assert ours.values["min_count"] == theirs[0]["min_count"] == theirs[1]["min_count"]
            continue
        (expected,) = theirs
        values = {**ours.values, "noise": configured(TrainConfig, ours.values).k}
        assert {key: values[key] for key in expected} == expected
        assert set(ours.given) <= set(expected)


def test_what_is_fixed_elsewhere_can_be_chosen():
    found = list(rows(SECTIONS["Fixed there, chosen here"]))
    assert len(found) == 5
    for row in found:
        configure("train", *code(row[1]))
        for claimed in code(row[2]):
            assert_default("train", *code(row[1]), claimed)


def test_learning_rates():
    text = SECTIONS["Learning rates"]
    head = next(line for line in text.splitlines() if line.startswith("| |"))
    found = list(rows(text))
    assert len(found) == 3
    for row in found:
        for loss, rate in zip(code(head), row[1:], strict=True):
            settings = our_settings("train", f"{code(row[0])[0]} {loss}")
            assert TrainConfig(**settings).initial_rate == float(rate)


def test_figures_are_those_of_the_benchmarks():
    benchmarks = (DOCS / "benchmarks.md").read_text("utf-8")
    cells = [cell for row in rows(SECTIONS["What to expect"]) for cell in row[1:]]
    assert len(cells) == 26
    for cell in cells:
        assert re.search(rf"(?<![\d.,]){re.escape(cell)}(?![\d.,])", benchmarks), cell
