"""Completion, as the scripts of the shells ask for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import BashComplete

from tests.command_line import w2v_nce
from tests.helpers import write_lines
from w2v_nce.cli import program
from w2v_nce.cli.commands.shell import VARIABLE
from w2v_nce.cli.options.values import FileName

#: Names of what takes text that is no name of a file.
OTHER_TEXT = {"delimiter", "words", "sentences", "eval_every"}


def completions(*words: str) -> list[tuple[str, str]]:
    """Return kinds and values for the last word."""
    found = BashComplete(program, {}, "w2v-nce", VARIABLE)
    items = found.get_completions(list(words[:-1]), words[-1])
    return [(item.type, item.value) for item in items]


def values(*words: str) -> list[str]:
    return [value for _, value in completions(*words)]


def test_commands_and_options() -> None:
    assert set(values("")) == set(program.commands)
    assert values("tr") == ["train"]
    assert values("train", "--noise-p") == ["--noise-power"]
    assert values("train", "--arch", "") == ["cbow", "skipgram"]
    assert values("completion", "") == ["bash", "zsh", "fish"]


def test_files_folders_and_words() -> None:
    assert completions("train", "no") == [("file", "no")]
    assert completions("train", "a", "-o", "") == [("file", "")]
    assert completions("train", "a", "--save-model", "mo") == [("dir", "mo")]
    assert completions("train", "a", "--noise-dist", "uni") == [
        ("plain", "unigram"), ("plain", "uniform"),
    ]  # fmt: skip
    assert completions("train", "a", "--freeze", "w") == [("file", "w")]
    assert completions("train", "--config", "nowhere.toml", "--dim", "1", "--ar") == [
        ("plain", "--arch")
    ]


def test_whatever_takes_text_completes_files_unless_it_is_something_else() -> None:
    for command in program.commands.values():
        for parameter in command.params:
            if parameter.type is click.STRING:
                assert parameter.name in OTHER_TEXT, (command.name, parameter.opts)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts(shell: str) -> None:
    result = w2v_nce("completion", shell)
    assert (result.returncode, result.stderr) == (0, "")
    assert f"{VARIABLE}={shell}_complete" in result.stdout
    program_of_shell = shutil.which(shell)
    if program_of_shell is None:
        pytest.skip(f"no {shell}")
    path = write_lines(Path("script"), [result.stdout])
    checked = subprocess.run([program_of_shell, "-n", path], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_bash_completes() -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash")
    folder = Path("bin")
    folder.mkdir()
    write_lines(folder / "w2v-nce", ["#!/bin/sh", f'exec "{sys.executable}" -m w2v_nce "$@"'])
    (folder / "w2v-nce").chmod(0o755)
    script = """
        source <(w2v-nce completion bash)
        complete -p w2v-nce
        COMP_WORDS=(w2v-nce train corpus.txt --check) COMP_CWORD=3
        _w2v_nce_completion w2v-nce
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    environment = {**os.environ, "PATH": f"{folder.resolve()}{os.pathsep}{os.environ['PATH']}"}
    result = subprocess.run(
        [bash, "--norc", "-c", script], env=environment, capture_output=True, text=True
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[-2:] == ["--checkpoint", "--checkpoint-every"]
    assert "_w2v_nce_completion w2v-nce" in result.stdout


def test_several_names_in_a_variable_are_separated_as_in_path() -> None:
    assert FileName().split_envvar_value(os.pathsep.join(["a b", "c"])) == ["a b", "c"]
