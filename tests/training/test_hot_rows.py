"""Copies of hot words' rows: what threads do with them, and who has any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import w2v_nce.training.hot_rows as hot_rows_module
import w2v_nce.training.run as trainer
from tests.helpers import COUNTS, KERNELS, Case, Problem, windows_of, write_lines
from w2v_nce.arrays import aligned_zeros
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.vocabulary import Vocabulary, thinned_shares
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.kernels.replicas import bring_back, copy_out, to_rows
from w2v_nce.kernels.state import NO_REPLICAS, Parameters, Replicas, new_batch
from w2v_nce.model.model import Model
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.checkpoints import Checkpoint, Checkpoints, newest_checkpoint
from w2v_nce.training.hot_rows import (
    LEAST_WORDS,
    MOST,
    HotRows,
    ReplicaUse,
    hot_words,
    is_too_short,
    spare_rows,
)
from w2v_nce.training.pretrained import Pretrained
from w2v_nce.training.run import OneProcess, Training
from w2v_nce.training.schedule import START
from w2v_nce.training.setup import make_task
from w2v_nce.training.ticks import CheckpointTick, TrainingTick

HOT = 3
SIZE = len(COUNTS)

batch_kernels = pytest.mark.parametrize(
    "case", [case for case in KERNELS if case.in_batches], ids=lambda case: case.twin
)


def with_room(problem: Problem, threads: int = 2) -> Problem:
    """Return a problem that has room for the replicas of some threads, filled with nonsense."""

    def longer(array: np.ndarray) -> np.ndarray:
        shape = (len(array) + threads * HOT, *array.shape[1:])
        result = aligned_zeros(shape[0], int(np.prod(shape[1:])), array.dtype.type).reshape(shape)
        result[: len(array)], result[len(array) :] = array, 99
        return result

    *arrays, log_z = problem.parameters
    roomy = replace(problem, replicated=HOT)
    roomy.parameters = Parameters(*map(longer, arrays), log_z.copy())
    return roomy


def hot_rows_of(problem: Problem, thread: int, use: ReplicaUse) -> HotRows:
    return HotRows(problem.parameters, SIZE, HOT, thread, use)


def words_of(parameters: Parameters) -> list[np.ndarray]:
    return [array[:SIZE].copy() for array in parameters[:3]]


@pytest.fixture
def chunks_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hot_rows_module, "LEAST_CHUNK", 0)


@pytest.mark.usefixtures("chunks_of_any_size")
@pytest.mark.parametrize(
    ("loss", "normalizer"),
    [
        ("nce", "one"),
        ("nce", "constant"),
        ("nce", "per-word"),
        ("ns", "one"),
        ("sampled-softmax", "one"),
    ],
)
@batch_kernels
def test_replicas_learn_what_the_rows_would_have_learned(
    case: Case, loss: str, normalizer: str
) -> None:
    """If one thread has replicas, all that it learns is brought back."""
    ids = np.random.default_rng(3).integers(-1, SIZE, 150)
    plain = Problem(loss, normalizer=normalizer)
    copied = with_room(plain)
    windows = windows_of(ids, plain.window)
    total, _ = case.run(plain, windows, 0.02, 42, plain.width)

    hot_rows = hot_rows_of(copied, 1, ReplicaUse())
    before = words_of(copied.parameters)
    dtype = plain.dtype
    room = new_batch(plain.width, copied.window, copied.batch, copied.draws, dtype)
    with hot_rows.replicated(windows.words) as replicas:
        assert set(windows.words.tolist()) == set(range(HOT, SIZE)) | {SIZE + 3, SIZE + 4, SIZE + 5}
        room = room._replace(replicas=replicas)
        setup = copied.setup(case.architecture)
        copied_total, _ = case.kernel(windows, setup, dtype(0.02), np.uint64(42), room)
        for array, old in zip(copied.parameters, before, strict=False):
            np.testing.assert_array_equal(array[:HOT], old[:HOT])
            assert (array[SIZE : SIZE + HOT] == 99).all()  # the replicas of the other thread
    assert copied_total == total
    for array, expected in zip(copied.parameters, plain.parameters[:3], strict=False):
        np.testing.assert_allclose(array[:SIZE], expected, rtol=0, atol=1e-12)


def test_rows_move_by_a_share_of_what_replicas_have_moved_by() -> None:
    setup = with_room(Problem("nce", dtype=np.float32))
    replicas = Replicas(HOT, SIZE)
    before = Parameters(*(array[:HOT].copy() for array in setup.parameters))
    first = words_of(setup.parameters)
    copy_out(setup.parameters, replicas, before)
    for array, old in zip(setup.parameters, first, strict=False):
        np.testing.assert_array_equal(array[SIZE : SIZE + HOT], old[:HOT])
        array[SIZE : SIZE + HOT] += 6  # this thread
        array[:HOT] += 100  # another one, meanwhile
    bring_back(setup.parameters, replicas, before, np.float32(1 / 3))
    for array, old in zip(setup.parameters, first, strict=False):
        np.testing.assert_allclose(array[:HOT], old[:HOT] + 102, rtol=1e-6)
        np.testing.assert_array_equal(array[HOT:SIZE], old[HOT:])


def test_only_hot_words_have_other_rows() -> None:
    words = np.array([0, 2, 3, 7, 1], np.int32)
    to_rows(words, Replicas(3, 50))
    assert words.tolist() == [50, 52, 3, 7, 51]
    to_rows(words, NO_REPLICAS)
    assert words.tolist() == [50, 52, 3, 7, 51]


def moved(
    setup: Problem, thread: int, use: ReplicaUse, meanwhile: Callable[[], None] = lambda: None
) -> None:
    """Let a thread add 1 to its replicas, and do something else in between."""
    hot_rows = hot_rows_of(setup, thread, use)
    with hot_rows.replicated(np.empty(0, np.int32)) as replicas:
        setup.parameters.bias[replicas.shift :][:HOT] += 1
        meanwhile()


@pytest.mark.usefixtures("chunks_of_any_size")
def test_what_threads_have_learned_at_the_same_time_is_averaged() -> None:
    setup, use = with_room(Problem("nce")), ReplicaUse()
    first = words_of(setup.parameters)[2]
    moved(setup, 0, use)
    moved(setup, 1, use)  # one after the other: both count in full
    np.testing.assert_allclose(setup.parameters.bias[:HOT], first[:HOT] + 2)
    moved(setup, 0, use, lambda: moved(setup, 1, use))  # one while the other goes on: half
    np.testing.assert_allclose(setup.parameters.bias[:HOT], first[:HOT] + 3)


def test_a_loan_knows_of_all_that_were_open_at_the_same_time() -> None:
    use = ReplicaUse()
    use.begin(0)
    use.begin(1)
    use.begin(2)
    assert use.end(1) == 3
    use.begin(3)
    assert use.end(0) == 3
    assert use.end(2) == 3
    use.begin(1)
    assert use.end(3) == 3
    assert use.end(1) == 2
    assert not use.open


@pytest.mark.usefixtures("chunks_of_any_size")
def test_what_was_learned_before_an_error_is_brought_back() -> None:
    setup, use = with_room(Problem("nce")), ReplicaUse()
    first = words_of(setup.parameters)[2]

    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        moved(setup, 0, use, fail)
    assert not use.open
    np.testing.assert_allclose(setup.parameters.bias[:HOT], first[:HOT] + 1)


def test_few_words_train_the_rows_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a corpus of many small files: to copy rows would take longer than to train."""
    monkeypatch.setattr(hot_rows_module, "LEAST_CHUNK", 6)
    setup = with_room(Problem("nce"))
    hot_rows, words = hot_rows_of(setup, 0, ReplicaUse()), np.zeros(6, np.int32)
    with hot_rows.replicated(words[:5]) as replicas:
        assert replicas == NO_REPLICAS
        assert not words.any()
    with hot_rows.replicated(words) as replicas:
        assert replicas == Replicas(HOT, SIZE)
        assert (words == SIZE).all()


