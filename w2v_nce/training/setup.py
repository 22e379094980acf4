"""What the kernels are given to train a model."""

from __future__ import annotations

import numpy as np

from w2v_nce.arrays import Doubles, Reals, round_up
from w2v_nce.corpus.sources import CHUNK_SIZE as TEXT_SIZE
from w2v_nce.corpus.vocabulary import keep_thresholds, thinned_shares
from w2v_nce.kernels.random import fill_columns
from w2v_nce.kernels.state import ROWS_MULTIPLE, AliasTable, Noise, Setup, Squares
from w2v_nce.model.model import Model
from w2v_nce.model.noise import NoiseDistribution
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.hot_rows import hot_words

#: Vectors of a block, at most, and noise words, at least: what docs/performance.md found fast
#: without costing quality.
BLOCK_SIZE = {"cbow": 48, "skipgram": 64}
BLOCK_NOISE = {"cbow": 16, "skipgram": 32}

#: Pair by pair, where k is small, up to so many noise words are drawn, twice k at most, and count
#: less than one each: the same expectation of the gradient with less variance helps the vectors.
PLAIN_NOISE = 10

#: How many vectors of a block, at most, are those of neighbouring words.
STRIP = {"cbow": 4, "skipgram": 64}

#: How fast biases learn, as a multiple of the learning rate. In CBOW faster ones take from the
#: output vectors what all of them should have in common; docs/nce.md has the measurements.
BIAS_RATE = {"cbow": 0.3, "skipgram": 1.0}

#: What the steps for the most frequent word may add up to in a block, as a multiple of a
#: full step at rate 1. All steps of a block start from the same parameters, so they overshoot if
#: there are too many for one word: with few words, much noise or a high learning rate.
STEPS_AT_ONCE = 2.0

#: How many times too high the score of a noise word is taken to be, at most, where scores are
#: corrected for the noise. On real text with k = 100 blocks were too large with 8.
LEEWAY = 50.0

LENGTHENED = 2.0  # steps go as far as vectors are long, which are longer with sqrtn than means

LEAST_SQUARE = 1e-10  # so that AdaGrad never divides by zero

SMALLEST_BLOCK = 8  # vectors: below, training pair by pair is faster, and it cannot overshoot

#: Multiplications that one block of text may take: a tenth of a second or two, so that a run can be
#: stopped at once.
MOST_PRODUCTS = 1 << 29
SMALLEST_TEXT = 1 << 8  # bytes
BYTES_OF_WORD = 5


def make_setup(model: Model) -> Setup:
    """Return what the kernels need to train a model."""
    config, noise = model.config, model.noise
    shares = thinned_shares(model.vocabulary.counts, config.sample)
    block = block_size(config, noise, shares)
    copied = copied_words(model, shares) if block else 0
    offset = score_offset(config, noise)
    of_copies = np.tile(offset[:copied], config.thread_count)
    return Setup(
        parameters=model.with_copies or model.parameters,
        squares=initial_squares(config, len(noise.units)),
        noise=Noise(alias_table(noise), np.append(offset, of_copies)),
        keep=keep_thresholds(model.vocabulary.counts, config.sample),
        window=config.window,
        width=config.width,
        k=config.k,
        draws=noise_words(config, block),
        block=block,
        strip=min(STRIP[config.architecture], block),
        copied=copied,
        redraw=config.noise_sharing == "none",
        ranks=config.loss == "sampled-softmax",
        adaptive=config.optimizer == "adagrad",
        bias_rate=BIAS_RATE[config.architecture] * config.is_corrected,
        learn_log_z=config.normalizer == "constant",
        pinned=config.dim if config.normalizer == "per-word" else -1,
        root=config.root,
        keep_hits=config.is_corrected,
    )


def alias_table(noise: NoiseDistribution) -> AliasTable:
    """Lay out the units in columns such that each column belongs to two words at most."""
    size = 1 << noise.bits
    remaining = np.zeros(size, np.int64)
    remaining[: len(noise.units)] = noise.units
    columns = np.zeros(size, np.uint64)
    fill_columns(remaining, columns, np.empty_like(remaining), np.empty_like(remaining))
    return AliasTable(columns, np.uint64(64 - noise.bits))


def score_offset(config: TrainConfig, noise: NoiseDistribution) -> Reals:
    """Return what is taken from the score of every word: log(k Q), log Q, or nothing."""
    if not config.is_corrected:
        return np.zeros(len(noise.units), np.float32)
    return noise.log_kq(config.k_of_offset).astype(np.float32)


def copied_words(model: Model, shares: Doubles) -> int:
    """Return of how many hot words each thread is to have copies; one thread needs none."""
    threads = model.config.thread_count
    if threads == 1 or model.with_copies is None:
        return 0
    room = len(model.with_copies.bias) - len(model.parameters.bias)
    return min(hot_words(shares), room // threads)


def initial_squares(config: TrainConfig, size: int) -> Squares:
    """Return the sums of AdaGrad for a vocabulary, hardly above zero, or empty ones for SGD."""
    rows = size if config.optimizer == "adagrad" else 0
    return Squares(*(np.full(rows, LEAST_SQUARE, np.float32) for _ in Squares._fields))


def block_size(config: TrainConfig, noise: NoiseDistribution, shares: Doubles) -> int:
    """Return how many vectors a block has, or 0 to train pair by pair.

    ``shares`` are those of the words in the text that is trained on.

    English text at the default settings has blocks of full size, a vocabulary of a dozen words
    has none.
    """
    if not config.trains_blocks:
        return 0
    steps = config.initial_rate * steps_of_vector(config, noise, shares)
    size = min(int(STEPS_AT_ONCE / steps), BLOCK_SIZE[config.architecture])
    return size if size >= SMALLEST_BLOCK else 0


def steps_of_vector(config: TrainConfig, noise: NoiseDistribution, shares: Doubles) -> float:
    """Return what one vector of a block adds to the steps for a word, on average at most.

    A noise word's steps add up to k σ(Δ) for each vector. Without the correction for the noise Δ
    is near 0; with it near −log k, so that k σ(Δ) is near 1, and not above LEEWAY unless its score
    is too high by log LEEWAY.

    In CBOW the true words of a block take their steps at once, too, and so do the neighbours: a
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


def noise_words(config: TrainConfig, block: int) -> int:
    """Return how many noise words are drawn at a time."""
    if block:
        return round_up(max(config.k, BLOCK_NOISE[config.architecture]), ROWS_MULTIPLE)
    if config.loss == "sampled-softmax":
        return config.k
    return max(config.k, min(2 * config.k, PLAIN_NOISE))


def text_size(config: TrainConfig, setup: Setup) -> int:
    """Return how many bytes of text make a block: fewer where a word takes long."""
    size = TEXT_SIZE
    while size > SMALLEST_TEXT and size // BYTES_OF_WORD * products(config, setup) > MOST_PRODUCTS:
        size //= 2
    return size


def products(config: TrainConfig, setup: Setup) -> int:
    """Return how many multiplications a word takes, more or less."""
    examples = config.window + 1 if config.architecture == "skipgram" else 1
    if config.loss == "softmax":
        rows = examples * len(setup.parameters.bias)
    elif setup.block:
        rows = examples + setup.draws
    else:
        rows = examples * (setup.draws + 1)
    return 3 * config.width * rows  # score, error and update
