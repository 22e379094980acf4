"""What similar, analogy and odd-one-out print, to the letter, and as real processes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from tests.command_line import w2v_nce
from w2v_nce.cli import program
from w2v_nce.embeddings.embeddings import Embeddings


@pytest.fixture(autouse=True)
def vectors(tmp_path: Path) -> Path:
    """A plane on which man - king and woman - queen are the same step."""
    places = {"man": (1, 0), "king": (1, 1), "woman": (2, 0), "queen": (2, 1.2), "rock": (-5, -1)}
    Embeddings(list(places), np.array(list(places.values()), np.float32)).save("vectors.bin")
    return tmp_path / "vectors.bin"


def invoke(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(program, arguments, input=text)


def run(*arguments: str, text: str | None = None) -> str:
    result = invoke(*arguments, text=text)
    assert result.exit_code == 0, result.output
    return result.output


def documents(output: str) -> list[dict]:
    found = [json.loads(line) for line in output.splitlines()]
    assert all(document["schema_version"] == 1 for document in found)
    return found


def test_similar() -> None:
    assert run("similar", "man", "queen", "-n", "2") == (
        "man\nword   cosine\nwoman  1.0000\nqueen  0.8575\n\n"
        "queen\nword  cosine\nking  0.9701\nman   0.8575\n"
    )
    assert run("similar", "man", "queen", "-n", "1", "--together", "-m", "vectors.bin") == (
        "man queen\nword   cosine\nwoman  0.9637\n"
    )


def test_analogy() -> None:
    assert run("analogy", "man", "king", "woman", "-n", "1") == (
        "man is to king as woman is to:\nword    score\nqueen  0.9701\n"
    )
    [document] = documents(
        run("analogy", "man", "king", "woman", "--method", "mul", "--restrict-vocab", "4", "--json")
    )
    assert (document["query"], document["method"]) == (["man", "king", "woman"], "mul")
    assert [answer["word"] for answer in document["answers"]] == ["queen"]


def test_odd_one_out() -> None:
    assert run("odd-one-out", "man", "rock", "king") == "rock\n"
    [document] = documents(run("odd-one-out", "man", "rock", "king", "--json"))
    assert document["odd"] == "rock"
    assert [word["word"] for word in document["words"]] == ["rock", "man", "king"]


@pytest.mark.parametrize(
    ("command", "text", "queries"),
    [
        (["similar"], "man king\n\nqueen\r\n", [["man"], ["king"], ["queen"]]),
        (["similar", "--together"], "man king\n\nqueen", [["man", "king"], ["queen"]]),
        (["analogy"], "man\tking\twoman\n\nman king rock\n", [["man", "king", "woman"],
                                                               ["man", "king", "rock"]]),
        (["odd-one-out"], "man king rock queen\n", [["man", "king", "rock", "queen"]]),
    ],
)  # fmt: skip
def test_many_queries_from_standard_input(command, text: str, queries: list[list[str]]) -> None:
    output = run(*command, "-", "--json", text=text)
    assert [document["query"] for document in documents(output)] == queries


def test_one_answer_is_the_same_wherever_its_question_is() -> None:
    alone = "\n".join(run("similar", word) for word in ("man", "rock", "queen"))
    assert run("similar", "-", text="man rock\nqueen\n") == alone == run(
        "similar", "man", "rock", "queen"
    )  # fmt: skip


def test_words_with_blanks() -> None:
    Embeddings(["New York", "a", "b"], np.eye(3, dtype=np.float32)).save("v.txt")
    assert run("similar", "New York", "-m", "v.txt", "-n", "1").startswith("New York\n")
    assert run("odd-one-out", "-", "-m", "v.txt", text="New York\ta\tb\n") == "New York\n"


def test_a_wrong_query_does_not_end_the_others() -> None:
    result = invoke("similar", "-", "--json", text="man\nqeen\nking\n")
    first, wrong, last = documents(result.output)
    assert (first["query"], last["query"]) == (["man"], ["king"])
    assert wrong["error"] == "'qeen' is not among the 5 words; near: queen"
    assert wrong["suggestions"] == ["queen"]
    assert str(result.exception) == "1 of 3 queries could not be answered"
    result = invoke("analogy", "-", text="man king\nman king woman\n")
    assert result.stderr == "w2v-nce: 'man king' has 2 words; an analogy takes three, as in:" \
        " man king woman\n"  # fmt: skip
    assert "queen" in result.stdout


def test_a_model_folder(tmp_path: Path) -> None:
    from w2v_nce.corpus.vocabulary import Vocabulary
    from w2v_nce.model.model import Model
    from w2v_nce.settings.train_config import TrainConfig

    vocabulary = Vocabulary([b"salt", b"pepper", b"mill"], np.array([50, 30, 20]), 110, 9)
    model = Model.initial(TrainConfig(dim=2), vocabulary)
    model.output_vectors[:] = [[0, 2], [1, 2], [3, 0]]
    model.save(tmp_path / "model")
    assert run("similar", "salt", "-n", "1", "-m", "model") == (
        "salt\nword    cosine\npepper  0.8944\n"
    )


def test_words_are_treated_as_those_of_the_text_that_a_model_was_trained_on() -> None:
    from w2v_nce.corpus.vocabulary import Vocabulary
    from w2v_nce.model.model import Model
    from w2v_nce.settings.train_config import TrainConfig

    vocabulary = Vocabulary(["österreich".encode(), b"wien", b"mill"], np.array([50, 30, 20]), 9, 9)
    for lowercase in (True, False):
        model = Model.initial(TrainConfig(dim=2, lowercase=lowercase), vocabulary)
        model.output_vectors[:] = [[0, 2], [1, 2], [3, 0]]
        model.save("model")
        result = invoke("similar", "ÖSTERREICH", "Wien", "-n", "1", "-m", "model")
        assert ("Wien\nword        cosine\nösterreich  0.8944\n" in result.output) == lowercase
        assert ("Wien" in Embeddings.load("model")) == lowercase
        if not lowercase:
            assert "near: österreich" in str(result.exception)
    assert invoke("odd-one-out", "WIEN", "Mill", "österreich", "-m", "model").exit_code != 0
    Embeddings.load("model").save("plain.bin")  # which does not know
    assert "near: wien" in str(invoke("similar", "Wien", "-m", "plain.bin").exception)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["similar", "qeen"], "'qeen' is not among the 5 words; near: queen"),
        (["similar", "x", "man", "qeen"], "'x', 'qeen' (near: queen) are not among the 5 words"),
        (["analogy", "man", "king"], "an analogy takes three words, not 2"),
        (["odd-one-out", "man", "king"], "the odd one out takes three different words or more"),
        (["similar", "man", "-m", "nowhere.bin"], "nowhere.bin: No such file"),
        (["similar"], "Missing argument 'WORD...'"),
    ],
)
def test_one_line_says_what_is_wrong(arguments: list[str], message: str) -> None:
    result = w2v_nce(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_queries_come_from_standard_input() -> None:
    result = w2v_nce("odd-one-out", "-", input="man rock king\nx y z\n")
    assert result.stdout == "rock\n"
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1] == "w2v-nce: error: 1 of 2 queries could not be answered"


def test_vectors_from_standard_input(tmp_path: Path) -> None:
    vectors = Embeddings.load("vectors.bin")
    vectors.save("vectors.txt.gz")
    expected = run("similar", "man", "-n", "2")
    for name in ("vectors.bin", "vectors.txt.gz"):
        command = [sys.executable, "-m", "w2v_nce", "similar", "man", "-n", "2", "-m", "-"]
        data = Path(name).read_bytes()
        piped = subprocess.run(command, capture_output=True, input=data, check=True)
        assert piped.stdout.decode() == expected
        with Path(name).open("rb") as file:  # which can be mapped
            assert subprocess.run(command, capture_output=True, stdin=file).stdout == piped.stdout
    command = [sys.executable, "-m", "w2v_nce", "odd-one-out", "man", "king", "rock", "-m", "-"]
    result = subprocess.run(
        command, capture_output=True, text=True, input="5 2\nman 1", check=False
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        "w2v-nce: error: standard input, line 2: a word and 2 numbers are expected, found"
        " 'man 1': 2 fields\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["similar", "-", "-m", "-"], "standard input is named twice"),
        (["analogy", "-", "-m", "-"], "standard input is named twice"),
        (["odd-one-out", "-", "-m", "-"], "standard input is named twice"),
        (["convert", "-", "v.txt", "--words", "-"], "standard input is named twice"),
        (["plot", "-", "--words", "-"], "standard input is named twice"),
        (["train", "-", "--init", "-"], "standard input is named twice: as corpus and by --init"),
        (["index", "-"], "vectors from standard input have no name"),
        (["info", "-"], "- is neither a file nor a folder; save it to a file first"),
    ],
)
def test_standard_input_is_one_thing(arguments: list[str], message: str) -> None:
    with Path("vectors.bin").open() as file:
        result = w2v_nce(*arguments, stdin=file)
    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert {path.name for path in Path().iterdir()} == {"vectors.bin"}


def test_queries_need_no_numba() -> None:
    code = (
        "import sys\n"
        "import w2v_nce\n"
        "heavy = {'numpy', 'numba', 'click', 'rich'} & sys.modules.keys()\n"
        "if heavy: sys.exit(f'the package imports {heavy}')\n"
        "from w2v_nce import Embeddings, TrainConfig\n"
        "from w2v_nce.cli import program\n"
        "program.main(['similar', 'man'], standalone_mode=False)\n"
        "sys.exit('imported numba' if 'numba' in sys.modules else 0)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert result.returncode == 0, result.stderr
