"""Options that would do nothing are refused, unless many runs have them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest

from w2v_nce.cli import program
from w2v_nce.cli.commands.train import prepared
from w2v_nce.cli.run.resume import stored_options
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.errors import ConfigError
from w2v_nce.model.model import Model
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.checkpoints import Checkpoint, Checkpoints
from w2v_nce.training.schedule import START

TRAIN = program.commands["train"]


def asked(*arguments: str) -> dict[str, Any]:
    """The options of a run, as they are before anything is read but what it starts from."""
    context = TRAIN.make_context("train", list(arguments))
    return prepared(context, dict(context.params))[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--loss softmax --noise 5", "--noise is about noise, which --loss softmax does without"),
        ("--loss softmax --noise-dist unigram", "--noise-dist is about noise"),
        ("--loss softmax --noise-power 1", "--noise-power is about noise"),
        ("--loss softmax --noise-sharing none", "--noise-sharing is about noise"),
        ("--loss softmax --nce-offset kq", "--nce-offset is about noise"),
        ("--loss ns --nce-offset q", "--nce-offset is about --loss nce; with ns leave it out"),
        ("--loss sampled-softmax --nce-offset q", "--nce-offset is about --loss nce"),
        ("--noise-dist uniform --noise-power 1", "--noise-power is about words' weights"),
        ("--arch skipgram --combiner mean", "--combiner is about --arch cbow; with skipgram"),
        ("--init model --noise 3", "--noise is about noise, which --loss softmax does without"),
    ],
)
def test_what_means_nothing_is_named(arguments: str, message: str) -> None:
    model_of("softmax").save("model")
    with pytest.raises(click.UsageError) as caught:
        asked("corpus.txt", *arguments.split())
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    "arguments",
    [
        "--loss nce --noise 5 --nce-offset q --noise-sharing none --noise-power 1",
        "--loss ns --noise 5 --noise-dist log-uniform --noise-power 0.5 --combiner mean",
        "--loss sampled-softmax --noise-dist uniform --arch skipgram",
        "--init model --loss nce --noise 3",
    ],
)
def test_what_means_something_is_not(arguments: str) -> None:
    model_of("softmax").save("model")
    assert asked("corpus.txt", *arguments.split())["corpus"] == ("corpus.txt",)


def test_a_file_and_the_environment_are_for_many_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("run.toml").write_text('noise = 7\nnce-offset = "q"\n')
    monkeypatch.setenv("W2V_NCE_TRAIN_NOISE_SHARING", "none")
    found = asked("corpus.txt", "--config", "run.toml", "--loss", "softmax")
    assert (found["noise"], found["nce_offset"], found["noise_sharing"]) == (7, "q", "none")
    monkeypatch.setenv("W2V_NCE_TRAIN_LOSS", "softmax")  # which makes others useless all the same
    with pytest.raises(click.UsageError, match="--noise is about noise"):
        asked("corpus.txt", "--noise", "5")


def test_a_run_that_goes_on_may_restate_what_it_was_asked(tmp_path: Path) -> None:
    context = TRAIN.make_context("train", ["corpus.txt", "--loss", "softmax"])
    model = model_of("softmax")
    about = {"options": stored_options(TRAIN, context.params), "inputs": []}
    Checkpoints("run", about=about).save(Checkpoint(model, START, epoch_words=100))
    again = asked("--resume", "run", "--noise-dist", "unigram", "--loss", "softmax")
    assert again["noise_dist"] == "unigram"
    with pytest.raises(ConfigError, match="`noise_dist` is uniform, but the checkpoint has unig"):
        asked("--resume", "run", "--noise-dist", "uniform")


def model_of(loss: str) -> Model:
    vocabulary = Vocabulary([b"salt", b"pepper", b"mill"], np.array([50, 30, 20]), 100, 3)
    return Model.initial(TrainConfig(loss=loss, dim=2), vocabulary)
