"""The library speaks Python, the command line speaks options."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from tests.helpers import write_lines
from w2v_nce.cli import program
from w2v_nce.cli.options.names import NAME, option_for, python_names, with_options
from w2v_nce.cli.options.option import Option
from w2v_nce.cli.options.values import FileName
from w2v_nce.errors import ConfigError, W2vNceError
from w2v_nce.settings.train_config import TrainConfig

TRAIN = program.commands["train"]

LIBRARY = Path(__file__).parent.parent.parent / "w2v_nce"


def context_of(command: str) -> click.Context:
    return click.Context(program.commands[command], parent=click.Context(program))


@pytest.mark.parametrize(
    ("command", "message", "expected"),
    [
        ("train", "`patience` is 0", "--patience is 0"),
        ("train", "try `learning_rate=0.1`", "try --lr 0.1"),
        ("train", "use `keep_best=True`", "use --keep-best"),
        ("vocab", "`max_vocab_memory` was reached", "--max-vocab-memory was reached"),
        ("score", "`Model.save` writes one", "'w2v-nce train --save-model' writes one"),
        ("score", "`calibrate_folder` does it", "'w2v-nce calibrate' does it"),
        ("train", "`quux` and `k=`", "`quux` and `k=`"),
        ("train", "{dim} `a b`.txt", "{dim} `a b`.txt"),
    ],
)
def test_options_stand_for_names_of_python(command: str, message: str, expected: str) -> None:
    context = context_of(command)
    assert with_options(message, lambda name: option_for(name, context)) == expected


def test_python_users_read_of_settings_and_others_of_options() -> None:
    with pytest.raises(ConfigError) as caught:
        TrainConfig(patience=3)
    assert caught.value.setting == "patience"
    assert str(caught.value) == (
        "`patience` needs something to measure while training; give `heldout` or `evals`"
    )
    write_lines(Path("corpus.txt"), ["a b c"])
    with pytest.raises(ConfigError) as caught:
        program.main(["train", "corpus.txt", "--patience", "3"], standalone_mode=False)
    assert caught.value.setting == "patience"
    assert str(caught.value) == (
        "--patience needs something to measure while training; give --heldout or --eval"
    )


def test_every_name_in_the_messages_of_the_library_has_an_option() -> None:
    """No message to the user of the command line has backquotes in it."""
    context = context_of("train")
    for path in LIBRARY.rglob("*.py"):
        if "cli" in path.relative_to(LIBRARY).parts:
            continue
        for text in re.findall(r'(?m)^\s*(?:raise \w+\()?f?"(?!"")(.*)"', path.read_text("utf-8")):
            for name, _ in NAME.findall(text):
                assert option_for(name, context), f"{path}: {name}"


def test_the_library_names_no_options() -> None:
    for path in LIBRARY.rglob("*.py"):
        if "cli" not in path.relative_to(LIBRARY).parts:
            found = re.findall(r"""["' (]--[a-z][a-z-]+""", path.read_text("utf-8"))
            assert not found, f"{path}: {found}"


def test_a_name_stands_for_one_option_of_a_command() -> None:
    for command in program.commands.values():
        names = [name for each in command.params for name in python_names(each) if name]
        assert len(names) == len(set(names)), command.name


def test_names_of_files_and_folders_are_declared() -> None:
    """By their type: the shell completes them, and a run knows what it reads and writes."""
    for command in program.commands.values():
        for parameter in command.params:
            words = set(re.findall("[A-Z]+", parameter.metavar or ""))
            named = bool(words & {"FILE", "DIR", "CORPUS", "TASK", "FROM", "TO", "LOG", "LIST"})
            if named:
                assert isinstance(parameter.type, FileName), (command.name, parameter.name)


def test_options_that_a_checkpoint_keeps() -> None:
    options = [each for each in TRAIN.params if isinstance(each, Option) and each.expose_value]
    assert all(each.may_change for each in options if not each.is_kept)
    unkept = {each.name for each in options if not each.is_kept}
    assert unkept == {"checkpoint", "resume", "force", "quiet", "save_config"}


def test_errors_are_not_changed_outside_of_the_command_line() -> None:
    assert str(W2vNceError("`dim` is 0")) == "`dim` is 0"
    assert (ConfigError("it is wrong").setting, str(ConfigError("is 0", "dim"))) == (
        None,
        "`dim` is 0",
    )
