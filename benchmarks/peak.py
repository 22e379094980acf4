"""Tell how much of what the processor can do the block kernels do; one thread.

    python -m benchmarks.peak CORPUS [--dims 100 300]

The kernels train again and again on the beginning of a text that is encoded already, and the
best time of several counts, each next to a measurement of the peak. Operations are those of the
mathematics: 2 for each multiplication and addition of real numbers of the ``dim`` in a score, as
many for each of the two gradients; padding, sums and the exponential function do not count.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from w2v_nce.corpus.counting import CountingTick, WarningTick, count_words, select_words
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.corpus.word_table import table_of
from w2v_nce.kernels.jit import bare_jit
from w2v_nce.kernels.simd import fma, splat, total
from w2v_nce.kernels.state import LANES
from w2v_nce.model.model import Model
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.hot_rows import ReplicaUse
from w2v_nce.training.schedule import Claims, LinearDecay
from w2v_nce.training.setup import make_task
from w2v_nce.training.worker import Job, Worker

TEXT_BYTES = 3_000_000
REPEATS = 12
CHAINS = 10  # independent multiply-adds: more than the processor has in flight


@bare_jit
def multiply_and_add(turns: int, x: float) -> float:
    """Do 10 chains of multiply-adds on registers."""
    factor = splat(x)
    # Different numbers, or else the compiler might compute one chain instead of ten.
    a0, a1, a2, a3, a4 = factor, factor - factor, factor + factor, factor * factor, factor / factor
    a5, a6, a7, a8, a9 = a0 + a4, a1 + a4, a2 + a4, a3 + a4, a4 + a4
    for _ in range(turns):
        a0, a1 = fma(a0, factor, factor), fma(a1, factor, factor)
        a2, a3 = fma(a2, factor, factor), fma(a3, factor, factor)
        a4, a5 = fma(a4, factor, factor), fma(a5, factor, factor)
        a6, a7 = fma(a6, factor, factor), fma(a7, factor, factor)
        a8, a9 = fma(a8, factor, factor), fma(a9, factor, factor)
    return total(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9)


def best_time(function: Callable[[], object]) -> float:
    """Return the least seconds of several calls, the first of which compiles."""
    function()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def peak_flops(turns: int = 1_000_000) -> float:
    """Return the multiply-adds of one thread, as operations a second."""
    seconds = best_time(lambda: multiply_and_add(turns, np.float32(0.5)))
    return turns * CHAINS * LANES * 2 / seconds


def copied_bytes(size: int = 1 << 28) -> float:
    """Return the bytes read and written a second when memory is copied."""
    source, target = np.ones(size, np.uint8), np.empty(size, np.uint8)
    return 2 * size / best_time(lambda: np.copyto(target, source))


def vocabulary_of(corpus: Corpus) -> Vocabulary:
    """Count the words of the corpus."""
    counting = count_words(corpus, 2)
    while True:
        try:
            assert isinstance(next(counting), CountingTick | WarningTick)
        except StopIteration as stop:
            return select_words(stop.value, 5)


def kernel_speed(
    vocabulary: Vocabulary, text: bytes, settings: dict[str, Any]
) -> tuple[float, float]:
    """Return words and operations a second of a block kernel on an encoded text."""
    config = TrainConfig(threads=1, **settings)
    task = make_task(Model.initial(config, vocabulary))
    setup = task.setup
    job = Job(
        config,
        task,
        table_of(vocabulary.words),
        LinearDecay(0.01, 1),
        Claims(),
        ReplicaUse(),
        1 << 17,
    )
    worker = Worker(job, 0)
    windows, state, words, _ = worker.reader.read(text, np.uint64(1))
    rate = np.float32(0.01)
    seconds = best_time(lambda: worker.kernel(windows, setup, rate, state, worker.room))
    pairs = len(windows.words) * setup.draws
    if config.architecture == "cbow":
        pairs += len(windows.words)
    else:
        pairs += int((windows.right - windows.left - 1).sum())
    return words / seconds, 6 * config.dim * pairs / seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peak", description=__doc__)
    parser.add_argument("corpus")
    parser.add_argument("--dims", type=int, nargs="+", default=[100, 300])
    options = parser.parse_args()
    corpus = Corpus.open([options.corpus])
    vocabulary = vocabulary_of(corpus)
    text = next(corpus.chunks(TEXT_BYTES)).text
    print(f"memory copied: {copied_bytes() / 1e9:.0f} GB/s")
    for architecture in ("skipgram", "cbow"):
        for dim in options.dims:
            for loss in ("ns", "nce"):
                settings = {"architecture": architecture, "dim": dim, "loss": loss}
                peak = peak_flops()
                speed, operations = kernel_speed(vocabulary, text, settings)
                print(
                    f"{architecture}, {loss}, {dim} dimensions: {speed / 1e6:.2f} million words/s,"
                    f" {operations / 1e9:.1f} of {peak / 1e9:.0f} GFLOP/s"
                    f" = {operations / peak:.0%}"
                )


if __name__ == "__main__":
    main()
