"""The task of the kernels: what a run trains, and in which portions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Doubles, round_up
from w2v_nce.corpus.sources import CHUNK_SIZE
from w2v_nce.corpus.vocabulary import keep_thresholds, thinned_shares
from w2v_nce.kernels.random import fill_columns
from w2v_nce.kernels.state import (
    ROWS_MULTIPLE,
    AliasTable,
    BareScores,
    ConstantNormalizer,
    CorrectedScores,
    PairLoss,
    Parameters,
    RankingLoss,
    RowInput,
    Setup,
    SoftmaxLoss,
    UnitNormalizer,
    WindowInput,
    WordNormalizer,
)
from w2v_nce.model.model import Model
from w2v_nce.model.noise import NoiseDistribution
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.hot_rows import hot_words

#: Vectors of a batch, at most, and noise words, at least: what docs/performance.md found fast
#: without costing quality.
BATCH_SIZE = {"cbow": 48, "skipgram": 64}
BATCH_NOISE = {"cbow": 16, "skipgram": 32}

#: Pair by pair, where k is small, up to so many noise words are drawn, twice k at most, and count
#: less than one each: the same expectation of the gradient with less variance helps the vectors.
PLAIN_NOISE = 10

#: The vectors of a batch, at most, that are those of neighbouring words.
STRIP = {"cbow": 4, "skipgram": 64}

#: The rate of biases, as a multiple of the learning rate. In CBOW faster ones take from the output
#: vectors what all of them should have in common; docs/nce.md has the measurements.
BIAS_RATE = {"cbow": 0.3, "skipgram": 1.0}

#: The sum of the steps for the most frequent word in a batch, at most, as a multiple of a full
#: step at rate 1. All steps of a batch start from the same parameters, so they overshoot if there
#: are too many for one word: with few words, much noise or a high learning rate.
STEPS_AT_ONCE = 2.0

#: How many times too high the score of a noise word is taken to be, at most, where scores are
#: corrected for the noise. On real text with k = 100 batches were too large with 8.
LEEWAY = 50.0
LENGTHENED = 2.0  # steps go as far as vectors are long, which are longer with sqrtn than means
SMALLEST_BATCH = 8  # vectors: below, training pair by pair is faster, and it cannot overshoot

#: Multiplications that one chunk of text may take: a tenth of a second or two, so that a run can be
#: stopped at once.
MOST_PRODUCTS = 1 << 29
SMALLEST_CHUNK = 1 << 8  # bytes
BYTES_OF_WORD = 5


class Task(NamedTuple):
    """The task of a run: that of its kernels, and what workers need besides."""

    setup: Setup
    parameters: Parameters  # with room for replicas
    keep: npt.NDArray[np.uint32]  # (V,): chance of surviving the subsampling, in units of 2^-32
    replicated: int  # of so many words, the first ones, each thread has replicas


def make_task(model: Model) -> Task:
    """Return the task of training a model."""
    config, noise = model.config, model.noise
    shares = thinned_shares(model.vocabulary.counts, config.sample)
    batch = batch_size(config, noise, shares)
    replicated = replicated_words(model, shares) if batch else 0
    setup = Setup(
        input=input_of(config, model.storage),
        loss=loss_of(config, noise, model.storage, replicated),
        noise=alias_table(noise),
        window=config.window,
        draws=noise_words(config, batch),
        batch=batch,
        strip=min(STRIP[config.architecture], batch),
        redraw=config.noise_sharing == "none",
    )
    keep = keep_thresholds(model.vocabulary.counts, config.sample)
    return Task(setup, model.storage, keep, replicated)


def input_of(config: TrainConfig, parameters: Parameters) -> RowInput | WindowInput:
    """Return what makes hidden vectors."""
    if config.architecture == "skipgram":
        return RowInput(parameters.input)
    sizes = np.arange(2 * config.window + 1, dtype=np.float64)
    with np.errstate(divide="ignore"):  # no window is without neighbours
        shares = 1 / (np.sqrt(sizes) if config.root else sizes)
    return WindowInput(parameters.input, shares[None].astype(parameters.input.dtype))


def loss_of(
    config: TrainConfig, noise: NoiseDistribution, parameters: Parameters, replicated: int = 0
) -> PairLoss | RankingLoss | SoftmaxLoss:
    """Return what hidden vectors are contrasted with."""
    if config.loss == "softmax":
        return SoftmaxLoss(parameters.output, parameters.bias)
    kind = RankingLoss if config.loss == "sampled-softmax" else PairLoss
    if not config.is_corrected:
        return kind(BareScores(parameters.output), config.k)
    offset = noise.log_kq(config.k_of_offset).astype(parameters.output.dtype)
    of_replicas = np.tile(offset[:replicated], config.thread_count)
    scores = CorrectedScores(
        parameters.output,
        normalizer_of(config, parameters),
        parameters.bias,
        np.append(offset, of_replicas),
        BIAS_RATE[config.architecture],
    )
    return kind(scores, config.k)


def normalizer_of(
    config: TrainConfig, parameters: Parameters
) -> UnitNormalizer | ConstantNormalizer | WordNormalizer:
    """Return what is learned of log Z."""
    if config.normalizer == "constant":
        return ConstantNormalizer(parameters.log_z)
    return WordNormalizer(config.dim) if config.normalizer == "per-word" else UnitNormalizer()


def alias_table(noise: NoiseDistribution) -> AliasTable:
    """Lay out the units in columns such that each column belongs to two words at most."""
    size = 1 << noise.bits
    remaining = np.zeros(size, np.int64)
    remaining[: len(noise.units)] = noise.units
    columns = np.zeros(size, np.uint64)
    fill_columns(remaining, columns, np.empty_like(remaining), np.empty_like(remaining))
    return AliasTable(columns, np.uint64(64 - noise.bits))


def replicated_words(model: Model, shares: Doubles) -> int:
    """Return of how many hot words each thread is to have replicas; one thread needs none."""
    threads = model.config.thread_count
    if threads == 1:
        return 0
    room = len(model.storage.bias) - len(model.vocabulary)
    return min(hot_words(shares), room // threads)


def batch_size(config: TrainConfig, noise: NoiseDistribution, shares: Doubles) -> int:
    """Return how many vectors a batch has, or 0 to train pair by pair.

    ``shares`` are those of the words in the text that is trained on.

    English text at the default settings has batches of full size, a vocabulary of a dozen words
    has none.
    """
    if not config.trains_batches:
        return 0
    steps = config.initial_rate * steps_of_vector(config, noise, shares)
    size = min(int(STEPS_AT_ONCE / steps), BATCH_SIZE[config.architecture])
    return size if size >= SMALLEST_BATCH else 0


def steps_of_vector(config: TrainConfig, noise: NoiseDistribution, shares: Doubles) -> float:
    """Return what one vector of a batch adds to the steps for a word, on average at most.

    A noise word's steps add up to k σ(Δ) for each vector. Without the correction for the noise Δ
    is near 0; with it near −log k, so that k σ(Δ) is near 1, and not above LEEWAY unless its score
    is too high by log LEEWAY.

    In CBOW the true words of a batch take their steps at once, too, and so do the neighbours: a
    vector of others is moved as far as both have words in common.
    """
    words = min(config.k, LEEWAY) if config.is_corrected else config.k
    of_noise = words * float(noise.probabilities.max())
    neighbours = config.window + 1  # on average
    if config.architecture == "skipgram":
        return neighbours * of_noise
    in_common = float(np.square(shares).sum())
    if config.root:
        in_common *= neighbours
    steps = max(of_noise, float(shares.max())) + in_common
    return LENGTHENED * steps if config.root else steps


def noise_words(config: TrainConfig, batch: int) -> int:
    """Return how many noise words are drawn at a time."""
    if batch:
        return round_up(max(config.k, BATCH_NOISE[config.architecture]), ROWS_MULTIPLE)
    if config.loss == "sampled-softmax":
        return config.k
    return max(config.k, min(2 * config.k, PLAIN_NOISE))


def chunk_size(config: TrainConfig, setup: Setup, words: int) -> int:
    """Return how many bytes of text make a chunk: fewer where a word takes long."""
    size, each = CHUNK_SIZE, products(config, setup, words)
    while size > SMALLEST_CHUNK and size // BYTES_OF_WORD * each > MOST_PRODUCTS:
        size //= 2
    return size


def products(config: TrainConfig, setup: Setup, words: int) -> int:
    """Return how many multiplications a word takes, more or less, in a vocabulary of ``words``."""
    examples = config.window + 1 if config.architecture == "skipgram" else 1
    if config.loss == "softmax":
        rows = examples * words
    elif setup.batch:
        rows = examples + setup.draws
    else:
        rows = examples * (setup.draws + 1)
    return 3 * config.width * rows  # score, error and update
