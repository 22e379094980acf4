"""Small things that several test files build."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from w2v_nce.arrays import aligned_zeros, padded
from w2v_nce.corpus.counting import count_words, select_words
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.vocabulary import Vocabulary, keep_thresholds
from w2v_nce.kernels.cbow import train_cbow, train_cbow_blocks
from w2v_nce.kernels.skipgram import train_skipgram, train_skipgram_blocks
from w2v_nce.kernels.state import (
    Noise,
    Parameters,
    Setup,
    Squares,
    Windows,
    in_use,
    new_block,
    new_scratch,
    new_windows,
)
from w2v_nce.kernels.windows import draw_windows
from w2v_nce.model.noise import NoiseDistribution
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.setup import alias_table, score_offset

COUNTS = np.array([400, 300, 120, 50, 20, 9, 5, 5])


def random_setup(
    loss: str,
    dim: int = 6,
    window: int = 3,
    k: int = 4,
    draws: int = 8,
    dtype: type = np.float64,
    seed: int = 0,
    redraw: bool = True,
    block: int = 32,
    normalizer: str = "one",
    adaptive: bool = False,
    root: bool = True,
) -> Setup:
    """Return a small problem with parameters that are far from their initial values."""
    generator = np.random.default_rng(seed)
    width = dim + (normalizer == "per-word")
    matrices = [aligned_zeros(len(COUNTS), padded(width), dtype) for _ in range(2)]
    for matrix in matrices:
        matrix[:, :width] = generator.normal(size=(len(COUNTS), width))
    matrices[1][:, dim:width] = -1
    config = TrainConfig(loss=loss, noise=k)
    bias = (config.is_corrected * generator.normal(size=len(COUNTS))).astype(dtype)
    noise = NoiseDistribution.of_weights(COUNTS**0.75)
    offset = score_offset(config, noise)
    return Setup(
        parameters=Parameters(
            matrices[0], matrices[1], bias, np.full(1, 0.3 * (normalizer == "constant"), dtype)
        ),
        squares=Squares(*(np.full(len(COUNTS), 0.01, dtype) for _ in Squares._fields)),
        noise=Noise(alias_table(noise), offset.astype(dtype)),
        keep=keep_thresholds(COUNTS, 1e-2),
        window=window,
        width=width,
        k=k,
        draws=draws,
        block=block,
        strip=math.gcd(block, 4),
        copied=0,
        redraw=redraw,
        ranks=loss == "sampled-softmax",
        adaptive=adaptive,
        bias_rate=0.4 * config.is_corrected,
        learn_log_z=normalizer == "constant",
        pinned=dim if normalizer == "per-word" else -1,
        root=root,
        keep_hits=config.is_corrected,
    )


@dataclass(frozen=True)
class Case:
    """A kernel, its room for one thread, and the name of its twin in ``naive.Trainer``."""

    twin: str
    kernel: Callable[..., tuple[float, int]]

    def run(
        self, setup: Setup, windows: Windows, rate: float, seed: int, dim: int | None = None
    ) -> tuple[float, int]:
        """Train on the windows; ``dim`` is that of the vectors without their padding."""
        dim, dtype = dim or setup.parameters.input.shape[1], setup.parameters.input.dtype.type
        rate = dtype(rate)
        if self.twin.endswith("blocks"):
            room = new_block(dim, setup.window, setup.block, setup.draws, dtype)
        else:
            room = new_scratch(dim, setup.draws, dtype)
        return self.kernel(windows, setup, rate, np.uint64(seed), room)


KERNELS = [
    Case("skipgram", train_skipgram),
    Case("skipgram_blocks", train_skipgram_blocks),
    Case("cbow", train_cbow),
    Case("cbow_blocks", train_cbow_blocks),
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
