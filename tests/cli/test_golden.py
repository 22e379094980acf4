"""What the program prints, to the letter, in the files of tests/golden.

After a change that is meant, ``make golden`` writes them anew. A session is a list of commands,
each behind a ``$``, with what they print below; to add to one, add the command.
"""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import GOLDEN
from tests.golden_files import assert_golden
from tests.helpers import write_lines
from w2v_nce import cli
from w2v_nce.cli import main, program

COMMANDS = ["", *program.commands]
SESSIONS = sorted(path.name for path in (GOLDEN / "sessions").iterdir())
CONFIG_FILES = {
    "underscore": "noise_power = 0.5",
    "peer": "vector_size = 50",
    "type": "dim = 50.5",
    "domain": "corpus = 'corpus.txt'\ndim = 0",
    "choice": "corpus = 'corpus.txt'\narch = 'glove'",
    "table": "[training]\ndim = 50",
}


def help_file(command: str) -> Path:
    return GOLDEN / "help" / f"{'-'.join(filter(None, ('w2v-nce', command)))}.txt"


@pytest.mark.parametrize("command", COMMANDS)
def test_help(command: str) -> None:
    arguments = [*filter(None, [command]), "--help"]
    result = CliRunner().invoke(program, arguments, prog_name="w2v-nce", terminal_width=78)
    assert result.exit_code == 0, result.output
    assert_golden(help_file(command), result.output)


def test_there_is_no_help_of_commands_that_are_gone() -> None:
    assert {*(GOLDEN / "help").iterdir()} == {help_file(command) for command in COMMANDS}


@pytest.mark.parametrize("name", SESSIONS)
def test_sessions(
    name: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cli, "listen", lambda: None)  # signals are those of the tests
    write_lines(tmp_path / "corpus.txt", ["the king and the queen"] * 3)
    write_lines(
        tmp_path / "vectors.txt",
        ["5 2", "man 1 0", "king 1 1", "woman 2 0", "queen 2 1.2", "rock -5 -1"],
    )
    write_lines(tmp_path / "vectors.bin", ["not a file of vectors"])
    write_lines(tmp_path / "questions.txt", [": family", "man king woman queen"])
    for stem, text in CONFIG_FILES.items():
        write_lines(tmp_path / f"{stem}.toml", [text])
    path = GOLDEN / "sessions" / name
    lines = path.read_text("utf-8").splitlines()
    session = []
    for line in lines:
        if line.startswith("$ "):
            code = run(line[2:])
            output = capsys.readouterr()
            ended = f"(exit code {code})\n" if code else ""
            session.append(f"{line}\n{output.out}{output.err}{ended}")
    assert_golden(path, "\n".join(session))


def run(line: str) -> int | str | None:
    """Run a line of a session, perhaps with variables before it; return the exit code."""
    words = shlex.split(line)
    start = words.index("w2v-nce")
    with pytest.MonkeyPatch.context() as patch:
        for word in words[:start]:
            patch.setenv(*word.split("=", 1))
        try:
            main(words[start + 1 :])
        except SystemExit as error:
            return error.code
    return 0
