"""Options in files and in the environment: what is written is read, and who wins."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.command_line import w2v_nce
from tests.processes import assert_refused, random_corpus
from w2v_nce.cli import program
from w2v_nce.cli.options.command import Command, default_options, is_given
from w2v_nce.cli.options.config_file import (
    config_text,
    is_list,
    key_of,
    load_options,
    saved,
    write_config,
)
from w2v_nce.cli.options.help import HelpContext
from w2v_nce.cli.options.names import origin_of
from w2v_nce.cli.options.values import parse_duration
from w2v_nce.errors import ConfigError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TRAIN = program.commands["train"]
#: Commands that take options from files.
COMMANDS = [
    each for each in program.commands.values() if "save_config" in {p.name for p in each.params}
]
SAME_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def values(parameter: click.Parameter) -> st.SearchStrategy[Any]:
    """What an option may have, once it is parsed."""
    kind = parameter.type
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return st.booleans()
    if is_list(parameter):
        return st.lists(TEXT, max_size=3).map(tuple)
    if isinstance(kind, click.Choice):
        return st.sampled_from(kind.choices)
    if isinstance(kind, click.types.IntParamType):
        return st.integers(0, 2**63 - 1)
    if isinstance(kind, click.types.FloatParamType):
        return st.floats(allow_nan=False, allow_infinity=False)
    if kind.name == parse_duration.__name__:
        return st.floats(0.1, 1e6)
    if parameter.metavar == "SIZE":
        return st.integers(0, 2**50)
    return TEXT


@st.composite
def options(draw: st.DrawFn, command: click.Command) -> dict[str, Any]:
    """Some options of a command, the others as by default."""
    found = default_options(command)
    for parameter in saved(command):
        if draw(st.booleans()):
            found[parameter.name or ""] = draw(values(parameter))
    return found


def context_of(command: click.Command, *arguments: object) -> click.Context:
    return command.make_context(command.name, [str(each) for each in arguments])


def read(command: click.Command, text: str) -> dict[str, Any]:
    """Return the options of a command whose file has this text."""
    Path("run.toml").write_text(text, "utf-8")
    return context_of(command, "--config", "run.toml").params


def test_commands_with_many_options_take_them_from_files() -> None:
    assert {each.name for each in COMMANDS} >= {"train", "phrases"}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.name)
@given(data=st.data())
@SAME_FOLDER
def test_what_is_written_is_read(command: click.Command, data: st.DataObject) -> None:
    wanted = data.draw(options(command))
    if not wanted["corpus"]:
        wanted["corpus"] = ("corpus.txt",)
    assert read(command, config_text(command, wanted)) == wanted


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.name)
def test_every_option_is_written_and_those_behind_a_mark_are_defaults(
    command: click.Command,
) -> None:
    wanted = {**default_options(command), "corpus": ("corpus.txt",)}
    text = config_text(command, wanted)
    assert tomllib.loads(text) == {"corpus": ["corpus.txt"]}
    lines = [line[1:] for line in text.splitlines() if line[:1] == "#" and line[1:2] not in " #"]
    assert [line.split(" = ")[0].removesuffix(" =") for line in lines] == [
        key_of(each)
        for _, group in command.option_groups(HelpContext(command))
        for each in group
        if each in saved(command)
    ]
    given_lines = [line for line in lines if not line.endswith("=")]
    assert read(command, "\n".join(['corpus = "corpus.txt"', *given_lines])) == wanted


@pytest.mark.parametrize(
    ("arguments", "environment", "file", "dim", "origin"),
    [
        ([], {}, "", 100, None),
        ([], {}, "dim = 2", 2, "run.toml"),
        ([], {"W2V_NCE_DIM": "3"}, "dim = 2", 3, "W2V_NCE_DIM"),
        ([], {"W2V_NCE_DIM": "3", "W2V_NCE_TRAIN_DIM": "4"}, "", 4, "W2V_NCE_TRAIN_DIM"),
        ([], {"W2V_NCE_DIM": "", "W2V_NCE_VOCAB_DIM": "4"}, "dim = 2", 2, "run.toml"),
        (["--dim", 5], {"W2V_NCE_DIM": "3"}, "dim = 2", 5, None),
        (["--dim", 100], {}, "dim = 2", 100, None),
    ],
)
def test_who_wins(
    arguments: list[object],
    environment: dict[str, str],
    file: str,
    dim: int,
    origin: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("run.toml").write_text(file, "utf-8")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    context = context_of(TRAIN, "a", "--config", "run.toml", *arguments)
    parameter = next(each for each in TRAIN.params if each.name == "dim")
    assert context.params["dim"] == dim
    assert origin_of(context, parameter) == origin
    assert is_given(context, "dim") == bool(arguments or origin)


def test_arguments_win_over_the_file_as_a_whole() -> None:
    Path("run.toml").write_text("corpus = ['a', 'b']\nvocab = 'v'", "utf-8")
    assert context_of(TRAIN, "--config", "run.toml").params["corpus"] == ("a", "b")
    params = context_of(TRAIN, "c", "--config", "run.toml", "--vocab", "w").params
    assert (params["corpus"], params["vocabularies"]) == (("c",), ("w",))


def test_flags_and_lists_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("W2V_NCE_LOWERCASE", "1")
    monkeypatch.setenv("W2V_NCE_QUIET", "0")
    monkeypatch.setenv("W2V_NCE_VOCAB", "one word.tsv:two.tsv")
    monkeypatch.setenv("W2V_NCE_CHECKPOINT_EVERY", "2m")
    params = context_of(TRAIN, "a").params
    assert (params["lowercase"], params["quiet"]) == (True, False)
    assert params["vocabularies"] == ("one word.tsv", "two.tsv")
    assert params["checkpoint_every"] == 120


def test_the_file_may_be_named_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("run.toml").write_text("corpus = 'a'\ndim = 7", "utf-8")
    monkeypatch.setenv("W2V_NCE_CONFIG", "run.toml")
    assert context_of(TRAIN).params["dim"] == 7


def test_defaults_know_nothing_of_files_and_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    before = default_options(TRAIN)
    monkeypatch.setenv("W2V_NCE_DIM", "3")
    monkeypatch.setenv("W2V_NCE_QUIET", "1")
    assert default_options(TRAIN) == before
    assert before == {**context_of(TRAIN, "a").params, "dim": 100, "quiet": False, "corpus": ()}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epoch = 3", "'epoch' is no option of 'w2v-nce train'; here it is epochs"),
        ("learning_rate = 1", "'learning_rate' is no option of 'w2v-nce train'; did you mean lr?"),
        ("encoding-error = 'x'", "did you mean encoding-errors?"),
        ("lowercase = 'yes'", 'lowercase is "yes"; it takes true or false'),
        ("lowercase = 1", "lowercase is 1; it takes true or false"),
        ("dim = true", "dim is true; it takes a whole number"),
        ("dim = '100'", 'dim is "100"; it takes a whole number'),
        ("dim = [1, 2]", "dim is [1, 2]; it takes a whole number"),
        ("lr = 1979-05-27", 'lr is "1979-05-27"; it takes a number'),
        ("output = false", "output is false; it takes text in quotes"),
        ('output = "a\\u0000b"', "it takes text in quotes"),
        ("corpus = ['a', 1]", 'corpus is ["a", 1]; it takes text, or a list of texts in quotes'),
        ("loss = {a = 1}", 'loss is {"a": 1}; it takes text in quotes'),
        (f"dim = {'1' * 5000}", "run.toml"),
        (f"dim = {'[' * 5000}", "is not TOML: "),
        ("dim = 1\ndim = 2", "is not TOML: Cannot overwrite a value (at "),
    ],
)
def test_what_is_wrong_in_a_file_is_named(text: str, message: str) -> None:
    Path("run.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_options("run.toml", TRAIN)
    assert str(caught.value).startswith("run.toml")
    assert message in str(caught.value)


TOML = st.recursive(
    st.booleans() | st.integers() | st.floats() | TEXT | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)


@given(key=st.sampled_from([key_of(each) for each in saved(TRAIN)]) | TEXT, value=TOML)
@SAME_FOLDER
def test_a_value_of_any_type_is_taken_or_refused(key: str, value: object) -> None:
    def written(each: object) -> str:
        if isinstance(each, dict):
            return "{" + ", ".join(f"{quoted(k)} = {written(v)}" for k, v in each.items()) + "}"
        if isinstance(each, list):
            return "[" + ", ".join(map(written, each)) + "]"
        if isinstance(each, bool):
            return str(each).lower()
        return quoted(each) if isinstance(each, str) else str(each)

    def quoted(text: str) -> str:
        return '"' + "".join(f"\\U{ord(character):08x}" for character in text) + '"'

    with contextlib.suppress(ConfigError, click.UsageError):
        read(TRAIN, f"{quoted(key)} = {written(value)}\n")


@given(st.binary())
@SAME_FOLDER
def test_any_bytes_are_refused_in_one_sentence(data: bytes) -> None:
    Path("run.toml").write_bytes(data)
    try:
        load_options("run.toml", TRAIN)
    except ConfigError as error:
        assert "run.toml" in str(error)  # noqa: PT017 - a few bytes may be TOML


def test_a_name_that_is_not_utf_8_is_not_written() -> None:
    wanted = {**default_options(TRAIN), "corpus": ("caf\udce9.txt",)}
    with context_of(TRAIN, "a"), pytest.raises(ConfigError, match=r"caf.udce9.*; rename the file"):
        write_config("run.toml", wanted)
    assert not Path("run.toml").exists()


def test_a_saved_run_is_repeated_to_the_byte() -> None:
    corpus = random_corpus(Path("corpus.txt"), 500)
    options = ("--dim", 11, "--threads", 1, "--seed", 5, "--heldout", 0.05, "--epochs", 2)
    first = w2v_nce("train", corpus, *options, "-o", "first.bin", "--save-config", "run.toml")
    assert first.returncode == 0, first.stderr
    assert tomllib.loads(Path("run.toml").read_text("utf-8")) == {
        "corpus": ["corpus.txt"], "output": "first.bin", "dim": 11, "threads": 1, "seed": 5,
        "heldout": "0.05", "epochs": 2,
    }  # fmt: skip
    saving = ("--checkpoint", "run", "--checkpoint-every", "0.001s")
    again = w2v_nce("train", "--config", "run.toml", "-o", "again.bin", *saving)
    assert again.returncode == 0, again.stderr
    assert Path("again.bin").read_bytes() == Path("first.bin").read_bytes()
    # What a file gives counts as given: the same is taken, the other is refused.
    resuming = ("--resume", "run", "--save-config", "-")
    resumed = w2v_nce("train", "--config", "run.toml", *resuming)
    assert resumed.returncode == 0, resumed.stderr
    written = tomllib.loads(resumed.stdout)
    assert (written["dim"], written["checkpoint"]) == (11, "run")
    assert "resume" not in written
    Path("other.toml").write_text("dim = 12", "utf-8")
    assert_refused(
        w2v_nce("train", "--resume", "run", "--config", "other.toml"),
        "--dim is 12, but the checkpoint has 11; leave it out (other.toml)",
    )


def test_files_of_options_are_not_written_over() -> None:
    corpus = random_corpus(Path("corpus.txt"), 200)
    text = "dim = 4\nepochs = 1\n"
    Path("run.toml").write_text(text, "utf-8")
    for option in ("-o", "--log", "--report"):
        assert_refused(
            w2v_nce("train", corpus, "--config", "run.toml", option, "run.toml"),
            f"run.toml is the file of --config; choose another name with {option}",
        )
    assert Path("run.toml").read_text("utf-8") == text
    updated = w2v_nce("train", corpus, "--config", "run.toml", "--save-config", "run.toml")
    assert updated.returncode == 0, updated.stderr
    assert_refused(
        w2v_nce("train", corpus, "--save-config", "new", "--save-model", "new"),
        "--save-model new would replace new",
    )
    Path("run.toml").write_text("passes = 1", "utf-8")
    assert_refused(
        w2v_nce("phrases", corpus, "--config", "run.toml", "-o", "run.toml"),
        "run.toml is the file of --config; choose another name with -o",
    )


def test_a_saved_search_for_phrases_is_repeated_to_the_byte() -> None:
    corpus = random_corpus(Path("corpus.txt"), 200)
    options = ("--threshold", 0.5, "--min-count", 1, "--passes", 2, "--delimiter", "\x7f")
    first = w2v_nce("phrases", corpus, *options, "--save-config", "run.toml")
    assert first.returncode == 0, first.stderr
    again = w2v_nce("phrases", "--config", "run.toml")
    assert again.returncode == 0, again.stderr
    assert "\x7f" in first.stdout
    assert again.stdout == first.stdout


def test_every_option_has_one_meaning_in_the_environment() -> None:
    own: dict[str, str] = {}
    for command in program.commands.values():
        for parameter in command.params:
            names = list(parameter.envvar or ())
            assert names, f"{command.name} {parameter.opts}"
            assert names[0] not in own, names
            own[names[0]] = command.name or ""
    general = {each for c in program.commands.values() for p in c.params for each in p.envvar[1:]}
    assert not general & own.keys()


def test_every_command_is_one_of_ours() -> None:
    assert all(isinstance(command, Command) for command in program.commands.values())
