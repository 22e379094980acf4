"""Small things that several test files build."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from w2v_nce.arrays import padded
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.vocabulary import Vocabulary, count_words, select_words
from w2v_nce.kernels.contrast import Parameters, Scratch, Setup
from w2v_nce.noise import make_noise
from w2v_nce.training.schedule import keep_thresholds

COUNTS = np.array([400, 300, 120, 50, 20, 9, 5, 5])


def random_setup(
    loss: str,
    dim: int = 6,
    window: int = 3,
    k: int = 4,
    draws: int = 6,
    dtype: type = np.float64,
    seed: int = 0,
) -> Setup:
    """Return a small problem with parameters that are far from their initial values."""
    generator = np.random.default_rng(seed)
    shape = (len(COUNTS), padded(dim))
    matrices = generator.normal(size=(2, *shape)).astype(dtype)
    matrices[:, :, dim:] = 0
    bias = (
        generator.normal(size=len(COUNTS)).astype(dtype)
        if loss == "nce"
        else np.zeros(len(COUNTS), dtype)
    )
    noise = make_noise(COUNTS, 0.75, k, loss)
    return Setup(
        parameters=Parameters(matrices[0], matrices[1], bias),
        noise=noise._replace(offset=noise.offset.astype(dtype)),
        keep=keep_thresholds(COUNTS, 1e-2),
        window=window,
        k=k,
        draws=draws,
        learn_bias=loss == "nce",
        keep_hits=loss == "nce",
    )


def scratch_for(setup: Setup) -> Scratch:
    """Return scratch space of the right shape and type."""
    row = setup.parameters.input[0]
    return Scratch(np.zeros_like(row), np.zeros_like(row))


def finish(generator):
    """Run a generator of ticks to its end and return its result."""
    while True:
        try:
            next(generator)
        except StopIteration as stop:
            return stop.value


def vocabulary_of(path: Path, min_count: int = 1, threads: int = 1) -> Vocabulary:
    """Count the words of a file."""
    return select_words(finish(count_words(Corpus.open([path]), threads)), min_count)


def write_lines(path: Path, lines: Iterable[str]) -> Path:
    """Write lines of text and return the path."""
    path.write_text("".join(line + "\n" for line in lines), "utf-8")
    return path
