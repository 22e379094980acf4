"""One rank's part of a run that several ranks share."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from w2v_nce.arrays import Longs
from w2v_nce.corpus.counting import (
    CompilingTick,
    CountingTick,
    chosen_words,
    compile_counter,
    count_words,
    known_words,
)
from w2v_nce.corpus.sources import Chunk
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.corpus.word_table import TOKENS, TYPES
from w2v_nce.errors import CorpusError
from w2v_nce.kernels.state import Setup
from w2v_nce.model.model import Model
from w2v_nce.model.noise import NoiseDistribution
from w2v_nce.settings.distributed_config import ClusterConfig
from w2v_nce.settings.setting import Interval
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.threads import run_workers
from w2v_nce.training.checkpoints import Checkpoint
from w2v_nce.training.distributed.averaging import Group, Shared, copy_first
from w2v_nce.training.distributed.counting import counted_by_all, table_of_all
from w2v_nce.training.distributed.process_group import Status, Team
from w2v_nce.training.distributed.shares import Share, Stretch
from w2v_nce.training.hot_rows import rows_for_copies
from w2v_nce.training.memory import refuse_too_much
from w2v_nce.training.monitor import Monitor
from w2v_nce.training.run import CheckpointTick, Tick, Training
from w2v_nce.training.schedule import Claims, EpochBlock, Position, Seen
from w2v_nce.training.setup import make_setup
from w2v_nce.training.worker import Job

FULL_EVERY = 4  # rounds after which all words are synchronised, not only frequent ones


class Beginning(NamedTuple):
    """What rank 0 knows when training begins, and tells the others."""

    vocabulary: Vocabulary
    noise: NoiseDistribution
    epoch_words: int
    position: Position
    frozen: Longs | None
    measured_every: Interval | None  # by rank 0, if at all


class Stops(Protocol):
    """Whether somebody has asked this rank to stop."""

    number: int  # of the signal; 0: nobody has

    def deferred(self) -> AbstractContextManager[None]:
        """Return a context in which who asks has to wait for the end."""


class ClusterTraining(Training):
    """A run over one share of a corpus, while other ranks do theirs.

    Every rank has one and iterates it. On rank 0 it is what a :class:`Training` is, and ticks tell
    of all words, not only its own. Others need to be given nothing but share and settings.

    ``left`` is the text that a run which goes on has still to do in its first epoch; ``spool_dir``
    is where held-out text is kept that can be read only once.
    """

    copies = 1  # of the parameters: as they were when all ranks had the same

    def __init__(
        self,
        share: list[Stretch],
        config: TrainConfig,
        cluster: ClusterConfig,
        team: Team,
        stops: Stops,
        *,
        left: list[Stretch] | None = None,
        spool_dir: Path | None = None,
        interval: float = 0.2,
        vocabulary: Vocabulary | None = None,
        **more: Any,
    ) -> None:
        self.share, self.cluster, self.team, self.stops = share, cluster, team, stops
        corpus = replace(Share(share, config.cleaning).corpus, spool_dir=spool_dir)
        super().__init__(corpus, config, interval, vocabulary, **more)
        self.machines = team.size
        self._first_share = share if left is None else left
        self._blocks = 0  # of all ranks, done in this epoch
        self._left: list[list[Stretch]] | None = None  # by rank, at the last synchronisation
        self._rounds_done = 0
        self._words_shared = 0  # trained by all at the last synchronisation
        self._shown_at = 0.0
        self._is_over = False
        self._measured_every: Interval | None = None
        self._leg = 0  # between measurements, by number

    @property
    def checkpoint(self) -> Checkpoint:
        """The run as it stands after a synchronisation of all words, on rank 0."""
        here = super().checkpoint
        position = here.position._replace(epoch=self._place.epoch, block=self._blocks)
        return replace(here, position=position, left=self._left)

    def _phases(self) -> Iterator[Tick]:
        if self.team.first(lambda: self.vocabulary is None):
            yield from self._count()
        self._refuse_too_much()
        job = self._agree(self.team.busy(self._decide) if self.team.rank == 0 else None)
        yield CompilingTick()
        self._monitor = self.team.busy(lambda: self._prepared(job))
        yield from self._train(job, self._monitor)

    def _count(self) -> Iterator[Tick]:
        config, team = self.config, self.team
        sizes = team.communicator.gather(self.corpus.size)
        size = None if None in sizes else sum(sizes)
        yield CompilingTick()
        team.busy(compile_counter)
        memory = config.max_vocab_memory
        counting = count_words(self.corpus, config.thread_count, self.interval, memory)
        table = yield from counted_by_all(counting, team, size)
        table = table_of_all(table, team, memory)
        if team.rank == 0:
            yield CountingTick(size or 0, size, int(table.totals[TOKENS]), int(table.totals[TYPES]))
            chosen = team.busy(lambda: chosen_words(table, config, self.corpus.name))
            self.vocabulary = chosen
            if self.start:
                self.vocabulary = self.start.vocabulary(chosen)
                self.epoch_words = known_words(table, self.vocabulary)

    def _refuse_too_much(self) -> None:
        """Make sure that each machine has memory enough, before any rank takes it."""
        words = self.team.first(self._words_to_begin_with)
        here = self.team.communicator.ranks_here
        if words is not None and self.team.rank == here[0]:
            refuse_too_much(self.config, words, copies=self.copies, processes=len(here))

    def _words_to_begin_with(self) -> int | None:
        """Return how many words will have vectors, if memory for them is to be looked at."""
        if self.force or self.resumed is not None:
            return None
        assert self.vocabulary is not None
        return len(self.vocabulary)

    def _decide(self) -> Job:
        """Make the model, or take it from a checkpoint."""
        assert self.vocabulary is not None
        if self.resumed is not None:
            return self._go_on(self.resumed)
        self.epoch_words = self.epoch_words or self.vocabulary.total
        return self._begin(self.vocabulary)

    def _agree(self, job: Job | None) -> Job:
        """Give all ranks what rank 0 has, whose job this is."""
        told = self.team.first(lambda: self._beginning(job))
        setup = job.setup if job else self.team.busy(lambda: self._take_over(told))
        self.team.meet()
        assert self.model is not None
        self._measured_every, self._blocks = told.measured_every, self._place.block
        parameters, squares, vocabulary = self.model.parameters, setup.squares, told.vocabulary
        communicator, watchdog = self.team.communicator, self.team.watchdog
        copy_first([*parameters, *squares], communicator, watchdog)
        groups = [
            Group(parameters.input),
            Group(parameters.output, parameters.bias),
            Group(parameters.log_z),
            *(Group(each, additive=True) for each in squares),
        ]
        updates = examples_of_a_word(self.config) * vocabulary.counts / vocabulary.total
        self._shared = Shared(groups, updates, communicator, watchdog)
        self._words_shared = told.position.words
        return job or self._job(self.model, setup, told.frozen)

    def _take_over(self, told: Beginning) -> Setup:
        """Make the model that rank 0 has, but for its parameters."""
        self.vocabulary, self.epoch_words = told.vocabulary, told.epoch_words
        self._place = told.position
        self.model = Model.untrained(
            self.config,
            told.vocabulary,
            told.noise,
            rows_for_copies(self.config, told.vocabulary.counts),
        )
        return make_setup(self.model)

    def _beginning(self, job: Job | None) -> Beginning:
        assert self.model is not None
        assert job is not None
        return Beginning(
            self.model.vocabulary,
            self.model.noise,
            self.epoch_words,
            self._place,
            job.frozen.ids if job.frozen else None,
            self.config.eval_interval if self.config.is_measured else None,
        )

    def _train(self, job: Job, monitor: Monitor) -> Iterator[Tick]:
        self.team.busy(self._shared.compile)
        if self.team.rank == 0 and self._measured_every:
            with monitor.pause():
                self._judge = self.team.busy(lambda: self._new_judge(job.text_size))
        self._leg = self._leg_now(self._place.words)
        self.team.meet()
        with self.stops.deferred():
            while self._place.epoch < self.config.epochs and not self._is_over:
                yield from self._epoch(job, monitor)
            if not monitor.words:
                raise CorpusError(f"{self.corpus.name}: none of its words is in the vocabulary")
            yield monitor.tick()
            if not self.stops.number:  # else a checkpoint comes first
                self.restore_best()

    def _epoch(self, job: Job, monitor: Monitor) -> Iterator[Tick]:
        """Train until the shares of all ranks are done, or the run is over."""
        team, first_block = self.team, self._blocks
        share = Share(list(self._first_share), self.config.cleaning)
        rounds = Rounds(
            share.chunks(job.text_size),
            self._place.epoch,
            first_block + team.rank,
            team.size,
            job.claims,
        )
        ended = False
        while not (ended or self._is_over):
            yield from self._train_round(rounds, monitor)
            team.meet()
            monitor.elsewhere = self._words_elsewhere
            job.claims.words = monitor.words
            self._blocks = first_block + int(team.said("blocks").sum())
            ended, due = bool(team.said("ended").all()), bool(team.said("due")[0])
            self._heed(int(team.said("stop").max()))
            measured = self._leg_now(monitor.words) > self._leg  # as what all have learned
            everything = ended or due or measured or self._is_over
            self._synchronise(monitor, everything)
            if ended:
                yield from self._warn_of_misfit(monitor)
                self._begin_epoch()
            elif everything:  # a checkpoint may follow, also of what a measurement ends
                self._left = team.communicator.gather(share.left)
            yield from self._measure_if_due(monitor)
            if due and not self._is_over:
                yield from self._save()

    def _train_round(self, rounds: Rounds, monitor: Monitor) -> Iterator[Tick]:
        rounds.begin(self._words_of_round())
        for _ in run_workers(rounds, monitor.workers, self.interval):
            due = self.checkpoints is not None and self.checkpoints.is_due
            stop = self.stops.number
            self.team.answer(Status(monitor.words_here, rounds.given, rounds.ended, stop, due))
            if stop or self.team.said("stop").any():
                rounds.finish()
            monitor.elsewhere = self._words_elsewhere
            if time.monotonic() - self._shown_at >= self.interval:
                self._shown_at = time.monotonic()
                yield monitor.tick()

    def _words_of_round(self) -> int:
        assert self.vocabulary is not None
        words, threads = self.config.epochs * self.epoch_words, self.config.thread_count
        return self.cluster.words_of_round(len(self.vocabulary), threads, self.machines, words)

    def _heed(self, stop: int) -> None:
        """End the run if a rank has said that it is asked to stop."""
        if stop:  # else one may just have come, and waits for the next round
            self.stops.number = stop
            self._is_over = True

    @property
    def _words_elsewhere(self) -> int:
        words = self.team.said("words")
        return int(words.sum() - words[self.team.rank])

    def _synchronise(self, monitor: Monitor, everything: bool) -> None:
        """Take over what the others have learned, of frequent words or of all."""
        assert self.vocabulary is not None
        self._rounds_done += 1
        words, self._words_shared = monitor.words - self._words_shared, monitor.words
        rows: int | None = None
        if not everything and self._rounds_done % FULL_EVERY:
            rows = self.cluster.words_exchanged(len(self.vocabulary))
        self._shared.synchronise(words, monitor.decay.rate(monitor.words), rows)

    def _warn_of_misfit(self, monitor: Monitor) -> Iterator[Tick]:
        """Warn on rank 0, where it is known, if words counted elsewhere are not those of all."""
        if self._place.epoch > 0:
            return
        seen = self.team.communicator.gather(monitor.first_epoch)
        if self._is_counted_elsewhere:
            yield from self._misfits(Seen(*map(sum, zip(*seen, strict=True))))

    def _begin_epoch(self) -> None:
        """Go on with the first text of the next epoch."""
        self._place = self._place._replace(epoch=self._place.epoch + 1, block=0)
        self._blocks, self._left, self._first_share = 0, None, self.share

    def _leg_now(self, words: int) -> int:
        """Return the number of the leg that is under way after so many words of all ranks."""
        every = self._measured_every
        return every.number(self._place.epoch, words, self.epoch_words) if every else 0

    def _measure_if_due(self, monitor: Monitor) -> Iterator[Tick]:
        """Measure on rank 0 where a leg is over, and decide whether that is enough."""
        leg = self._leg_now(monitor.words)
        over = self._place.epoch == self.config.epochs
        if self._measured_every is None or not (leg > self._leg or over):
            return
        self._leg = leg
        if self._judge is not None:
            judge = self._judge
            with monitor.pause():
                measured = self.team.busy(lambda: judge.measure(monitor.words))
            yield from measured
        enough = self.team.first(lambda: self._judge is not None and self._judge.is_enough)
        self._is_over = self._is_over or enough

    def _save(self) -> Iterator[Tick]:
        """Write a checkpoint, on rank 0, and let all know where it is."""
        yield CheckpointTick(self.team.first(self._write_checkpoint))

    def _write_checkpoint(self) -> Path:
        assert self.checkpoints is not None
        return self.checkpoints.save(self.checkpoint)


def examples_of_a_word(config: TrainConfig) -> int:
    """Return how often a word that is read trains its rows: in skip-gram with each neighbour."""
    return config.window + 1 if config.architecture == "skipgram" else 1


class Rounds:
    """A stream of blocks that ends when a round is over, and goes on with the next.

    Blocks are numbered so that no two of an epoch have the same random numbers: from ``number`` on,
    in steps as large as there are ranks.
    """

    def __init__(
        self, blocks: Iterator[Chunk], epoch: int, number: int, step: int, claims: Claims
    ) -> None:
        self.blocks, self.epoch, self.number, self.step = blocks, epoch, number, step
        self.claims = claims
        self.limit = 0  # of the words that are taken on
        self.given = 0
        self.ended = False  # for good

    def begin(self, words: int) -> None:
        """Begin a round of so many words, or of a few blocks more."""
        self.limit = self.claims.words + words * self.claims.machines

    def finish(self) -> None:
        """End the round now."""
        self.limit = 0

    def __iter__(self) -> Rounds:
        return self

    def __next__(self) -> EpochBlock:
        if self.claims.words >= self.limit:
            raise StopIteration
        block = next(self.blocks, None)
        if block is None:
            self.ended = True
            raise StopIteration
        number = self.number + self.given * self.step
        self.given += 1
        return EpochBlock(self.epoch, number, block.text)
