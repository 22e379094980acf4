"""Small things that several test files build."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from w2v_nce.arrays import aligned_zeros, padded
from w2v_nce.corpus.counting import count_words, select_words
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.kernels.cbow import train_cbow, train_cbow_batches
from w2v_nce.kernels.skipgram import train_skipgram, train_skipgram_batches
from w2v_nce.kernels.state import (
    AliasTable,
    CorrectedScores,
    Parameters,
    Setup,
    Windows,
    in_use,
    new_batch,
    new_scratch,
    new_windows,
)
from w2v_nce.kernels.windows import draw_windows
from w2v_nce.model.noise import NoiseDistribution
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.setup import alias_table, input_of, loss_of

COUNTS = np.array([400, 300, 120, 50, 20, 9, 5, 5])


@dataclass
class Problem:
    """A small problem with parameters that are far from their initial values.

    Kernels are given its :meth:`setup`, their twins the problem itself.
    """

    loss: str
    dim: int = 6
    window: int = 3
    k: int = 4
    draws: int = 8
    dtype: type = np.float64
    seed: int = 0
    redraw: bool = True
    batch: int = 32
    normalizer: str = "one"
    combiner: str = "sqrtn"
    bias_rate: float = 0.4
    replicated: int = 0
    parameters: Parameters = field(init=False)

    def __post_init__(self) -> None:
        generator = np.random.default_rng(self.seed)
        matrices = [aligned_zeros(len(COUNTS), padded(self.width), self.dtype) for _ in range(2)]
        for matrix in matrices:
            matrix[:, : self.width] = generator.normal(size=(len(COUNTS), self.width))
        matrices[1][:, self.dim : self.width] = -1
        bias = (self.is_corrected * generator.normal(size=len(COUNTS))).astype(self.dtype)
        log_z = np.full(1, 0.3 * (self.normalizer == "constant"), self.dtype)
        self.parameters = Parameters(*matrices, bias, log_z)

    @property
    def width(self) -> int:
        return self.dim + (self.normalizer == "per-word")

    @property
    def strip(self) -> int:
        return math.gcd(self.batch, 4)

    @property
    def is_corrected(self) -> bool:
        return self.loss != "ns"

    @cached_property
    def noise(self) -> NoiseDistribution:
        return NoiseDistribution.of_weights(COUNTS**0.75)

    @cached_property
    def table(self) -> AliasTable:
        return alias_table(self.noise)

    @property
    def offset(self) -> np.ndarray:
        return self.noise.log_kq(self.k) * self.is_corrected

    def setup(self, architecture: str) -> Setup:
        """Return the task for a kernel of an architecture."""
        config = TrainConfig(
            architecture=architecture, loss=self.loss, noise=self.k, window=self.window,
            dim=self.dim, normalizer=self.normalizer, combiner=self.combiner, threads=2,
        )  # fmt: skip
        loss = loss_of(config, self.noise, self.parameters, self.replicated)
        if self.loss != "softmax" and isinstance(loss.scores, CorrectedScores):
            loss = loss._replace(scores=loss.scores._replace(bias_rate=self.bias_rate))
        return Setup(
            input=input_of(config, self.parameters),
            loss=loss,
            noise=self.table,
            window=self.window,
            draws=self.draws,
            batch=self.batch,
            strip=self.strip,
            redraw=self.redraw,
        )


@dataclass(frozen=True)
class Case:
    """A kernel, its architecture, and the name of its twin in ``naive.Trainer``."""

    twin: str
    kernel: Callable[..., tuple[float, int]]

    @property
    def architecture(self) -> str:
        return self.twin.removesuffix("_batches")

    @property
    def in_batches(self) -> bool:
        return self.twin.endswith("batches")

    def run(
        self, problem: Problem, windows: Windows, rate: float, seed: int, dim: int | None = None
    ) -> tuple[float, int]:
        """Train on the windows; ``dim`` is that of the vectors without their padding."""
        dim, dtype = dim or problem.parameters.input.shape[1], problem.dtype
        if self.in_batches:
            room = new_batch(dim, problem.window, problem.batch, problem.draws, dtype)
        else:
            room = new_scratch(dim, problem.draws, dtype)
        setup = problem.setup(self.architecture)
        return self.kernel(windows, setup, dtype(rate), np.uint64(seed), room)


KERNELS = [
    Case("skipgram", train_skipgram),
    Case("skipgram_batches", train_skipgram_batches),
    Case("cbow", train_cbow),
    Case("cbow_batches", train_cbow_batches),
]


def windows_of(ids: list[int] | np.ndarray, window: int, seed: int = 1) -> Windows:
    """Draw the windows of a text."""
    ids = np.asarray(ids, np.int32)
    room = new_windows(len(ids))
    words, _ = draw_windows(ids, window, np.uint64(seed), room)
    return in_use(room, words)


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
