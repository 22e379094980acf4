"""Copies of hot words' rows: what threads do with them, and who has any."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from tests.helpers import COUNTS, KERNELS, Case, random_setup, windows_of
from w2v_nce.arrays import aligned_zeros
from w2v_nce.config import TrainConfig
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.hot_words import LEAST_WORDS, MOST, hot_words
from w2v_nce.kernels.block import new_block
from w2v_nce.kernels.contrast import Parameters, Setup
from w2v_nce.kernels.copies import Copies, bring_back, copy_out, to_rows
from w2v_nce.model import Model
from w2v_nce.subsampling import thinned_shares
from w2v_nce.training.hogwild import Claims, EpochBlock, Job, Worker
from w2v_nce.training.loans import HotRows, Loans
from w2v_nce.training.schedule import LinearDecay
from w2v_nce.training.setup import make_setup

HOT = 3
SIZE = len(COUNTS)

block_kernels = pytest.mark.parametrize(
    "case", [case for case in KERNELS if "blocks" in case.twin], ids=lambda case: case.twin
)


def with_room(setup: Setup, threads: int = 2) -> Setup:
    """Return a setup that has room for the copies of some threads, filled with nonsense."""

    def longer(array: np.ndarray) -> np.ndarray:
        shape = (len(array) + threads * HOT, *array.shape[1:])
        result = aligned_zeros(shape[0], int(np.prod(shape[1:])), array.dtype.type).reshape(shape)
        result[: len(array)], result[len(array) :] = array, 99
        return result

    *arrays, log_z = setup.parameters
    return setup._replace(
        parameters=Parameters(*map(longer, arrays), log_z.copy()),
        noise=setup.noise._replace(offset=longer(setup.noise.offset)),
        copied=HOT,
    )


def words_of(parameters: Parameters) -> list[np.ndarray]:
    return [array[:SIZE].copy() for array in parameters[:3]]


@pytest.mark.parametrize("loss", ["nce", "ns", "sampled-softmax"])
@block_kernels
def test_copies_learn_what_the_rows_would_have_learned(case: Case, loss: str) -> None:
    """If one thread has copies, all that it learns is brought back."""
    ids = np.random.default_rng(3).integers(-1, SIZE, 150)
    plain = random_setup(loss)
    copied = with_room(plain)
    windows = windows_of(ids, plain.window)
    total, _ = case.run(plain, windows, 0.02, 42)

    hot_rows = HotRows(copied, 1, Loans())
    before = words_of(copied.parameters)
    dim, dtype = plain.parameters.input.shape[1], plain.parameters.input.dtype.type
    room = new_block(dim, copied.window, copied.block, copied.draws, dtype)
    room = room._replace(copies=hot_rows.copies)
    with hot_rows.lent(windows.words):
        assert set(windows.words.tolist()) == set(range(HOT, SIZE)) | {SIZE + 3, SIZE + 4, SIZE + 5}
        copied_total, _ = case.kernel(windows, copied, dtype(0.02), np.uint64(42), room)
        for array, old in zip(copied.parameters, before, strict=False):
            np.testing.assert_array_equal(array[:HOT], old[:HOT])
            assert (array[SIZE : SIZE + HOT] == 99).all()  # the copies of the other thread
    assert copied_total == total
    for array, expected in zip(copied.parameters, plain.parameters[:3], strict=False):
        np.testing.assert_allclose(array[:SIZE], expected, rtol=0, atol=1e-12)


def test_rows_move_by_a_share_of_what_copies_have_moved_by() -> None:
    setup = with_room(random_setup("nce", dtype=np.float32))
    copies = Copies(HOT, SIZE)
    before = Parameters(*(array[:HOT].copy() for array in setup.parameters))
    first = words_of(setup.parameters)
    copy_out(setup.parameters, copies, before)
    for array, old in zip(setup.parameters, first, strict=False):
        np.testing.assert_array_equal(array[SIZE : SIZE + HOT], old[:HOT])
        array[SIZE : SIZE + HOT] += 6  # this thread
        array[:HOT] += 100  # another one, meanwhile
    bring_back(setup.parameters, copies, before, np.float32(1 / 3))
    for array, old in zip(setup.parameters, first, strict=False):
        np.testing.assert_allclose(array[:HOT], old[:HOT] + 102, rtol=1e-6)
        np.testing.assert_array_equal(array[HOT:SIZE], old[HOT:])


def test_only_hot_words_have_other_rows() -> None:
    words = np.array([0, 2, 3, 7, 1], np.int32)
    to_rows(words, Copies(3, 50))
    assert words.tolist() == [50, 52, 3, 7, 51]
    to_rows(words, Copies(0, 0))
    assert words.tolist() == [50, 52, 3, 7, 51]


def moved(setup: Setup, number: int, loans: Loans, meanwhile: object = None) -> None:
    """Let a thread add 1 to its copies, and do something else in between."""
    hot_rows = HotRows(setup, number, loans)
    with hot_rows.lent(np.empty(0, np.int32)):
        setup.parameters.bias[hot_rows.copies.shift :][:HOT] += 1
        if callable(meanwhile):
            meanwhile()


def test_what_threads_have_learned_at_the_same_time_is_averaged() -> None:
    setup, loans = with_room(random_setup("nce")), Loans()
    first = words_of(setup.parameters)[2]
    moved(setup, 0, loans)
    moved(setup, 1, loans)  # one after the other: both count in full
    np.testing.assert_allclose(setup.parameters.bias[:HOT], first[:HOT] + 2)
    # One begins when the other has begun, and ends before it: each knows of the other.
    moved(setup, 0, loans, lambda: moved(setup, 1, loans))
    np.testing.assert_allclose(setup.parameters.bias[:HOT], first[:HOT] + 2 + 1 / 2 + 1)


def test_loans_are_counted_from_both_ends() -> None:
    loans = Loans()
    assert (loans.begin(), loans.begin(), loans.end(), loans.begin(), loans.end()) == (
        1,
        2,
        2,
        2,
        2,
    )
    assert (loans.end(), loans.count) == (1, 0)


def test_a_loan_ends_with_an_exception() -> None:
    setup, loans = with_room(random_setup("ns")), Loans()

    def fail() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moved(setup, 0, loans, fail)
    assert loans.count == 0


ZIPF = np.sort((4e6 / np.arange(1, 10_001)).astype(np.int64))[::-1]


@pytest.mark.parametrize("sample", [0.0, 1e-3, 1e-4])
def test_hot_words_are_those_with_a_thousandth_of_the_thinned_text(sample: float) -> None:
    hot = hot_words(TrainConfig(threads=2, sample=sample), ZIPF)
    shares = thinned_shares(ZIPF, sample)
    assert shares[hot - 1] >= 1e-3 > shares[hot]


def test_however_many_are_frequent_only_so_many_are_hot() -> None:
    config = TrainConfig(threads=2, sample=0.0)
    even = np.full(900, 100_000)
    assert hot_words(config, even) == MOST
    assert hot_words(config, np.full(1001, 100_000)) == 0
    assert hot_words(config, np.full(10, 10**7)) == 10


def test_a_rare_word_in_front_ends_the_hot_ones() -> None:
    """As in a vocabulary that was extended: old words have the first ids."""
    counts = ZIPF.copy()
    counts[7] = 1
    assert hot_words(TrainConfig(threads=2), counts) == 7


@pytest.mark.parametrize(
    "settings",
    [
        {"threads": 1},
        {"noise_sharing": "window"},
        {"noise_sharing": "none"},
        {"optimizer": "adagrad"},
        {"loss": "softmax"},
    ],
    ids=str,
)
def test_who_has_no_copies(settings: dict) -> None:
    assert hot_words(TrainConfig(threads=2), ZIPF) > 0
    assert hot_words(TrainConfig(**({"threads": 2} | settings)), ZIPF) == 0


def test_short_runs_have_no_copies() -> None:
    counts = np.full(100, LEAST_WORDS // 100)
    assert hot_words(TrainConfig(threads=2, epochs=2), counts) > 0
    assert hot_words(TrainConfig(threads=3, epochs=2), counts) == 0
    assert hot_words(TrainConfig(threads=3, epochs=3), counts) > 0


def model_of(config: TrainConfig) -> Model:
    words = [b"w%d" % i for i in range(len(ZIPF))]
    return Model.initial(config, Vocabulary(words, ZIPF, int(ZIPF.sum()), len(ZIPF)))


def test_a_run_that_goes_on_with_more_threads_shares_the_room_that_there_is() -> None:
    model = model_of(TrainConfig(threads=2, dim=3))
    copied = make_setup(model).copied
    assert copied == hot_words(model.config, ZIPF) > 60
    more = make_setup(replace(model, config=replace(model.config, threads=5)))
    assert more.copied == copied * 2 // 5
    assert make_setup(replace(model, config=replace(model.config, threads=1))).copied == 0


def test_workers_bring_back_what_they_learn() -> None:
    model = model_of(TrainConfig(threads=2, dim=3, learning_rate=0.01, sample=0.0))
    setup, table = make_setup(model), model.vocabulary.table()
    job = Job(model.config, setup, table, LinearDecay(0.01, 1000), Claims(), Loans(), 1 << 17)
    workers = [Worker(job, number) for number in range(2)]
    text = b"w0 w1 w2 w9999\n" * 50
    before = model.input_vectors.copy()
    threads = [
        threading.Thread(target=worker, args=[EpochBlock(0, number, text)])
        for number, worker in enumerate(workers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert job.loans.count == 0
    for word in (0, 1, 2, 9999):
        assert (model.input_vectors[word] != before[word]).any()
    assert (model.input_vectors[5] == before[5]).all()
