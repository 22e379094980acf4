"""The progress of a run's threads."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.errors import TrainingError
from w2v_nce.training.schedule import Position, Seen
from w2v_nce.training.ticks import TrainingTick
from w2v_nce.training.worker import Job, Worker


class Monitor:
    """The workers of a run, and sums of their work between ticks."""

    def __init__(self, job: Job, start: Position) -> None:
        self.job, self.decay, self.start = job, job.decay, start
        self.workers = [Worker(job, number) for number in range(job.config.thread_count)]
        self.started = time.perf_counter() - start.seconds  # as if it had never paused
        self.loss = 0.0
        self.measured = 0
        self.elsewhere = 0  # words that other processes have trained meanwhile

    @property
    def words(self) -> int:
        """The words trained so far, over all epochs."""
        return self.start.words + self.elsewhere + self.words_here

    @property
    def words_here(self) -> int:
        """The words that this process has trained since the run began or was resumed."""
        return sum(worker.progress.words for worker in self.workers)

    @property
    def position(self) -> Position:
        """The position of the run; while no thread trains, and chunks are done without gaps."""
        done = [worker.progress for worker in self.workers if worker.progress.chunk >= 0]
        epoch, chunk = max(((each.epoch, each.chunk + 1) for each in done), default=self.start[:2])
        return Position(epoch, chunk, self.words, time.perf_counter() - self.started)

    @property
    def first_epoch(self) -> Seen:
        """The words of the first epoch so far."""
        seen = [worker.first_epoch for worker in self.workers]
        return Seen(sum(each.known for each in seen), sum(each.read for each in seen))

    @property
    def is_in_later_epochs(self) -> bool:
        """Whether all workers have left the first epoch."""
        return all(worker.progress.epoch > 0 for worker in self.workers)

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Leave the time spent in this context out of the time of training."""
        since = time.perf_counter()
        try:
            yield
        finally:
            self.started += time.perf_counter() - since

    def tick(self) -> TrainingTick:
        """Return the progress since the last tick.

        Raises:
            TrainingError: if a loss is not finite.
        """
        progress = [worker.progress for worker in self.workers]
        words = self.start.words + self.elsewhere + sum(each.words for each in progress)
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
        f" high; try `learning_rate={min(rate / 10, 0.1):g}`"
    )


UNKNOWN = 0.2  # of the words of the text, beyond the share that was left out when counting
FEWER = 0.8  # of the words that were counted
MORE = 1.25  # times these


def vocabulary_mismatch(seen: Seen, vocabulary: Vocabulary) -> str | None:
    """Return a warning if the first epoch has seen another text than the one that was counted."""
    if not seen.read:
        return None
    unknown = 1 - seen.known / seen.read
    expected = 1 - vocabulary.total / vocabulary.corpus_words
    if unknown > expected + UNKNOWN:
        return (
            f"{unknown:.0%} of the words of the text are not in the vocabulary, and {expected:.0%}"
            " of those that were counted; count the words of this text, cleaned in the same way"
        )
    if not FEWER <= seen.known / vocabulary.total <= MORE:
        when = "late" if seen.known < vocabulary.total else "early"
        return (
            f"an epoch has {seen.known:,} words of the vocabulary, but {vocabulary.total:,} were"
            f" counted, so that the learning rate falls too {when}; count the words of this text"
        )
    return None
