"""Vectors that are evaluated while they are trained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import w2v_nce.training.run as trainer
from tests.helpers import vocabulary_of, write_lines
from w2v_nce.cli.commands.info import model_rows
from w2v_nce.corpus.counting import WarningTick
from w2v_nce.corpus.sources import Corpus
from w2v_nce.errors import FormatError
from w2v_nce.evaluation.analogies import evaluate_analogies
from w2v_nce.evaluation.similarity import PairReport, evaluate_pairs
from w2v_nce.evaluation.tasks import read_task
from w2v_nce.model.description import ModelInfo
from w2v_nce.model.model import Model
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.memory import needed_memory
from w2v_nce.training.monitor import TrainingTick
from w2v_nce.training.run import Tick, Training
from w2v_nce.training.validation import EvalTick, Evaluations, HeldOut, HeldOutTick, Judge


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lines in which words of the same half of the vocabulary meet."""
    generator = np.random.default_rng(0)
    lines = (
        " ".join(f"w{generator.integers(20) + 20 * (i % 2)}" for _ in range(8)) for i in range(3000)
    )
    return write_lines(tmp_path_factory.mktemp("evals") / "text.txt", lines)


@pytest.fixture(autouse=True)
def sets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets in the current folder, and blocks of some two hundred words."""
    monkeypatch.setattr(trainer, "chunk_size", lambda *_: 1 << 10)
    generator = np.random.default_rng(2)
    pairs = generator.integers(0, 42, (60, 2))
    scored = [
        f"w{a}\tw{b}\t{5 * ((a < 20) == (b < 20)) + generator.random():.2f}" for a, b in pairs
    ]
    write_lines(Path("pairs.tsv"), scored)
    questions = generator.integers(0, 42, (60, 4))
    write_lines(Path("questions.txt"), (" ".join(f"w{i}" for i in each) for each in questions))
    write_lines(Path("unknown.txt"), ["a b 1", "c d 2"])


def run_of(text: Path, **settings: Any) -> tuple[Training, list[Tick]]:
    defaults = {"dim": 8, "sample": 0.0, "threads": 1, "epochs": 3, "min_count": 1}
    run = Training(Corpus.open([text]), TrainConfig(**(defaults | settings)))
    return run, list(run)


def evals_of(ticks: list[Tick]) -> list[EvalTick]:
    return [tick for tick in ticks if isinstance(tick, EvalTick)]


def test_their_time_is_not_that_of_training(text: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a clock that stands still but for measurements, which take an hour each."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(
        "w2v_nce.training.monitor.time", SimpleNamespace(perf_counter=lambda: clock.now)
    )
    measured: list[int] = []
    for owner in (HeldOut, Evaluations):

        def measure(self: Any, model: Model, words: int, real: Any = owner.measure) -> Any:
            clock.now += 3600
            measured.append(words)
            return real(self, model, words)

        monkeypatch.setattr(owner, "measure", measure)
    run, ticks = run_of(text, evals=("pairs.tsv",), heldout="0.1", eval_every="0.5epoch")
    assert len(measured) == 12
    assert {tick.seconds for tick in ticks if isinstance(tick, TrainingTick)} == {0.0}
    assert run.checkpoint.position.seconds == 0.0


@pytest.mark.parametrize("architecture", ["cbow", "skipgram"])
def test_it_is_what_eval_says_and_the_vectors_are_the_same(text: Path, architecture: str) -> None:
    settings = {"architecture": architecture, "vectors": "sum"}
    alone, _ = run_of(text, **settings)
    run, ticks = run_of(
        text, evals=("questions.txt", "pairs.tsv"), eval_every="0.2epoch", **settings
    )
    evals = evals_of(ticks)
    assert [tick.task for tick in evals] == ["analogies", "similarity"] * 15
    assert [tick.file for tick in evals[:2]] == ["questions.txt", "pairs.tsv"]
    embeddings = alone.finished_model().embeddings
    assert np.array_equal(run.finished_model().embeddings.vectors, embeddings.vectors)
    analogies = evaluate_analogies(embeddings, read_task("questions.txt"))
    pairs = evaluate_pairs(embeddings, read_task("pairs.tsv"))
    assert [tick.report for tick in evals[-2:]] == [analogies, pairs]
    assert (evals[-2].score, evals[-2].coverage) == (
        analogies.total.accuracy, analogies.total.coverage
    )  # fmt: skip
    assert (evals[-1].score, evals[-1].coverage) == (pairs.spearman, pairs.coverage)
    assert 0 < pairs.coverage < 1
    assert run.evals == [replace(each, is_best=False) for each in evals[-2:]]


@pytest.mark.parametrize(
    ("interval", "count"), [(None, 3), ("2epochs", 2), ("0.5epoch", 6), ("10kwords", 8)]
)
def test_moments_are_those_that_were_asked_for(
    text: Path, interval: str | None, count: int
) -> None:
    """A block of text has some two hundred words, an epoch 24,000."""
    _, ticks = run_of(text, evals=("pairs.tsv",), eval_every=interval)
    words = [tick.words for tick in evals_of(ticks)]
    amounts = {None: 24_000, "2epochs": 48_000, "0.5epoch": 12_000, "10kwords": 10_000}
    expected = [min(i * amounts[interval], 72_000) for i in range(1, count + 1)]
    assert len(words) == count
    assert all(there <= word < there + 300 for word, there in zip(words, expected, strict=True))
    assert [word for word in words if word % 24_000 == 0] == [
        there for there in expected if there % 24_000 == 0
    ] or interval == "10kwords"
    assert words[-1] == 72_000


def test_several_threads_measure_as_often(text: Path) -> None:
    _, ticks = run_of(text, evals=("pairs.tsv",), heldout="0.1", threads=3, epochs=4)
    assert [tick.words for tick in evals_of(ticks)] == [24_000 * i for i in range(1, 5)]
    assert sum(isinstance(tick, HeldOutTick) for tick in ticks) == 4


def test_the_first_evaluation_decides_unless_text_is_held_out(text: Path) -> None:
    run, ticks = run_of(text, evals=("pairs.tsv", "questions.txt"), keep_best=True)
    evals = evals_of(ticks)
    scores = [tick.score for tick in evals if tick.file == "pairs.tsv"]
    assert None not in scores
    best = [tick for tick in evals if tick.is_best]
    assert {tick.file for tick in best} == {"pairs.tsv"}
    assert best[-1].score == max(scores)
    report = evaluate_pairs(run.finished_model().embeddings, read_task("pairs.tsv"))
    assert report == best[-1].report
    assert run.evals[0].report == report
    _, ticks = run_of(text, evals=("pairs.tsv",), heldout="0.1")
    assert not any(tick.is_best for tick in evals_of(ticks))


class Scripted(Evaluations):
    """An evaluation that says what it is told to."""

    def __init__(self, scores: list[float | None]) -> None:
        self.scores = iter(scores)

    def measure(self, model: Model, words: int) -> list[EvalTick]:
        """Return the next score."""
        return [EvalTick(words, "scripted", PairReport(next(self.scores), None, 1, 1))]


def test_patience_and_what_is_kept(text: Path) -> None:
    """By a script: scores that rise, fall, are missing, and fall again."""
    model = run_of(text, epochs=1)[0].finished_model()
    config = TrainConfig(evals=("x",), patience=2, keep_best=True)
    model = Model(config, model.vocabulary, model.noise, model.parameters)
    judge = Judge(model, None, Scripted([0.1, 0.3, 0.2, None, 0.25]))
    found = []
    for number in range(1, 6):
        model.parameters.bias[0] = number
        [tick] = judge.measure(number)
        assert judge.measure(number) == []  # nothing has been trained since
        found.append((tick.is_best, judge.is_enough))
    assert found == [(True, False), (True, False), (False, False), (False, False), (False, True)]
    assert [tick.words for tick in judge.evals] == [2]
    judge.restore_best()
    assert model.parameters.bias[0] == 2


def test_patience_ends_a_run(text: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted = Scripted([0.5, 0.4, 0.3])
    monkeypatch.setattr(trainer, "Evaluations", lambda _: scripted)
    run, ticks = run_of(text, evals=("scripted",), patience=2, epochs=9)
    assert len(evals_of(ticks)) == 3
    assert run.share_done == pytest.approx(3 / 9)
    assert run.is_out_of_patience
    monkeypatch.setattr(trainer, "Evaluations", lambda _: Scripted([0.5, 0.4, 0.3]))
    run, _ = run_of(text, evals=("scripted",), patience=2, epochs=3)
    assert not run.is_out_of_patience  # it has come to its end by itself


def test_the_counts_of_a_run_that_ends_in_its_first_epoch_are_not_judged(
    text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has not seen as many words as were counted, but why is known."""
    monkeypatch.setattr(trainer, "Evaluations", lambda _: Scripted([0.5, 0.4, 0.3]))
    settings = {"evals": ("scripted",), "eval_every": "0.1epoch", "patience": 2, "epochs": 1}
    config = TrainConfig(dim=8, threads=1, min_count=1, **settings)
    run = Training(Corpus.open([text]), config, vocabulary=vocabulary_of(text))
    assert not any(isinstance(tick, WarningTick) for tick in run)
    assert 0.25 < run.share_done < 0.4
    assert run.is_out_of_patience


