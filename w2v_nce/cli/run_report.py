"""What ``w2v-nce train --report`` writes: a run as JSON, for pipelines."""

from __future__ import annotations

import dataclasses
import platform
from typing import Any

import numba
import numpy as np

from w2v_nce import __version__
from w2v_nce.cli.documents import json_document
from w2v_nce.config import TrainConfig
from w2v_nce.formats.atomic import AtomicFile
from w2v_nce.training import Training


def write_report(
    file: AtomicFile, run: Training, options: dict[str, Any], stopped: str | None
) -> None:
    """Write what came of a run that was asked for by these options; ``stopped``: what ended it.

    Raises:
        W2vNceError: if the disk does not take it.
    """
    fields = {
        "version": __version__,
        "versions": versions(),
        "corpus": list(options["corpus"]),
        "config": dataclasses.asdict(in_effect(run.config)),
        "processes": run.machines,
        **figures(run),
        "files": {
            "vectors": options["output"],
            "model": options["folder"],
            "log": options["log"],
            "checkpoints": options["resume"] or options["checkpoint"],
        },
        "stopped": stopped,
    }
    file.write(f"{json_document(**fields)}\n".encode())
    file.commit()


def versions() -> dict[str, str]:
    """Return the versions of what computes."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
    }


def in_effect(config: TrainConfig) -> TrainConfig:
    """Return the settings with values where those of the user leave them open."""
    return dataclasses.replace(
        config,
        noise=config.k,
        noise_power=config.power_of_noise,
        learning_rate=config.initial_rate,
        vectors=config.exported,
        threads=config.thread_count,
    )


def figures(run: Training) -> dict[str, Any]:
    """Return the sizes of text and vocabulary, and how training went if it came to a tick."""
    vocabulary, tick = run.vocabulary, run.last_tick
    assert vocabulary is not None
    training = tick and {
        "words": tick.words,
        "total_words": tick.total_words,
        "seconds": tick.seconds,
        "words_per_second": tick.words_per_second,
        "loss": tick.epoch_loss,
    }
    return {
        "corpus_words": vocabulary.corpus_words,
        "corpus_types": vocabulary.corpus_types,
        "vocabulary": len(vocabulary),
        "coverage": vocabulary.total / vocabulary.corpus_words,
        "training": training,
    }
