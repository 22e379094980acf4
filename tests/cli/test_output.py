"""What every command prints: to the letter, and JSON by its schema."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from tests.conftest import GOLDEN
from tests.golden_files import assert_golden
from tests.helpers import write_lines
from tests.schemas import FOLDER, validator
from w2v_nce.cli import program
from w2v_nce.cli.terminal.errors import explain
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.demo.world import write_world
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.model.model import Model
from w2v_nce.settings.train_config import TrainConfig

OUTPUT = GOLDEN / "output"

#: Command lines by what their output is stored as; after " < " what comes from standard input.
SESSIONS = {
    "similar": [
        "similar man queen -n 2",
        "similar man queen -n 2 --together",
        "similar man queen -n 2 --json",
        r"similar - -n 1 < man\nqeen\n",
        r"similar - -n 1 --json < man\nqeen\n",
    ],
    "analogy": [
        "analogy man king woman -n 2",
        "analogy man king woman -n 2 --method mul --json",
        r"analogy - -n 1 --json < man king woman\nman king\n",
    ],
    "odd-one-out": [
        "odd-one-out man king rock",
        "odd-one-out man king rock --json",
        r"odd-one-out - --json < man king rock\nman\n",
    ],
    "eval": [
        "eval analogies.txt pairs.tsv",
        "eval analogies.txt pairs.tsv --method mul --restrict-vocab 4 --match-case",
        "eval analogies.txt pairs.tsv --json",
        "eval nothing.tsv --json",
        "eval --likelihood text.txt -m model",
        "eval --likelihood text.txt -m model --full-text --json",
    ],
    "info": [
        "info vectors.bin -n 3",
        "info vectors.bin -n 3 --json",
        "info packed.txt.gz --json",
        "info model",
        "info model --json",
        "vocab text.txt -q",
        "info vocab.tsv",
        "info vocab.tsv --json",
        "index -q",
        "info vectors.bin.index",
        "train text.txt --min-count 1 --dim 2 --sample 0 --threads 1 -o v.txt -q --log run.jsonl",
        "info run.jsonl",
    ],
    "complete": ["complete questions.tsv -m model", "complete questions.tsv -m model --json"],
    "predict": [
        "predict -m model -n 2 'salt [?]'",
        r"predict -m model -n 1 --json < salt [?]\n[?] pepper\n",
    ],
    "score": [
        r"score -m model < salt pepper\n\nox\n",
        r"score -m model --words < salt ox pepper\n",
        r"score -m model --json < salt pepper\n\nox\n",
        r"score -m model --json --words --normalize none < salt ox pepper\n",
    ],
    "calibrate": ["calibrate model text.txt --contexts 100 --json", "info model"],
    "convert": [
        "convert vectors.bin out.txt --words words.txt --normalise",
        "convert out.txt - --to glove",
    ],
    "index": ["index vectors.bin", "similar man -n 2 --index vectors.bin.index"],
    "plot": ["plot vectors.bin --groups 2 -o map.html"],
    "cluster": ["cluster vectors.bin -k 2 -o -"],
    "vocab": ["vocab text.txt -o -", "vocab text.txt --min-count 100"],
    "phrases": [
        "phrases new.txt --threshold 1 --min-count 2 --list phrases.tsv",
        "join phrases.tsv more.txt",
    ],
    "train": [
        "train world/corpus.txt --dim 4 --epochs 1 --report report.json --save-model trained",
        "train text.txt --min-count 1 --dim 2 --epochs 2 --sample 0 -q -o v.txt --report -",
        "train nowhere.txt --report -",
    ],
}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    """Vectors and a model that are made by hand, so that what they give is known to the digit."""
    places = {"man": (1, 0), "king": (1, 1), "woman": (2, 0), "queen": (2, 1.2), "rock": (-5, -1)}
    vectors = Embeddings(list(places), np.array(list(places.values()), np.float32))
    vectors.save("vectors.bin")
    vectors.save("packed.txt.gz")
    vocabulary = Vocabulary([b"salt", b"pepper", b"mill"], np.array([50, 30, 20]), 110, 9)
    model = Model.initial(TrainConfig(dim=2, window=1, noise_power=1.0, sample=0.0), vocabulary)
    model.input_vectors[:] = [[1, 0], [0, 1], [0, 0]]
    model.output_vectors[:] = [[0, 2], [2, 0], [0, 0]]
    model.save("model")
    for name, lines in {
        "analogies.txt": [": family", "man king woman queen", "Man King Woman cow",
                          ": gram1-odd", "king queen rock man"],
        "pairs.tsv": ["man\tking\t5", "man\trock\t1", "king\tQueen\t9", "a\tb\t3"],
        "nothing.tsv": ["a\tb\t3"],
        "questions.tsv": ["salt [?]\tpepper\tmill\tsalt", "pepper [?]\tox\tmill\tsalt"],
        "text.txt": ["salt pepper", "ox mill salt"] * 50,
        "new.txt": ["in new york", "a new car", "york new york"] * 3,
        "more.txt": ["to new york", "new in york"],
        "words.txt": ["queen", "man", "cow"],
    }.items():  # fmt: skip
        write_lines(tmp_path / name, lines)
    write_world(tmp_path / "world", words=5_000)


@pytest.mark.parametrize("name", SESSIONS)
def test_output(name: str) -> None:
    transcript = "".join(map(transcribed_and_validated, SESSIONS[name]))
    for path in map(Path, ("phrases.tsv", "report.json")):
        if path.exists():
            transcript += f"$ cat {path}\n{readable(path.read_text())}"
    assert_golden(OUTPUT / f"{name}.txt", transcript)


def test_every_command_has_a_session() -> None:
    commands = {line.split()[0] for session in SESSIONS.values() for line in session}
    # The demo runs train and eval, and what click completes is in test_shell_completion.py.
    assert commands == program.commands.keys() - {"demo", "completion"}


def test_all_json_is_in_a_session() -> None:
    given = {
        line.split()[0] for session in SESSIONS.values() for line in session if gives_json(line)
    }
    able = {
        name
        for name, command in program.commands.items()
        if any({"--json", "--report"} & set(option.opts) for option in command.params)
    }
    assert given == able == {path.stem for path in FOLDER.iterdir()} - {"config", "log"}


def gives_json(line: str) -> bool:
    return bool({"--json", "--report"} & set(line.split()))


def transcribed_and_validated(line: str) -> str:
    """A command, what it prints, and how it ends if that is not well; JSON is as it should be."""
    result = run(line)
    if gives_json(line) and result.exit_code == 0:
        report = Path("report.json")
        found = documents(report.read_text() if report.exists() else result.stdout)
        assert found
        for document in found:
            validator(line.split()[0]).validate(document)
    output = f"$ w2v-nce {line}\n{readable(result.stdout)}"
    output += "".join(f"! {line}\n" for line in readable(result.stderr).splitlines())
    if result.exception:
        message, code = explain(result.exception)
        output += f"! w2v-nce: error: {message}\n! exit code {code}\n"
    return output + "\n"


def run(line: str) -> Result:
    arguments, _, text = line.partition(" < ")
    return CliRunner().invoke(
        program, shlex.split(arguments), input=text.replace(r"\n", "\n") or None
    )


def documents(output: str) -> list[dict[str, Any]]:
    """One document, or one on each line; none in plain text."""
    if not output.startswith("{"):
        return []
    try:
        return [json.loads(output)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in output.splitlines()]


#: What depends on the machine, or on versions and settings that other tests are about.
HIDDEN = {"seconds", "words_per_second", "loss", "version", "versions", "config", "size", "threads"}
MASKS = [
    (r"[\d,]+ words/s", "N words/s"),
    (r"\d+:\d\d:\d\d", "N:NN:NN"),
    (r"^(loss +)\d\.\d+", r"\1N"),
    (r"\([\d,]+ bytes\)", "(N bytes)"),
    # How many lines there are of the progress, time tells.
    (r"^(?:compiling|counting|training): .*\n", ""),
    (r"^[\w ]+(?:: [\w ]+)?: (?:[\d.]+ %|-)\n", ""),
]


def readable(output: str) -> str:
    """Output without what depends on the machine."""
    if found := documents(output):
        # As it was laid out: one document, or one on each line.
        indent = 2 if len(found) == 1 and "\n" in output.strip() else None
        return "".join(
            json.dumps(masked(each), indent=indent, ensure_ascii=False) + "\n" for each in found
        )
    for pattern, mask in MASKS:
        output = re.sub(pattern, mask, output, flags=re.MULTILINE)
    return output


def masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "…" if key in HIDDEN else masked(each) for key, each in value.items()}
    if isinstance(value, list):
        return [masked(each) for each in value]
    return float(f"{round(value, 4):.4g}") if isinstance(value, float) else value
