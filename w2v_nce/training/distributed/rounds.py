"""Training in rounds, after each of which the processes synchronise."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path
from typing import Protocol

from w2v_nce.corpus.sources import Chunk
from w2v_nce.settings.distributed_config import ClusterConfig
from w2v_nce.settings.setting import Interval
from w2v_nce.threads import run_workers
from w2v_nce.training.distributed.averaging import SharedParameters
from w2v_nce.training.distributed.process_group import Status
from w2v_nce.training.distributed.shares import Share, Stretch
from w2v_nce.training.monitor import Monitor
from w2v_nce.training.run import Tick, Training
from w2v_nce.training.schedule import Claims, EpochChunk, Position, Seen
from w2v_nce.training.ticks import CheckpointTick

FULL_EVERY = 4  # rounds after which all words are synchronised, not only frequent ones


class Stops(Protocol):
    """Requests to stop this process."""

    number: int  # of the signal; 0 without a request

    def deferred(self) -> AbstractContextManager[None]:
        """Return a context in which a request waits for the end."""


class Rounds:
    """All rounds of a run. Iterate them to make them happen; each item is a tick.

    ``epoch`` and ``chunks`` are the position after the last round, of all processes.
    """

    def __init__(
        self,
        run: Training,
        monitor: Monitor,
        parameters: SharedParameters,
        config: ClusterConfig,
        stops: Stops,
        eval_interval: Interval | None,
    ) -> None:
        self.run, self.monitor = run, monitor
        self.parameters, self.group = parameters, parameters.group
        self.config, self.stops, self.eval_interval = config, stops, eval_interval
        self.epoch, self.chunks = monitor.start.epoch, monitor.start.chunk
        self.left: list[list[Stretch]] | None = None  # by rank, at the last full synchronisation
        self.is_over = False
        self._rounds_done = 0
        self._words_synchronised = monitor.start.words  # of all processes
        self._shown_at = 0.0
        self._eval_number = self._eval_number_now

    def train(self, share: list[Stretch], first: list[Stretch]) -> Iterator[Tick]:
        """Train on a share of the text in every epoch, but on ``first`` in the first one."""
        with self.stops.deferred():
            self.group.meet()  # so that no rank shows progress while a signal would end another
            while self.epoch < self.run.config.epochs and not self.is_over:
                yield from self._train_epoch(Share(list(first), self.run.config.cleaning))
                first = share
            self.run.refuse_no_words()
            yield self.monitor.tick()
            if not self.stops.number:  # else a checkpoint comes first
                self.run.restore_best()

    @property
    def _eval_number_now(self) -> int:
        """The number of the evaluation interval under way."""
        if self.eval_interval is None:
            return 0
        return self.eval_interval.number(self.epoch, self.monitor.words, self.run.epoch_words)

    def _train_epoch(self, share: Share) -> Iterator[Tick]:
        """Train until the shares of all processes are done, or the run is over."""
        group, monitor, before = self.group, self.monitor, self.chunks
        job = monitor.job
        numbers = count(before + group.rank, group.size)
        stream = RoundStream(share.chunks(job.chunk_size), self.epoch, numbers, job.claims)
        ended = False
        while not (ended or self.is_over):
            yield from self._train_round(stream)
            group.meet()
            monitor.elsewhere = self._words_elsewhere
            job.claims.words = monitor.words
            self.chunks = before + int(group.said("chunks").sum())
            ended, due = bool(group.said("ended").all()), bool(group.said("due")[0])
            self._heed(int(group.said("stop").max()))
            is_interval_over = self._eval_number_now > self._eval_number
            everything = ended or due or is_interval_over or self.is_over
            self._synchronise(everything)
            if ended:
                yield from self._warn_of_mismatch()
                self.epoch, self.chunks, self.left = self.epoch + 1, 0, None
            elif everything:  # a checkpoint may follow, also if patience ends the run
                self.left = group.communicator.gather(share.left)
            if self._is_measurement_due:
                yield from self.measure()
            if due and not self.is_over:
                yield CheckpointTick(group.first(self._save))

    def _train_round(self, stream: RoundStream) -> Iterator[Tick]:
        run, group, monitor = self.run, self.group, self.monitor
        stream.begin(self._words_of_round)
        for _ in run_workers(stream, monitor.workers, run.interval):
            due = run.checkpoints is not None and run.checkpoints.is_due
            stop = self.stops.number
            group.answer(Status(monitor.words_here, stream.given, stream.ended, stop, due))
            if stop or group.said("stop").any():
                stream.finish()
            monitor.elsewhere = self._words_elsewhere
            if time.monotonic() - self._shown_at >= run.interval:
                self._shown_at = time.monotonic()
                yield monitor.tick()

    @property
    def _words_of_round(self) -> int:
        config, job = self.run.config, self.monitor.job
        return self.config.words_of_round(
            self.parameters.words, config.thread_count, self.group.size, job.decay.total_words
        )

    @property
    def _words_elsewhere(self) -> int:
        words = self.group.said("words")
        return int(words.sum() - words[self.group.rank])

    def _heed(self, stop: int) -> None:
        """End the run if a process has said that it is asked to stop."""
        if stop:  # else one may just have come, and waits for the next round
            self.stops.number = stop
            self.is_over = True

    def _synchronise(self, everything: bool) -> None:
        """Exchange what the processes have learned, of frequent words or of all."""
        monitor = self.monitor
        self._rounds_done += 1
        words, self._words_synchronised = monitor.words - self._words_synchronised, monitor.words
        rows: int | None = None
        if not everything and self._rounds_done % FULL_EVERY:
            rows = self.config.words_exchanged(self.parameters.words)
        self.parameters.synchronise(words, monitor.decay.rate(monitor.words), rows)

    def _warn_of_mismatch(self) -> Iterator[Tick]:
        """Warn on rank 0 after the first epoch if the vocabulary does not fit the text of all."""
        if self.epoch > 0:
            return
        seen = self.group.communicator.gather(self.monitor.first_epoch)
        if self.run.is_counted_elsewhere:
            yield from self.run.mismatch_warnings(Seen(*map(sum, zip(*seen, strict=True))))

    @property
    def _is_measurement_due(self) -> bool:
        is_last = self.epoch == self.run.config.epochs
        is_over = self._eval_number_now > self._eval_number
        return self.eval_interval is not None and (is_over or is_last)

    def measure(self) -> Iterator[Tick]:
        """Measure on rank 0, and end the run if it is out of patience."""
        self._eval_number = self._eval_number_now
        validation = self.run.validation
        if validation is not None:
            with self.monitor.pause():
                measured = self.group.busy(lambda: validation.measure(self.monitor.words))
            yield from measured
        self.is_over |= self.group.first(
            lambda: validation is not None and validation.is_out_of_patience
        )

    def _save(self) -> Path:
        assert self.run.checkpoints is not None
        return self.run.checkpoints.save(self.run.checkpoint)

    def position(self, here: Position) -> Position:
        """Return the position of all processes, given that of this one."""
        return here._replace(epoch=self.epoch, chunk=self.chunks)


class RoundStream:
    """A stream of chunks that ends when a round is over, and goes on with the next.

    Chunks are numbered by ``numbers``, so that no two of an epoch have the same random numbers.
    """

    def __init__(
        self, chunks: Iterator[Chunk], epoch: int, numbers: Iterator[int], claims: Claims
    ) -> None:
        self.chunks, self.epoch, self.numbers, self.claims = chunks, epoch, numbers, claims
        self.limit = 0  # of the words that are claimed
        self.given = 0
        self.ended = False  # for good

    def begin(self, words: int) -> None:
        """Begin a round of this many words, rounded up to whole chunks."""
        self.limit = self.claims.words + words * self.claims.processes

    def finish(self) -> None:
        """End the round now."""
        self.limit = 0

    def __iter__(self) -> RoundStream:
        return self

    def __next__(self) -> EpochChunk:
        if self.claims.words >= self.limit:
            raise StopIteration
        chunk = next(self.chunks, None)
        if chunk is None:
            self.ended = True
            raise StopIteration
        self.given += 1
        return EpochChunk(self.epoch, next(self.numbers), chunk.text)
