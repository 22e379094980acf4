"""What the commands do that use a model folder: to the letter, and as real processes."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from tests.command_line import w2v_nce
from tests.helpers import write_lines
from w2v_nce.cli import program
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.evaluation.completion import scores_of
from w2v_nce.model.model import Model
from w2v_nce.settings.train_config import TrainConfig


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model in which "salt" calls for "pepper" and the other way round."""
    vocabulary = Vocabulary([b"salt", b"pepper", b"mill"], np.array([50, 30, 20]), 110, 9)
    config = TrainConfig(dim=2, window=1, sample=0.0, noise_power=1.0)
    model = Model.initial(config, vocabulary)
    model.input_vectors[:] = [[1, 0], [0, 1], [0, 0]]
    model.output_vectors[:] = [[0, 2], [2, 0], [0, 0]]
    model.save(tmp_path / "model")
    return tmp_path / "model"


def run(*arguments: str, text: str | None = None) -> str:
    result = CliRunner().invoke(program, arguments, input=text)
    assert result.exit_code == 0, result.output
    return result.output


def test_predict(folder: Path) -> None:
    weights = [0.5, 0.3 * math.exp(2), 0.2]
    first, second, third = sorted((w / sum(weights) for w in weights), reverse=True)
    assert run("predict", "-m", "model", "salt [?]", "-n", "2") == (
        f"salt [?]\nword    probability\npepper       {first:.4f}\nsalt         {second:.4f}\n"
    )
    lines = run("predict", "-m", "model", "--json", text="[?] salt\nox [?] salt\r\n").splitlines()
    for line, sentence in zip(lines, ["[?] salt", "ox [?] salt"], strict=True):
        document = json.loads(line)
        assert document["sentence"] == sentence
        assert [word["word"] for word in document["answers"]] == ["pepper", "salt", "mill"]
        assert document["answers"][2]["probability"] == pytest.approx(third)


def test_score(folder: Path) -> None:
    total = 0.5 + 0.3 * math.exp(2) + 0.2
    log = math.log(0.3 * math.exp(2) / total)  # pepper after salt; mill says nothing of others
    alone = math.log(0.5)
    mill = math.log(0.2 / (0.5 * math.exp(2) + 0.3 + 0.2))  # after pepper
    text = "salt ox pepper\n\nsalt\nmill\n"
    other = math.log(0.5 * math.exp(2) / (0.5 * math.exp(2) + 0.3 + 0.2))  # salt before pepper
    assert run("score", "-m", "model", text=text) == (
        f"{log + other:.4f}\t2\n0.0000\t0\n{alone:.4f}\t1\n{math.log(0.2):.4f}\t1\n"
    )
    with_words = run("score", "-m", "model", "--words", text="salt ox pepper\n")
    assert with_words == f"{log + other:.4f}\t2\tsalt {other:.4f}\tox -\tpepper {log:.4f}\n"
    trusting = run("score", "-m", "model", "--normalize", "none", text="salt pepper")
    assert trusting == f"{math.log(0.5) + 2 + math.log(0.3) + 2:.4f}\t2\n"
    document = json.loads(run("score", "-m", "model", "--json", "--words", text="pepper mill\n"))
    assert document["words"] == 2
    assert document["tokens"][1]["word"] == "mill"
    assert document["tokens"][1]["log_prob"] == pytest.approx(mill, rel=1e-6)


def test_scores_of_a_file(folder: Path) -> None:
    write_lines(Path("text.txt"), ["salt", "pepper"])
    assert run("score", "text.txt", "-m", "model") == (
        f"{math.log(0.5):.4f}\t1\n{math.log(0.3):.4f}\t1\n"
    )


