"""What the kernels are given to train a model."""

from __future__ import annotations

import numpy as np

from w2v_nce.arrays import Reals, round_up
from w2v_nce.config import TrainConfig
from w2v_nce.kernels.alias import Noise
from w2v_nce.kernels.contrast import Setup
from w2v_nce.kernels.rows import ROWS_MULTIPLE
from w2v_nce.model import Model
from w2v_nce.noise import NoiseDistribution
from w2v_nce.subsampling import keep_thresholds, thinned_shares

#: Noise words drawn for each of the k of the objective, at half weight: the same expectation of
#: the gradient with less variance, which measurably helps the vectors.
DRAWS = 2

#: Vectors of a block, at most, and noise words, at least: what docs/performance.md found fast
#: without costing quality.
BLOCK_SIZE = {"cbow": 48, "skipgram": 64}
BLOCK_NOISE = {"cbow": 24, "skipgram": 32}

#: What the steps for the most frequent word may add up to in a block, as a multiple of a
#: full step at rate 1. All steps of a block start from the same parameters, so they overshoot if
#: there are too many for one word: with few words, much noise or a high learning rate.
STEPS_AT_ONCE = 2.0

SMALLEST_BLOCK = 8  # vectors: below, training pair by pair is faster, and it cannot overshoot


def make_setup(model: Model) -> Setup:
    """Return what the kernels need to train a model."""
    config, noise = model.config, model.noise
    is_nce = config.loss == "nce"
    shares = thinned_shares(model.vocabulary.counts, config.sample)
    block = block_size(config, noise, float(shares.max()))
    return Setup(
        parameters=model.parameters,
        noise=Noise(noise.table(), score_offset(config, noise)),
        keep=keep_thresholds(model.vocabulary.counts, config.sample),
        window=config.window,
        k=config.noise,
        draws=noise_words(config, block),
        block=block,
        redraw=config.noise_sharing == "none",
        learn_bias=is_nce,
        learn_log_z=config.normalizer == "constant",
        pinned=config.dim if config.normalizer == "per-word" else -1,
        keep_hits=is_nce,
    )


def score_offset(config: TrainConfig, noise: NoiseDistribution) -> Reals:
    """Return what is taken from the score of every word: log(k Q), log Q, or nothing."""
    if config.loss != "nce":
        return np.zeros(len(noise.units), np.float32)
    return noise.log_kq(config.k_of_offset).astype(np.float32)


def block_size(config: TrainConfig, noise: NoiseDistribution, most_frequent: float) -> int:
    """Return how many vectors a block has, or 0 to train pair by pair.

    ``most_frequent`` is the share of the most frequent word in the text that is trained on: in
    CBOW the true words of a block take their steps at once, too.

    English text at the default settings has blocks of full size, a vocabulary of a dozen words
    has none.
    """
    if config.noise_sharing != "block":
        return 0
    cbow = config.architecture == "cbow"
    pairs = 1 if cbow else config.window + 1  # of a vector
    share = pairs * config.noise * noise.probabilities.max()  # of the most frequent noise word
    steps = config.initial_rate * max(share, most_frequent if cbow else 0.0)
    size = min(int(STEPS_AT_ONCE / steps), BLOCK_SIZE[config.architecture])
    return size if size >= SMALLEST_BLOCK else 0


def noise_words(config: TrainConfig, block: int) -> int:
    """Return how many noise words are drawn at a time."""
    count = DRAWS * config.noise
    if block == 0:
        return count
    return round_up(max(count, BLOCK_NOISE[config.architecture]), ROWS_MULTIPLE)