ZIPF = np.sort((4e6 / np.arange(1, 10_001)).astype(np.int64))[::-1]


@pytest.mark.parametrize("sample", [0.0, 1e-3, 1e-4])
def test_hot_words_are_those_with_a_thousandth_of_the_thinned_text(sample: float) -> None:
    hot = hot_words(thinned_shares(ZIPF, sample))
    shares = thinned_shares(ZIPF, sample)
    assert shares[hot - 1] >= 1e-3 > shares[hot]


def test_however_many_are_frequent_only_so_many_are_hot() -> None:
    assert hot_words(thinned_shares(np.full(900, 100_000), 0.0)) == MOST
    assert hot_words(thinned_shares(np.full(1001, 100_000), 0.0)) == 0
    assert hot_words(thinned_shares(np.full(10, 10**7), 0.0)) == 10


def model_of(config: TrainConfig) -> Model:
    words = [b"w%d" % i for i in range(len(ZIPF))]
    vocabulary = Vocabulary(words, ZIPF, int(ZIPF.sum()), len(ZIPF))
    return Model.initial(config, vocabulary, spare_rows(config, ZIPF))


@pytest.mark.parametrize(
    "settings",
    [
        {"threads": 1},
        {"noise_sharing": "window"},
        {"noise_sharing": "none"},
        {"loss": "softmax"},
        {"learning_rate": 100.0},  # which would make blocks overshoot
    ],
    ids=str,
)
def test_who_has_no_replicas(settings: dict[str, Any]) -> None:
    assert make_task(model_of(TrainConfig(threads=2, dim=3))).replicated == hot_words(
        thinned_shares(ZIPF, 1e-3)
    )
    setup = make_task(model_of(TrainConfig(**({"threads": 2, "dim": 3} | settings))))
    assert setup.replicated == 0
    if settings.get("loss") == "softmax":  # which takes all rows for words
        assert len(setup.parameters.bias) == len(ZIPF)


