"""Runs that ranks share, the ranks being threads."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import w2v_nce.training.run as trainer
from tests.helpers import vocabulary_of, windows_of, write_lines
from tests.processes import random_corpus
from tests.ranks import Patient, on_all
from w2v_nce.corpus.counting import CountingTick, WarningTick
from w2v_nce.corpus.sources import Corpus
from w2v_nce.errors import ConfigError, CorpusError, TrainingError
from w2v_nce.model.model import Model
from w2v_nce.settings.distributed_config import ClusterConfig
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.checkpoints import Checkpoint, Checkpoints, newest_checkpoint
from w2v_nce.training.distributed.process_group import Team
from w2v_nce.training.distributed.run import ClusterTraining, examples_of_a_word
from w2v_nce.training.distributed.shares import Stretch, divide, shares_of, stretches_of
from w2v_nce.training.memory import needed_memory
from w2v_nce.training.monitor import Monitor, TrainingTick
from w2v_nce.training.run import CheckpointTick, Training
from w2v_nce.training.validation import HeldOutTick
from w2v_nce.training.worker import Worker

OFTEN = ClusterConfig(sync_every=3000)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_corpus(tmp_path_factory.mktemp("corpus") / "corpus.txt", 3000)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer, "chunk_size", lambda *_: 1 << 12)


def config(**settings: Any) -> TrainConfig:
    return TrainConfig(**{"dim": 12, "epochs": 3, "threads": 1, "learning_rate": 0.05, **settings})


def parameters(model: Model | None) -> list[bytes]:
    assert model is not None
    return [np.ascontiguousarray(each).tobytes() for each in model.parameters]


def trained(
    corpus: Path | list[Path],
    ranks: int,
    settings: TrainConfig,
    cluster: ClusterConfig = OFTEN,
    past: Checkpoint | None = None,
    stop_at: int | None = None,
    **of_first: Any,
) -> list[tuple[ClusterTraining, list[Any]]]:
    """Train on all ranks; return the runs and their ticks."""
    whole = Corpus.open([corpus] if isinstance(corpus, Path) else corpus)
    shares = shares_of(whole, ranks)
    lefts: list[Any] = [None] * ranks
    if past is not None and past.left is not None:
        lefts = divide([Stretch(*each) for share in past.left for each in share], ranks)

    def work(team: Team) -> tuple[ClusterTraining, list[Any]]:
        stops = Patient()
        more = {"resume": past, **of_first} if team.rank == 0 else {}
        run = ClusterTraining(
            shares[team.rank],
            settings,
            cluster,
            team,
            stops,
            left=lefts[team.rank],
            interval=0.0,
            **more,
        )
        ticks = []
        for tick in run:
            ticks.append(tick)
            if isinstance(tick, TrainingTick) and tick.words >= (stop_at or math.inf):
                stops.number = 15 if team.rank == ranks - 1 else stops.number
        team.leave()
        return run, ticks

    return on_all(ranks, work)


def test_one_rank_is_a_run_like_any_other_to_the_byte(corpus: Path) -> None:
    alone = Training(Corpus.open([corpus]), config())
    for _ in alone:
        pass
    ((run, _),) = trained(corpus, 1, config())
    assert parameters(run.model) == parameters(alone.model)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"architecture": "skipgram", "optimizer": "adagrad"},
        {"normalizer": "per-word"},
        {"normalizer": "constant", "threads": 2},
        {"loss": "ns"},
    ],
)
def test_all_ranks_have_the_same_in_the_end(corpus: Path, settings: dict[str, Any]) -> None:
    alone = Training(Corpus.open([corpus]), config(**settings))
    for _ in alone:
        pass
    assert alone.vocabulary is not None
    runs = trained(corpus, 3, config(**settings))
    for run, ticks in runs:
        assert parameters(run.model) == parameters(runs[0][0].model)
        assert run.vocabulary is not None
        assert run.vocabulary.words == alone.vocabulary.words
        assert (run.vocabulary.counts == alone.vocabulary.counts).all()
        assert run.share_done == 1
        assert ticks[-1].words == 3 * alone.epoch_words
        squares = run._monitor.job.setup.squares
        for mine, first in zip(squares, runs[0][0]._monitor.job.setup.squares, strict=True):
            assert mine.tobytes() == first.tobytes()
    assert runs[0][0].finished_model().has_learned()


def test_the_same_seed_gives_the_same_bytes(corpus: Path) -> None:
    first, again = (trained(corpus, 2, config())[0][0].model for _ in range(2))
    assert parameters(first) == parameters(again)
    other = trained(corpus, 2, config(seed=2))[0][0].model
    assert parameters(first) != parameters(other)


def test_the_rate_falls_with_the_words_of_all(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates: dict[int, list[float]] = {}
    begin = Worker.__init__

    def spying(self: Any, job: Any, *number: int) -> None:
        begin(self, job, *number)
        kernel = self.kernel
        seen = rates.setdefault(id(job), [])

        def note(windows: Any, setup: Any, rate: float, state: Any, scratch: Any) -> Any:
            seen.append(float(rate))
            return kernel(windows, setup, rate, state, scratch)

        self.kernel = note

    monkeypatch.setattr(Worker, "__init__", spying)
    trained(corpus, 3, config(epochs=1), ClusterConfig(sync_every=1))
    for seen in rates.values():
        seen = seen[1:]  # the first is that of an empty block
        expected = 0.05 * (1 - (np.arange(len(seen)) + 0.5) / len(seen))
        np.testing.assert_allclose(seen, expected, atol=0.05 * 2 / len(seen))


def test_a_run_that_is_stopped_goes_on_with_any_number_of_ranks(corpus: Path) -> None:
    """All text of each epoch is trained once, whoever has done it."""
    past: Checkpoint | None = None
    settings = config(epochs=9)  # so that no run comes to its end before it hears of the stop
    words = 30_000 * 9
    for number, ranks in enumerate([3, 2, 4, 1, 2]):
        stop_at = words * (number + 1) // 18
        runs = trained(
            corpus, ranks, settings, past=past, stop_at=stop_at, checkpoints=Checkpoints("run")
        )
        assert [run.stops.number for run, _ in runs] == [15] * ranks
        for run, _ in runs:
            assert parameters(run.model) == parameters(runs[0][0].model)
        Checkpoints("run").save(runs[0][0].checkpoint)
        past = newest_checkpoint("run")
        epoch_words = past.epoch_words
        left = sum(
            len(Path(name).read_bytes()[start:end].split())
            for share in past.left or []
            for name, _, start, end in share
        )
        if past.left is not None:
            assert past.position.words == (past.position.epoch + 1) * epoch_words - left
        assert stop_at <= past.position.words < words
    ((last, ticks),) = trained(corpus, 1, settings, past=past)
    assert ticks[-1].words == 9 * last.epoch_words


def test_checkpoints_in_between(corpus: Path) -> None:
    places = Checkpoints("run", every=0.0)
    runs = trained(corpus, 2, config(), checkpoints=places)
    told = [[each.path for each in ticks if isinstance(each, CheckpointTick)] for _, ticks in runs]
    assert len(told[0]) >= 3
    assert told[0] == told[1], "every rank knows where they are"
    past = newest_checkpoint("run")
    (one, _), (other, _) = trained(corpus, 2, config(), past=past)
    assert one.share_done == other.share_done == 1


def test_held_out_text_is_measured_where_it_is(corpus: Path) -> None:
    settings = config(heldout="0.1", patience=2, keep_best=True, epochs=50, learning_rate=0.3)
    runs = trained(corpus, 2, settings)
    measured = [[each for each in ticks if isinstance(each, HeldOutTick)] for _, ticks in runs]
    assert 3 <= len(measured[0]) < 50, "there is nothing to learn, so patience ends it"
    assert measured[1] == []
    assert [run.share_done < 1 for run, _ in runs] == [True, True]
    assert runs[0][0]._judge.state.kept is not None


def test_patience_may_end_a_run_within_an_epoch(corpus: Path) -> None:
    """A signal while its results are written leaves a checkpoint of what was learned."""
    patient = {"patience": 2, "eval_every": "0.3epoch", "learning_rate": 0.3, "noise": 5}
    settings = config(heldout=str(corpus), epochs=50, **patient)
    runs = trained(corpus, 2, settings)
    past = runs[0][0].checkpoint
    epoch_words = vocabulary_of(corpus, 5).total
    assert past.position.words % epoch_words, "choose another interval"
    assert past.left is not None
    left = sum(
        len(Path(name).read_bytes()[start:end].split())
        for share in past.left
        for name, _, start, end in share
    )
    assert past.position.words == (past.position.epoch + 1) * epoch_words - left


def test_counting_is_that_of_all(corpus: Path) -> None:
    for run, ticks in trained(corpus, 3, config(epochs=1)):
        told = [each for each in ticks if isinstance(each, CountingTick)]
        assert run.team.rank > 0 or told[-1] == CountingTick(
            bytes_done=corpus.stat().st_size,
            bytes_total=corpus.stat().st_size,
            words=30_000,
            types=50,
        )
        assert all(each.words <= 30_000 for each in told)


def test_memory_is_that_of_all_ranks_of_a_machine(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = 2 * needed_memory(config(), 50, ClusterTraining.copies)
    monkeypatch.setattr("w2v_nce.training.memory.available_memory", lambda: there)
    with pytest.raises(ConfigError, match=r"50 words x 12 in 3 processes takes .*--force"):
        trained(corpus, 3, config(epochs=1))
    assert trained(corpus, 2, config(epochs=1))[1][0].share_done == 1
    assert trained(corpus, 3, config(epochs=1), force=True)[1][0].share_done == 1


def test_what_all_have_learned_is_measured(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of rare words, whichever round it is, as these parameters may be kept."""
    seen: dict[int, list[list[bytes]]] = {0: [], 1: []}
    measure = ClusterTraining._measure_if_due

    def spying(self: ClusterTraining, monitor: Monitor) -> Any:
        if self._leg_now(monitor.words) > self._leg:
            seen[self.team.rank].append(parameters(self.model))
        return measure(self, monitor)

    monkeypatch.setattr(ClusterTraining, "_measure_if_due", spying)
    settings = config(heldout="0.1", eval_every="0.3epoch", keep_best=True)
    trained(corpus, 2, settings, ClusterConfig(sync_every=1000, sync_hot=0.0))
    assert len(seen[0]) >= 6
    assert seen[0] == seen[1]


