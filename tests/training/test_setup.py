"""What the kernels are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from w2v_nce.corpus.sources import CHUNK_SIZE as TEXT_SIZE
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.kernels.state import new_block
from w2v_nce.model.model import Model
from w2v_nce.model.noise import NoiseDistribution
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.setup import (
    BLOCK_SIZE,
    SMALLEST_TEXT,
    block_size,
    make_setup,
    noise_words,
    text_size,
)


def unigram(counts: Sequence[float] | np.ndarray) -> NoiseDistribution:
    return NoiseDistribution.of_weights(np.array(counts) ** 0.75)


ENGLISH = unigram(1e6 / np.arange(1, 40_001))  # by Zipf's law
FEW = unigram([300, 300])


@pytest.mark.parametrize(("architecture", "words"), [("cbow", 16), ("skipgram", 32)])
@pytest.mark.parametrize("loss", ["nce", "ns"])
def test_blocks_of_english_are_full(architecture: str, loss: str, words: int) -> None:
    config = TrainConfig(architecture=architecture, loss=loss, noise=5)
    assert block_size(config, ENGLISH, ENGLISH.probabilities) == BLOCK_SIZE[architecture]
    assert noise_words(config, BLOCK_SIZE[architecture]) == words


def test_the_k_of_nce_hardly_shrinks_blocks_of_cbow_and_draws_no_more() -> None:
    assert size_for(ENGLISH) == 46
    assert noise_words(TrainConfig(), BLOCK_SIZE["cbow"]) == 16
    assert size_for(ENGLISH, architecture="skipgram") == 47


def size_for(distribution: NoiseDistribution, **settings: object) -> int:
    return block_size(TrainConfig(**settings), distribution, distribution.probabilities)


@pytest.mark.parametrize("loss", ["nce", "ns"])
@pytest.mark.parametrize("architecture", ["cbow", "skipgram"])
def test_what_would_overshoot_is_trained_pair_by_pair(architecture: str, loss: str) -> None:
    assert size_for(FEW, architecture=architecture, loss=loss) == 0
    assert size_for(ENGLISH, architecture=architecture, loss=loss, learning_rate=100) == 0
    size = size_for(ENGLISH, architecture=architecture, loss=loss, noise=10_000)
    assert (size == 0) == (loss == "ns")


def test_frequent_words_shrink_the_blocks_of_cbow() -> None:
    config = TrainConfig(learning_rate=0.25, noise=5)
    one_frequent = np.array([0.2, *[0.0001] * 8000])
    assert block_size(replace(config, combiner="mean"), ENGLISH, one_frequent) == 33
    assert block_size(config, ENGLISH, one_frequent) == 9
    skipgram = TrainConfig(architecture="skipgram", learning_rate=0.025, noise=5)
    assert block_size(skipgram, ENGLISH, one_frequent) == BLOCK_SIZE["skipgram"]


def test_a_block_shrinks_as_noise_grows_unless_scores_are_corrected() -> None:
    def sizes(loss: str) -> list[int]:
        return [
            size_for(ENGLISH, loss=loss, noise=k, learning_rate=0.1) for k in (5, 10, 25, 50, 100)
        ]

    assert sizes("ns") == sorted(sizes("ns"), reverse=True)
    assert len(set(sizes("ns"))) > 2
    assert len(set(sizes("nce")[3:])) == 1


@pytest.mark.parametrize("sharing", ["none", "window"])
def test_no_blocks_unless_asked_for(sharing: str) -> None:
    config = TrainConfig(noise_sharing=sharing)
    assert block_size(config, ENGLISH, ENGLISH.probabilities) == 0
    words = [noise_words(replace(config, noise=k), 0) for k in (1, 5, 7, 10, 25)]
    assert words == [2, 10, 10, 10, 25]


@pytest.mark.parametrize("k", [1, 5, 13, 100])
def test_noise_words_of_a_block_are_enough_and_a_multiple_of_eight(k: int) -> None:
    words = noise_words(TrainConfig(noise=k), 16)
    assert words % 8 == 0
    assert words >= k
    assert new_block(3, 1, 16, words, np.float32).noise.shape == (words,)


def test_another_number_of_noise_words_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 8"):
        new_block(3, 1, 16, 10, np.float32)


def test_blocks_of_text_are_small_where_words_take_long() -> None:
    """At the default settings they have full size; nothing makes them vanish."""
    vocabulary = Vocabulary([b"%d" % i for i in range(2000)], np.full(2000, 50), 10**5, 2000)

    def size(**settings: Any) -> int:
        config = TrainConfig(**settings)
        return text_size(config, make_setup(Model.initial(config, vocabulary)))

    assert size() == size(architecture="skipgram") == TEXT_SIZE
    slow = {"architecture": "skipgram", "noise_sharing": "none", "noise": 50}
    assert TEXT_SIZE > size(**slow) > size(**slow, dim=400) >= SMALLEST_TEXT
    assert size(loss="softmax") < TEXT_SIZE
    assert size(loss="softmax", window=10_000, dim=500, architecture="skipgram") == SMALLEST_TEXT