@pytest.mark.parametrize("cpus", [1, 2, 8])
def test_a_run_may_go_on_with_more_threads(cpus: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is room for those of all processors; more than that share it."""
    monkeypatch.setattr(hot_rows_module, "available_cpus", lambda: cpus)
    model, hot = model_of(TrainConfig(threads=2, dim=3)), hot_words(thinned_shares(ZIPF, 1e-3))
    for threads in (2, 5, 8, 100):
        more = make_task(replace(model, config=replace(model.config, threads=threads)))
        assert more.replicated == min(hot, hot * max(cpus, 2) // threads)
        assert len(ZIPF) + threads * more.replicated <= len(more.parameters.bias)
        offset = more.setup.loss.scores.offset
        assert len(offset) == len(ZIPF) + threads * more.replicated
        copies = offset[len(ZIPF) :].reshape(threads, more.replicated)
        assert (copies == offset[: more.replicated]).all()


SETTINGS = {"dim": 10, "epochs": 3, "min_count": 1, "learning_rate": 0.05}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Sixty thousand words by Zipf's law, ten on a line."""
    shares = 1 / np.arange(10, 3010)
    words = np.random.default_rng(5).choice(3000, (6000, 10), p=shares / shares.sum())
    path = tmp_path_factory.mktemp("zipf") / "corpus.txt"
    write_lines(path, (" ".join(f"w{i}" for i in line) for line in words.tolist()))
    return Corpus.open([path])


@pytest.fixture
def short_runs_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let threads have replicas in a run of a moment, whose chunks are small."""
    monkeypatch.setattr(hot_rows_module, "LEAST_WORDS", 0)
    monkeypatch.setattr(hot_rows_module, "LEAST_CHUNK", 100)
    monkeypatch.setattr(trainer, "chunk_size", lambda *_: 1 << 13)


def replicas_of(run: Training) -> np.ndarray:
    """Return the input vectors of the replicas of all threads."""
    assert run.model is not None
    assert run.monitor is not None
    assert run.monitor.job.task.replicated > 50
    return run.model.storage.input[len(run.model.vocabulary) :]


@pytest.mark.parametrize("normalizer", ["one", "constant", "per-word"])
@pytest.mark.parametrize("architecture", ["cbow", "skipgram"])
@pytest.mark.usefixtures("short_runs_too")
def test_runs_with_replicas_learn(corpus: Corpus, architecture: str, normalizer: str) -> None:
    settings = TrainConfig(**SETTINGS, threads=2, architecture=architecture, normalizer=normalizer)
    run = Training(corpus, settings)
    for _ in run:
        pass
    assert replicas_of(run).any()
    model = run.finished_model()
    alone = Training(corpus, replace(settings, threads=1))
    for _ in alone:
        pass
    assert run.last_tick is not None
    assert alone.last_tick is not None
    assert run.last_tick.epoch_loss == pytest.approx(alone.last_tick.epoch_loss, rel=0.1)
    if normalizer == "per-word":
        assert (model.parameters.output[:, model.config.dim] == -1).all()


@pytest.mark.usefixtures("short_runs_too")
def test_frozen_hot_words_stay_to_the_byte(corpus: Corpus) -> None:
    start = Pretrained("vectors", Embeddings(["w0", "w1"], np.ones((2, 10))))
    run = Training(corpus, TrainConfig(**SETTINGS, threads=2), start=start, freeze=[b"w0"])
    for _ in run:
        pass
    assert replicas_of(run).any()
    model = run.finished_model()
    frozen, free = model.ids(["w0", "w1"])
    assert frozen is not None
    assert frozen < 10
    assert (model.input_vectors[frozen] == 1).all()
    assert (model.input_vectors[free] != 1).all()


@pytest.mark.usefixtures("short_runs_too")
def test_a_run_with_replicas_goes_on_with_other_threads(corpus: Corpus) -> None:
    checkpoints, settings = Checkpoints("run", every=0.0), TrainConfig(**SETTINGS, threads=1)
    half = Training(corpus, settings, checkpoints=checkpoints)
    for tick in half:
        if isinstance(tick, CheckpointTick):
            break
    for threads in (2, 1, 3):
        saved = newest_checkpoint("run")
        resumed = Training(corpus, replace(settings, threads=threads), resume=saved)
        for _ in resumed:
            pass
        if threads == 2:
            assert replicas_of(resumed).any()
        assert resumed.finished_model().is_finite()
        assert resumed.share_done == 1


def test_short_runs_have_no_replicas(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts is the text of this run, not that of the model which it begins with."""

    def replicated(words: int, **more: Any) -> int:
        monkeypatch.setattr(hot_rows_module, "LEAST_WORDS", words)
        run = Training(corpus, TrainConfig(**SETTINGS, threads=2), **more)
        for tick in run:
            if isinstance(tick, TrainingTick):
                break
        assert run.monitor is not None
        return run.monitor.job.task.replicated

    assert replicated(90_000) > 50  # three epochs of 60,000 words, two threads
    assert replicated(90_001) == 0
    old = model_of(TrainConfig(threads=2, dim=10))
    start = Pretrained("old", old, extended=True)
    assert replicated(89_000, start=start) > 50
    assert replicated(90_001, start=start) == 0


def test_a_cluster_s_threads_share_its_words(corpus: Corpus) -> None:
    assert not is_too_short(LEAST_WORDS * 8, 8)
    assert is_too_short(LEAST_WORDS * 8 - 1, 8)
    model = model_of(TrainConfig(threads=2, dim=3))
    begun = Checkpoint(model, START, LEAST_WORDS)

    def replicated(size: int) -> int:
        processes = OneProcess()
        processes.size = size
        run = Training(corpus, TrainConfig(**SETTINGS, threads=2), processes=processes)
        run.epoch_words = LEAST_WORDS
        return run._job(begun).task.replicated

    assert replicated(1) > 50
    assert replicated(2) == 0