def test_words_that_are_not_those_of_the_text(corpus: Path, tmp_path: Path) -> None:
    part = write_lines(tmp_path / "part.txt", corpus.read_text().splitlines()[::2])
    for counted, expected in ((corpus, []), (part, ["the learning rate falls too early"])):
        runs = trained(corpus, 2, config(), vocabulary=vocabulary_of(counted, 5))
        told = [[i.message for i in ticks if isinstance(i, WarningTick)] for _, ticks in runs]
        assert len(told[0]) == len(expected)
        assert all(some in message for message, some in zip(told[0], expected, strict=True))
        assert told[1] == []


def test_frozen_words_stay(corpus: Path) -> None:
    runs = trained(corpus, 2, config(), freeze=[b"w1", b"w7"])
    fresh = Model.initial(config(), runs[0][0].vocabulary)
    for run, _ in runs:
        for word in (b"w1", b"w7"):
            i = run.vocabulary.index[word]
            assert (run.model.input_vectors[i] == fresh.input_vectors[i]).all()
            assert (run.model.output_vectors[i] != fresh.output_vectors[i]).any()


def test_failures_are_those_of_a_single_run(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="diverged"):
        trained(corpus, 2, config(learning_rate=1e5))
    (tmp_path / "few.txt").write_text("all words are different here\nand rare\n")
    with pytest.raises(CorpusError, match="occur at least 5 times"):
        trained(tmp_path / "few.txt", 2, config())
    other = Training(Corpus.open([corpus]), config())
    for _ in other:
        pass
    (tmp_path / "foreign.txt").write_text("none of these\n" * 1000)
    with pytest.raises(CorpusError, match="none of its words is in the vocabulary"):
        trained(tmp_path / "foreign.txt", 2, config(), vocabulary=other.vocabulary)


@pytest.mark.parametrize("window", [1, 5])
def test_examples_of_a_word_are_those_of_its_windows(window: int) -> None:
    windows = windows_of(np.zeros(20_000, np.int32), window)
    neighbours = (windows.right - windows.left - 1).mean()
    found = examples_of_a_word(config(architecture="skipgram", window=window))
    assert found == pytest.approx(neighbours, rel=0.03)
    assert examples_of_a_word(config(window=window)) == 1


def test_stretches_survive_a_file(corpus: Path) -> None:
    (stretch,) = stretches_of(Corpus.open([corpus]))
    assert Stretch(*list(stretch)) == stretch
