"""One process of a run that several processes share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from w2v_nce.arrays import Longs
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.model.model import Model
from w2v_nce.model.noise import NoiseDistribution
from w2v_nce.settings.distributed_config import ClusterConfig
from w2v_nce.settings.setting import Interval
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.checkpoints import Checkpoint
from w2v_nce.training.distributed.averaging import SharedParameters, WordRows, copy_first
from w2v_nce.training.distributed.counting import count_together
from w2v_nce.training.distributed.process_group import ProcessGroup
from w2v_nce.training.distributed.rounds import Rounds, Stops
from w2v_nce.training.distributed.shares import Share, Stretch
from w2v_nce.training.hot_rows import spare_rows
from w2v_nce.training.memory import refuse_too_much
from w2v_nce.training.monitor import Monitor
from w2v_nce.training.run import Tick, Training
from w2v_nce.training.schedule import Position

Result = TypeVar("Result")


class Beginning(NamedTuple):
    """The state in which training begins, as rank 0 tells it to the others."""

    vocabulary: Vocabulary
    noise: NoiseDistribution
    epoch_words: int
    position: Position
    frozen: Longs | None
    eval_interval: Interval | None  # None if nothing is measured

    def untrained(self, config: TrainConfig) -> Checkpoint:
        """Return the same state with other parameters, which are still to come."""
        spare = spare_rows(config, self.vocabulary.counts)
        model = Model.untrained(config, self.vocabulary, self.noise, spare)
        return Checkpoint(model, self.position, self.epoch_words, frozen=self.frozen)


class DistributedProcesses:
    """The processes of a run, each of which trains on its share of the text.

    ``left`` is the part of the share that a resumed run still has to train on in its first epoch.
    """

    copies = 1  # of the parameters: as they were when all processes had the same

    def __init__(
        self,
        share: list[Stretch],
        config: ClusterConfig,
        group: ProcessGroup,
        stops: Stops,
        left: list[Stretch] | None = None,
    ) -> None:
        self.share, self.config, self.group, self.stops = share, config, group, stops
        self.left = share if left is None else left
        self.size = group.size
        self._eval_interval: Interval | None = None
        self._parameters: SharedParameters | None = None
        self._rounds: Rounds | None = None

    def busy(self, work: Callable[[], Result]) -> Result:
        """Do work that takes long, and show the others that this process is alive."""
        return self.group.busy(work)

    def count(self, run: Training) -> Iterator[Tick]:
        """Count the words of the text of all processes, unless the vocabulary is given."""
        if not self.group.first(lambda: run.vocabulary is None):
            return
        counted = yield from count_together(run.corpus, run.config, run.interval, self.group)
        if counted:
            run.choose_words(*counted)

    def begin(self, run: Training) -> Checkpoint:
        """Return the state in which training begins, with the parameters of rank 0."""
        group = self.group
        self._refuse_too_much(run)
        begun = group.busy(run.beginning) if group.rank == 0 else None
        told = group.first(lambda: _told(begun, run.config))
        begun = begun or group.busy(lambda: told.untrained(run.config))
        group.meet()
        parameters, vocabulary = begun.model.parameters, told.vocabulary
        copy_first(parameters, group)
        rows = [
            WordRows(parameters.input),
            WordRows(parameters.output, parameters.bias),
            WordRows(parameters.log_z),
        ]
        updates = examples_of_a_word(run.config) * vocabulary.counts / vocabulary.total
        self._parameters = SharedParameters(rows, updates, group)
        self._eval_interval = told.eval_interval
        return begun

    def train(self, run: Training, monitor: Monitor) -> Iterator[Tick]:
        """Train to the end, in rounds."""
        assert self._parameters is not None
        self.group.busy(self._parameters.compile)
        if self.group.rank == 0 and self._eval_interval:
            with monitor.pause():
                self.group.busy(run.open_validation)
        self.group.meet()
        self._rounds = Rounds(
            run,
            monitor,
            self._parameters,
            self.config,
            self.stops,
            self._eval_interval,
        )
        yield from self._rounds.train(self.share, self.left)

    def complete(self, checkpoint: Checkpoint) -> Checkpoint:
        """Add to a checkpoint of rank 0, after a full synchronisation, what others have done."""
        rounds = self._rounds
        if rounds is None:
            return checkpoint
        position = rounds.position(checkpoint.position)
        return replace(checkpoint, position=position, left=rounds.left)

    def _refuse_too_much(self, run: Training) -> None:
        """Make sure that each machine has enough memory, before any process takes it."""
        words = self.group.first(lambda: _words_to_check(run))
        here = self.group.communicator.ranks_here
        if words is not None and self.group.rank == here[0]:
            refuse_too_much(run.config, words, copies=self.copies, processes=len(here))


def _told(begun: Checkpoint | None, config: TrainConfig) -> Beginning:
    assert begun is not None
    return Beginning(
        begun.model.vocabulary,
        begun.model.noise,
        begun.epoch_words,
        begun.position,
        begun.frozen,
        config.eval_interval if config.is_measured else None,
    )


def _words_to_check(run: Training) -> int | None:
    """Return the number of words that will have vectors; None if memory is not to be checked."""
    if run.force or run.resumed is not None:
        return None
    assert run.vocabulary is not None
    return len(run.vocabulary)


def distributed_training(
    share: list[Stretch],
    config: TrainConfig,
    distributed: ClusterConfig,
    group: ProcessGroup,
    stops: Stops,
    *,
    left: list[Stretch] | None = None,
    spool_dir: Path | None = None,
    **more: Any,
) -> Training:
    """Return the run of one process over its share of a corpus.

    Every process iterates its own. On rank 0 ticks tell of the words of all processes; others need
    no arguments but these. ``spool_dir`` is for held-out text that can be read only once.
    """
    corpus = replace(Share(share, config.cleaning).corpus, spool_dir=spool_dir)
    processes = DistributedProcesses(share, distributed, group, stops, left)
    return Training(corpus, config, processes=processes, **more)


def examples_of_a_word(config: TrainConfig) -> int:
    """Return how often a word that is read trains its rows: in skip-gram with each neighbour."""
    return config.window + 1 if config.architecture == "skipgram" else 1
