"""One training run, as a stream of ticks."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from w2v_nce.config import TrainConfig
from w2v_nce.corpus.counting import CompilingTick, Counting, CountingTick, WarningTick
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.errors import CorpusError, TrainingError
from w2v_nce.kernels.contrast import Setup
from w2v_nce.model import Model
from w2v_nce.noise import check_noise
from w2v_nce.training.heldout import HeldOut, HeldOutTick, held_out_corpus, training_part
from w2v_nce.training.hogwild import (
    Claims,
    EpochBlock,
    Job,
    Worker,
    compile_kernels,
    epoch_blocks,
    legs,
)
from w2v_nce.training.schedule import LinearDecay
from w2v_nce.training.setup import make_setup
from w2v_nce.workers import run_workers

__all__ = [
    "CompilingTick",
    "CountingTick",
    "HeldOutTick",
    "Tick",
    "Training",
    "TrainingTick",
    "WarningTick",
    "train",
]


@dataclass(frozen=True)
class TrainingTick:
    """How far training has come."""

    words: int  # trained so far, over all epochs
    total_words: int  # as counted; if the counts are not those of the text, there may be more
    seconds: float  # since training began, compilation excluded
    learning_rate: float
    loss: float | None  # mean per example since the last tick; None if none was measured
    epoch_loss: float | None  # the same since the present epoch began

    @property
    def words_per_second(self) -> float:
        """Mean speed since training began."""
        return self.words / self.seconds if self.seconds > 0 else 0.0

    @property
    def share(self) -> float:
        """The share of the work that is done."""
        return min(self.words / self.total_words, 1.0)


Tick = CompilingTick | CountingTick | WarningTick | TrainingTick | HeldOutTick


class Training:
    """A run over a corpus. Iterate it to make it happen; each item is a :class:`Tick`.

    With a ``vocabulary`` there is no counting. A corpus that can be read only once is kept in a
    temporary file if there is more than one pass over it.

    ``vocabulary`` is there once counting is done, ``model`` once training begins; both stay
    usable if the iteration is given up, as does ``last_tick``.

    Raises:
        ConfigError: if there is no such noise distribution.

    Raises, while iterated:
        CorpusError: if the corpus cannot be read or has too few words.
        TrainingError: if the parameters diverge.
    """

    def __init__(
        self,
        corpus: Corpus,
        config: TrainConfig,
        interval: float = 0.2,
        vocabulary: Vocabulary | None = None,
    ) -> None:
        check_noise(config.noise_dist)
        passes = config.epochs + (vocabulary is None) + (config.held_out_share > 0)
        corpus = corpus.cleaned(config.cleaning)
        self.corpus = corpus.spooled() if passes > 1 else corpus
        self.config = config
        self.held_out = held_out_corpus(config, self.corpus)
        self.interval = interval  # seconds between ticks
        self.vocabulary = vocabulary
        self.model: Model | None = None
        self.last_tick: TrainingTick | None = None

    def __iter__(self) -> Iterator[Tick]:
        for tick in self._phases():
            if isinstance(tick, TrainingTick):
                self.last_tick = tick
            yield tick

    @property
    def share_done(self) -> float:
        """The share of all words that has been trained on."""
        return self.last_tick.share if self.last_tick else 0.0

    def finished_model(self) -> Model:
        """Return the model, of a run that is over or was given up while it trained.

        Raises:
            TrainingError: if a parameter is not finite, or nothing has been trained or learned.
        """
        if self.model is None or not self.share_done:
            raise TrainingError("nothing has been trained yet")
        if not self.model.is_finite():
            raise TrainingError(diverged(self.config.initial_rate, self.share_done))
        if not self.model.has_learned():
            raise TrainingError(
                f"{self.corpus.name}: nothing was learned, no word had a neighbour in its line;"
                " put several words on a line, or keep frequent words with --sample 0"
            )
        return self.model

    def _phases(self) -> Iterator[Tick]:
        if self.vocabulary is None:
            counting = Counting(self.corpus, self.config, self.interval)
            yield from counting
            self.vocabulary = counting.vocabulary
        assert self.vocabulary is not None
        self.model = Model.initial(self.config, self.vocabulary)
        yield from self._train(self.vocabulary, make_setup(self.model))

    def _train(self, vocabulary: Vocabulary, setup: Setup) -> Iterator[Tick]:
        config = self.config
        decay = LinearDecay(config.initial_rate, config.epochs * vocabulary.total)
        yield CompilingTick()
        job = Job(config, setup, vocabulary.table(), decay, Claims(), training_part(config))
        compile_kernels(job)
        workers = [Worker(job) for _ in range(config.thread_count)]
        monitor = Monitor(workers, decay)
        blocks = epoch_blocks(self.corpus, config)
        if config.heldout is None:
            yield from self._run(blocks, workers, monitor)
            return
        assert self.model is not None
        judge = HeldOut(self.model, self.held_out)
        for leg in legs(blocks):
            yield from self._run(leg, workers, monitor)
            assert self.last_tick is not None
            yield judge.measure(self.last_tick.words)
            if judge.is_enough:
                break
        judge.restore_best()

    def _run(
        self, blocks: Iterator[EpochBlock], workers: list[Worker], monitor: Monitor
    ) -> Iterator[Tick]:
        for _ in run_workers(blocks, workers, self.interval):
            yield monitor.tick()
        if not workers[0].job.claims.words:
            raise CorpusError(f"{self.corpus.name}: none of its words is in the vocabulary")


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
        loss = sum(each.loss for each in progress)
        measured = sum(each.measured for each in progress)
        if not math.isfinite(loss):
            raise TrainingError(diverged(self.decay.initial, words / self.decay.total_words))
        latest = [each for each in progress if each.epoch == max(p.epoch for p in progress)]
        tick = TrainingTick(
            words=words,
            total_words=self.decay.total_words,
            seconds=time.perf_counter() - self.started,
            learning_rate=self.decay.rate(words),
            loss=_mean(loss - self.loss, measured - self.measured),
            epoch_loss=_mean(
                sum(each.epoch_loss for each in latest),
                sum(each.epoch_measured for each in latest),
            ),
        )
        self.loss, self.measured = loss, measured
        return tick


def _mean(total: float, count: int) -> float | None:
    return total / count if count else None


def diverged(rate: float, share: float) -> str:
    """Return the message for parameters that have become NaN or infinite."""
    return (
        f"training diverged after {share:.0%} of the words: the learning rate {rate:g} is too"
        f" high; try --lr {min(rate / 10, 0.1):g}"
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
    return run.finished_model()
