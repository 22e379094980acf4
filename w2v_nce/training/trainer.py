"""One training run, as a stream of ticks."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from w2v_nce.config import TrainConfig
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.vocabulary import CountingTick, Vocabulary, count_words, select_words
from w2v_nce.errors import TrainingError
from w2v_nce.kernels.contrast import Setup
from w2v_nce.model import Model
from w2v_nce.noise import make_noise
from w2v_nce.training.hogwild import EpochBlock, Job, Worker, epoch_blocks, make_workers
from w2v_nce.training.schedule import LinearDecay, keep_thresholds
from w2v_nce.workers import run_workers

__all__ = ["CompilingTick", "CountingTick", "Tick", "Training", "TrainingTick", "train"]


#: Noise words drawn for each of the k of the objective. Skip-gram has several examples for every
#: word of the text, CBOW a single one, so that it gains by a closer look at the noise.
DRAWS = {"cbow": 2, "skipgram": 1}


@dataclass(frozen=True)
class CompilingTick:
    """The kernels are about to be compiled, or loaded if an earlier run has compiled them."""


@dataclass(frozen=True)
class TrainingTick:
    """How far training has come."""

    words: int  # trained so far, over all epochs
    total_words: int
    seconds: float  # since training began, compilation excluded
    learning_rate: float
    loss: float | None  # mean per example since the last tick; None if none was measured
    epoch_losses: tuple[float, ...]  # mean per example, of every epoch that has begun

    @property
    def words_per_second(self) -> float:
        """Mean speed since training began."""
        return self.words / self.seconds if self.seconds > 0 else 0.0


Tick = CountingTick | CompilingTick | TrainingTick


class Training:
    """A run over a corpus. Iterate it to make it happen; each item is a :class:`Tick`.

    ``vocabulary`` is there once counting is done, ``model`` once training begins; both stay
    usable if the iteration is given up, as does ``last_tick``.

    Raises, while iterated:
        CorpusError: if the corpus cannot be read or has too few words.
        TrainingError: if the parameters diverge.
    """

    def __init__(self, corpus: Corpus, config: TrainConfig, interval: float = 0.2) -> None:
        self.corpus = corpus
        self.config = config
        self.interval = interval  # seconds between ticks
        self.vocabulary: Vocabulary | None = None
        self.model: Model | None = None
        self.last_tick: TrainingTick | None = None

    def __iter__(self) -> Iterator[Tick]:
        for tick in self._phases():
            if isinstance(tick, TrainingTick):
                self.last_tick = tick
            yield tick

    def _phases(self) -> Iterator[Tick]:
        threads = self.config.thread_count
        yield CompilingTick()
        table = yield from count_words(self.corpus, threads, self.interval)
        vocabulary = select_words(table, self.config.min_count, self.config.max_vocab)
        del table  # may be large
        self.vocabulary = vocabulary
        self.model = Model.initial(self.config, vocabulary)
        yield from self._train(vocabulary, self.model)

    def _train(self, vocabulary: Vocabulary, model: Model) -> Iterator[Tick]:
        config = self.config
        total = config.epochs * vocabulary.total
        decay = LinearDecay(config.initial_rate, total)
        job = Job(config, make_setup(model), vocabulary.table(), decay)
        yield CompilingTick()
        Worker(job, [])(EpochBlock(0, 0, b""))
        workers = make_workers(job)
        monitor = Monitor(workers, decay)
        for _ in run_workers(epoch_blocks(self.corpus, config.epochs), workers, self.interval):
            yield monitor.tick()
        if not model.is_finite():
            raise TrainingError(diverged(decay.initial, 1.0))


class Monitor:
    """Sums up what the workers have done between ticks."""

    def __init__(self, workers: list[Worker], decay: LinearDecay) -> None:
        self.workers = workers
        self.decay = decay
        self.started = time.perf_counter()
        self.loss = 0.0
        self.measured = 0

    def tick(self) -> TrainingTick:
        """Look at the progress now.

        Raises:
            TrainingError: if a loss is not finite.
        """
        progress = [worker.progress for worker in self.workers]
        words = sum(each.words for each in progress)
        losses = np.sum([each.loss for each in progress], axis=0)
        measured = np.sum([each.measured for each in progress], axis=0)
        loss, count = float(losses.sum()), int(measured.sum())
        if not math.isfinite(loss):
            raise TrainingError(diverged(self.decay.initial, words / self.decay.total_words))
        new_loss, new = loss - self.loss, count - self.measured
        self.loss, self.measured = loss, count
        return TrainingTick(
            words=words,
            total_words=self.decay.total_words,
            seconds=time.perf_counter() - self.started,
            learning_rate=self.decay.rate(words),
            loss=new_loss / new if new else None,
            epoch_losses=tuple((losses[measured > 0] / measured[measured > 0]).tolist()),
        )


def diverged(rate: float, share: float) -> str:
    """Return the message for parameters that have become NaN or infinite."""
    return (
        f"training diverged after {share:.0%} of the words: the learning rate {rate:g} is too"
        f" high; try --lr {rate / 10:g}"
    )


def make_setup(model: Model) -> Setup:
    """Return what the kernels need to train a model."""
    config, counts = model.config, model.vocabulary.counts
    is_nce = config.loss == "nce"
    return Setup(
        parameters=model.parameters,
        noise=make_noise(counts, config.noise_power, config.noise, config.loss),
        keep=keep_thresholds(counts, config.sample),
        window=config.window,
        k=config.noise,
        draws=config.noise * DRAWS[config.architecture],
        learn_bias=is_nce,
        keep_hits=is_nce,
    )


def train(
    corpus: str | Path | Iterable[str | Path],
    config: TrainConfig | None = None,
    on_tick: Callable[[Tick], None] | None = None,
) -> Model:
    """Train a model on one or more text files; ``on_tick`` is told of the progress.

    Raises:
        InputError: if the corpus or the settings are unusable.
        TrainingError: if the parameters diverge.
    """
    paths = [corpus] if isinstance(corpus, str | Path) else corpus
    run = Training(Corpus.open(paths), config or TrainConfig())
    for tick in run:
        if on_tick is not None:
            on_tick(tick)
    assert run.model is not None
    return run.model