def test_likelihood(folder: Path) -> None:
    write_lines(Path("text.txt"), ["salt pepper", "ox mill salt"])
    output = run("eval", "--likelihood", "text.txt", "-m", "model")
    lines = [line.split() for line in output.splitlines()]
    assert output.startswith("text.txt: likelihood; frequent words dropped: not\n")
    assert ["known", "words", "80.0", "%"] in lines
    assert ["examples", "4", "of", "4"] in lines
    assert any(line[:2] == ["perplexity,", "trusting"] for line in lines)
    assert "calibration: predicted and observed frequencies\n" in output
    document = json.loads(run("eval", "--likelihood", "text.txt", "-m", "model", "--json"))
    [report] = document["reports"]
    assert (report["file"], report["task"], report["examples"]) == ("text.txt", "likelihood", 4)


def test_vectors_of_a_folder_are_evaluated_like_a_file(folder: Path) -> None:
    write_lines(Path("pairs.txt"), ["salt pepper 3", "salt mill 2", "pepper mill 1"])
    assert "all pairs" in run("eval", "pairs.txt", "-m", "model")


def test_completion(folder: Path) -> None:
    lines = [
        "salt [?]\tpepper\tmill\tsalt", "# a remark", "",
        "pepper [?]\tpepper\tmill\tsalt", "salt [?]\tox\tmill",
    ]  # fmt: skip
    write_lines(Path("questions.tsv"), lines)
    assert run("complete", "questions.tsv", "-m", "model") == (
        "questions.tsv: sentence completion\n"
        "               accuracy  correct  by chance  answer known\n"
        "all questions    33.3 %   1 of 3     38.9 %        66.7 %\n"
    )
    [document] = json.loads(run("complete", "questions.tsv", "-m", "model", "--json"))["reports"]
    assert document["accuracy"] == pytest.approx(1 / 3)


@pytest.mark.parametrize("line", ["salt pepper\ta\tb", "salt [?]\ta", "salt [?]\ta\t\tb"])
def test_bad_questions_are_named(folder: Path, line: str) -> None:
    write_lines(Path("questions.tsv"), ["salt [?]\ta\tb", line])
    result = CliRunner().invoke(program, ["complete", "questions.tsv", "-m", "model"])
    assert "questions.tsv, line 2: " in str(result.exception)