def test_sets_without_known_words_decide_nothing(text: Path) -> None:
    run, ticks = run_of(text, evals=("unknown.txt",), patience=1, keep_best=True)
    assert [(tick.score, tick.coverage) for tick in evals_of(ticks)] == [(None, 0.0)] * 3
    assert run.share_done == 1
    run.finished_model()


def test_what_cannot_be_read_is_refused_before_training(text: Path) -> None:
    with pytest.raises(FormatError, match=r"none\.txt: No such file"):
        run_of(text, evals=("pairs.tsv", "none.txt"))
    write_lines(Path("bad.txt"), ["a b 1", "a b"])
    with pytest.raises(FormatError, match=r"bad\.txt, line 2"):
        run_of(text, evals=("bad.txt",))


def test_equal_names_are_told_apart_by_their_folders() -> None:
    Path("other").mkdir()
    Path("other/pairs.tsv").write_text("a b 1\n")
    assert Evaluations(["./pairs.tsv", "unknown.txt"]).names == ["pairs.tsv", "unknown.txt"]
    assert Evaluations(["pairs.tsv", "other/pairs.tsv"]).names == ["pairs.tsv", "other/pairs.tsv"]


def test_info_names_every_set() -> None:
    config = TrainConfig(dim=7, evals=("a.txt", "b.txt"))
    rows = dict(model_rows(ModelInfo(config, corpus_words=9, corpus_types=3, calibrated=False)))
    assert rows["options"] == (
        "--arch cbow --loss nce --dim 7 --window 5 --noise 15 --epochs 5 --eval a.txt --eval b.txt"
    )
    config = TrainConfig(loss="softmax", sample=0.0)
    rows = dict(model_rows(ModelInfo(config, corpus_words=9, corpus_types=3, calibrated=False)))
    assert rows["options"] == (
        "--arch cbow --loss softmax --dim 100 --window 5 --sample 0.0 --epochs 5"
    )


def test_vectors_that_are_put_together_take_memory() -> None:
    some = {"vectors": "concat", "heldout": "0.1", "keep_best": True}
    without = needed_memory(TrainConfig(**some), 1000)
    assert needed_memory(TrainConfig(evals=("x",), **some), 1000) - without == 2 * 1000 * 100 * 4
