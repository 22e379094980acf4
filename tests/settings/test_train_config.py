"""Settings are checked, once and for all."""

from __future__ import annotations

import math
from typing import Any

import pytest

from w2v_nce.errors import ConfigError
from w2v_nce.settings.losses import DEFAULT_LEARNING_RATES
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.threads import available_cpus


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"dim": 0}, "`dim` is 0; it takes a whole number, 1 or more"),
        ({"dim": 2.5}, "`dim` is 2.5; it takes a whole number"),
        ({"epochs": True}, "`epochs` is True; it takes a whole number"),
        ({"learning_rate": -1.0}, "`learning_rate` is -1.0; it takes a number, 1e-12 or more"),
        ({"learning_rate": math.nan}, "`learning_rate` is nan; it takes a number"),
        (
            {"window": 10**20},
            "`window` is 100000000000000000000; it takes a",
        ),
        ({"sample": 1.5}, "`sample` is 1.5; it takes a number, 1 or less"),
        ({"noise_power": math.inf}, "`noise_power` is inf"),
        ({"architecture": "glove"}, "`architecture` is 'glove'; choose one of cbow, skipgram"),
        ({"max_vocab": 1}, "`max_vocab` is 1"),
        (
            {"loss": "ns", "normalizer": "constant"},
            "`normalizer` is constant, but ns has none",
        ),
        ({"threads": 0}, "`threads` is 0"),
        ({"seed": -1}, "`seed` is -1"),
        ({"lowercase": 1}, "`lowercase` is 1; it takes true or false"),
        ({"encoding_errors": "no"}, "`encoding_errors` is 'no'; choose one of keep, replace"),
        ({"max_vocab_memory": 0}, "`max_vocab_memory` is 0"),
    ],
)
def test_values_outside_the_domain_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        TrainConfig(**values)
    assert str(caught.value).startswith(message)


def test_learning_rate_depends_on_the_objective_unless_given() -> None:
    for (hidden, loss), rate in DEFAULT_LEARNING_RATES.items():
        if hidden == "skipgram":
            config = TrainConfig(architecture="skipgram", loss=loss)
        else:
            config = TrainConfig(combiner=hidden, loss=loss)
        assert config.initial_rate == rate
    assert TrainConfig(learning_rate=0.3).initial_rate == 0.3


def test_threads_default_to_the_processors_at_hand() -> None:
    assert TrainConfig().thread_count == available_cpus() >= 1
    assert TrainConfig(threads=3).thread_count == 3


def test_who_does_not_subsample_is_taken_to_want_probabilities() -> None:
    assert TrainConfig().power_of_noise == 0.75
    assert TrainConfig(sample=0.0).power_of_noise == 1.0
    assert TrainConfig(sample=0.0, loss="sampled-softmax").power_of_noise == 1.0
    assert TrainConfig(sample=0.0, loss="ns").power_of_noise == 0.75
    assert TrainConfig(sample=0.0, noise_power=0.5).power_of_noise == 0.5
    assert TrainConfig(noise_dist="uniform").power_of_noise == 1.0


def test_defaults_are_resolved() -> None:
    config = TrainConfig(heldout="0.1")
    resolved = config.resolved
    assert (resolved.noise, resolved.noise_power) == (config.k, config.power_of_noise)
    assert (resolved.learning_rate, resolved.vectors) == (config.initial_rate, config.exported)
    assert (resolved.threads, resolved.eval_every) == (config.thread_count, "1epoch")
    assert TrainConfig().resolved.eval_every is None
    assert resolved.resolved == resolved


def test_what_is_changed_are_values_other_than_the_defaults() -> None:
    assert TrainConfig().changed == TrainConfig().resolved.changed == {}
    given = {"loss": "ns", "noise": 7, "heldout": "0.1", "patience": 3, "threads": 1000}
    assert TrainConfig(**given).changed == TrainConfig(**given).resolved.changed == given
    assert TrainConfig(noise=15, noise_power=0.75, learning_rate=0.075).changed == {}