def test_skipgram_completes_by_the_neighbours(folder: Path) -> None:
    """Salt has pepper for its neighbour, and pepper has salt: whichever way it is asked."""
    vocabulary = Vocabulary([b"salt", b"pepper", b"mill"], np.array([50, 30, 20]), 110, 9)
    config = TrainConfig(dim=2, window=1, sample=0.0, architecture="skipgram")
    model = Model.initial(config, vocabulary)
    model.input_vectors[:] = [[2, 0], [0, 2], [0, 0]]
    model.output_vectors[:] = [[0, 2], [2, 0], [0, 0]]
    scores = scores_of(model, [0, 0], ["pepper", "mill", "ox"])
    for score, word in zip(scores, ["pepper", "mill"], strict=False):
        assert score == pytest.approx(2 * model.log_prob(["salt"], [[word]])[0], rel=1e-6)
    assert scores[0] > scores[1] > scores[2] == -math.inf


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["predict", "-m", "model", "no gap"], "'no gap' has 0 gaps"),
        (["predict", "-m", "nowhere", "[?]"], "nowhere: there is no such model folder"),
        (["score", "-m", "model", "nowhere.txt"], "nowhere.txt: No such file"),
        (["eval", "--likelihood", "nowhere.txt", "-m", "model"], "nowhere.txt: No such file"),
        (["eval", "-m", "model"], "name a TASK, or a text with --likelihood"),
        (["eval", "--full-text", "pairs.txt"], "--full-text is about --likelihood; name a text"),
    ],
)
def test_bad_input_is_named(folder: Path, arguments: list[str], message: str) -> None:
    result = w2v_nce(*arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_train_save_and_use(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    foods, drinks = ["bread", "cheese", "soup"], ["tea", "milk", "water"]
    lines = [
        f"{random.choice(['we', 'they'])} eat {random.choice(foods)} .\n"
        f"{random.choice(['we', 'they'])} drink {random.choice(drinks)} ."
        for _ in range(3000)
    ]
    corpus = write_lines(tmp_path / "corpus.txt", lines)
    result = w2v_nce(
        "train", corpus, "--save-model", "model", "--dim", 8, "--sample", 0, "--window", 2, "-q"
    )
    assert result.returncode == 0, result.stderr
    assert Path("vectors.bin").is_file()
    result = w2v_nce("predict", "-m", "model", "we eat [?] .", "-n", 3, "--json")
    assert {word["word"] for word in json.loads(result.stdout)["answers"]} == set(foods)
    result = w2v_nce("score", "-m", "model", input="they drink tea .\nthey drink soup .\n")
    likely, unlikely = (float(line.split("\t")[0]) for line in result.stdout.splitlines())
    assert likely > unlikely + 1
    result = w2v_nce("score", "-m", "model", "--normalize", "fast", input="they eat .\n")
    assert result.returncode == 2
    assert "the model is not calibrated" in result.stderr
    result = w2v_nce("calibrate", "model", corpus, "--contexts", 500)
    assert result.returncode == 0, result.stderr
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [
        "log Z, full text", "log Z, as trained"
    ]  # fmt: skip
    result = w2v_nce("score", "-m", "model", "--normalize", "fast", input="they drink tea .\n")
    assert float(result.stdout.split("\t")[0]) == pytest.approx(likely, abs=1)
    result = w2v_nce("eval", "--likelihood", corpus, "-m", "model", "--json")
    report = json.loads(result.stdout)["reports"][0]
    assert report["perplexity"] < report["unigram_perplexity"] / 2
    assert abs(report["mean_log_z"]) < 0.5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--save-model", "vectors.bin"], "--save-model vectors.bin would replace vectors.bin"),
        (["-o", "model/vectors.bin", "--save-model", "model"], "would replace model/vectors.bin"),
        (["--save-model", "."], "--save-model . would replace"),
        (["--calibrate"], "--calibrate is about the model of --save-model"),
    ],
)
def test_nothing_is_replaced_by_mistake(arguments: list[str], message: str) -> None:
    write_lines(Path("corpus.txt"), ["a b c"] * 100)
    Path("model").mkdir()
    result = w2v_nce("train", "corpus.txt", *arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert Path("corpus.txt").is_file()


def test_train_and_calibrate() -> None:
    random = np.random.default_rng(0)
    lines = [" ".join(f"w{i}" for i in random.integers(0, 40, 9)) for _ in range(800)]
    write_lines(Path("corpus.txt"), lines)
    result = w2v_nce(
        "train", "corpus.txt", "--save-model", "model", "--calibrate", "--dim", 4, "--epochs", 1
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr.splitlines()[-1].startswith("log Z, as trained: predicted by ")
    assert Model.load("model").calibrations is not None
    result = w2v_nce("score", "-m", "model", "--normalize", "fast", input="w1 w2 w3\n")
    assert result.returncode == 0, result.stderr


def test_words_with_odd_spaces_stay_whole(tmp_path: Path) -> None:
    words = ["a\u00a0b", "c", "d\u3000"]
    vocabulary = Vocabulary([word.encode() for word in words], np.array([5, 4, 3]), 12, 3)
    Model.initial(TrainConfig(dim=2, sample=0.0), vocabulary).save(tmp_path / "model")
    text = "\ufeffa\u00a0b c d\u3000\n"
    assert run("score", "-m", "model", text=text).endswith("\t3\n")


def test_a_folder_that_cannot_be_written_fails_before_training(tmp_path: Path) -> None:
    write_lines(tmp_path / "corpus.txt", ["a b c"] * 100)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("")
    result = w2v_nce("train", "corpus.txt", "--save-model", "mine")
    assert result.returncode == 2
    assert "mine holds 'notes.txt', which is not of a model" in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus.txt", "mine"]
