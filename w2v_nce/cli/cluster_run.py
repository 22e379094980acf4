"""``w2v-nce train --cluster``: one run by several processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager, closing
from dataclasses import fields, replace
from typing import Any, NamedTuple, NoReturn

import click

from w2v_nce.cli.run import Run
from w2v_nce.cli.signals import LISTENER, Quit, StateRequests, Stopped, deferred
from w2v_nce.cluster.config import ClusterConfig
from w2v_nce.cluster.mpi import Mpi
from w2v_nce.cluster.shares import Stretch, divide, stretches_of
from w2v_nce.cluster.team import Team
from w2v_nce.cluster.training import ClusterTraining
from w2v_nce.cluster.watchdog import Watchdog
from w2v_nce.config import TrainConfig
from w2v_nce.corpus.sources import Corpus
from w2v_nce.embeddings import Embeddings
from w2v_nce.errors import Interrupted, W2vNceError
from w2v_nce.formats.checkpoint import Checkpoint
from w2v_nce.training import CheckpointTick, Tick, WarningTick
from w2v_nce.training.checkpoints import Checkpoints
from w2v_nce.training.start import Start

CLUSTER_OPTIONS = [item.name for item in fields(ClusterConfig)]

Prepared = tuple[dict[str, Any], Checkpoint | None, Start | None]


class RankError(W2vNceError):
    """What went wrong on a rank that is not the first."""

    def __init__(self, rank: int, message: str, exit_code: int) -> None:
        super().__init__(f"rank {rank}: {message}")
        self.exit_code = exit_code


def run_in_cluster(
    prepare: Callable[[], Prepared], timeout: float, requests: StateRequests
) -> None:
    """Do this process's part of a run; what fails here ends the other processes, too.

    Raises:
        ConfigError: if there is no MPI.
        Interrupted: if a signal has ended the run, and its results are saved.
    """
    communicator = Mpi()
    silence = Silence(communicator.rank, timeout)
    # One after the other, so that the first one to say something has ended the others.
    patience = timeout + min(communicator.rank / 2, timeout / 4)
    team = Team(communicator, Watchdog(patience, silence.end))
    try:
        if team.rank == 0:
            options, past, start = prepare()
            FirstRun(options, past, start, team, silence).begin(requests)
        else:
            follow(team, silence)
    except (Interrupted, Quit):
        raise
    except (Exception, Stopped) as error:
        from w2v_nce.cli import explain  # which imports this package's commands

        message, code = explain(error)
        communicator.end_all(code)
        if team.rank == 0:
            raise
        raise RankError(team.rank, message, code) from error


class Silence:
    """What is said, and done, when nothing comes from the other processes any more."""

    def __init__(self, rank: int, seconds: float) -> None:
        self.rank, self.seconds = rank, seconds
        self.remedy = "no checkpoint has been written"

    def note(self, run: Iterable[Tick]) -> Generator[Tick, None, None]:
        """Pass the ticks of a run on, and remember where its last checkpoint is."""
        for tick in run:
            if isinstance(tick, CheckpointTick):
                self.remedy = (
                    f"the last checkpoint is {tick.path}: go on with --resume {tick.path.parent}"
                )
            yield tick

    def end(self) -> NoReturn:
        """End this process, whatever it is waiting for."""
        message = (
            f"w2v-nce: error: rank {self.rank}: another process has not answered for"
            f" {self.seconds:g} s; {self.remedy}\n"
        )
        os.write(2, message.encode("utf-8", "surrogateescape"))
        os._exit(1)


class Signals:
    """What signals ask of this process, for a run that has to tell the others first."""

    @property
    def number(self) -> int:
        """The number of the signal that has come here, or to another rank; 0: none."""
        return LISTENER.first or 0

    @number.setter
    def number(self, number: int) -> None:
        LISTENER.first = number or None

    def deferred(self) -> AbstractContextManager[None]:
        """Return a context in which a first signal waits for the end."""
        return deferred()


class Task(NamedTuple):
    """What rank 0 wants of another."""

    config: TrainConfig
    cluster: ClusterConfig
    share: list[Stretch]
    left: list[Stretch] | None  # of the epoch in which the run goes on


class FirstRun(Run):
    """The run as rank 0 has it, which reads, decides and writes."""

    def __init__(
        self,
        options: dict[str, Any],
        past: Checkpoint | None,
        first: Start | None,
        team: Team,
        silence: Silence,
    ) -> None:
        super().__init__(options, past, first)
        self.team, self.silence = team, silence
        self.cluster = ClusterConfig(**{name: options[name] for name in CLUSTER_OPTIONS})

    def training(self, corpus: Corpus, checkpoints: Checkpoints | None) -> ClusterTraining:
        """Share the corpus out, and prepare the training."""
        shares = divide(stretches_of(corpus), self.team.size)
        lefts: list[Any] = [None] * self.team.size
        if self.past and self.past.left is not None:
            stretches = [Stretch(*each) for share in self.past.left for each in share]
            lefts = divide(stretches, self.team.size)
        tasks = [
            Task(config_of_others(self.config), self.cluster, *pair)
            for pair in zip(shares, lefts, strict=True)
        ]
        self.team.meet()
        self.team.communicator.scatter(tasks)
        return ClusterTraining(
            shares[0],
            self.config,
            self.cluster,
            self.team,
            Signals(),
            left=lefts[0],
            **self.beginnings(checkpoints),
        )

    def ticks(self, run: Iterable[Tick], requests: StateRequests) -> Generator[Tick, None, None]:
        """Return the ticks of a run, watched."""
        return super().ticks(self.silence.note(run), requests)

    def at_work(self, work: Callable[[], Embeddings]) -> Embeddings:
        """Write results while the others wait, who may go then."""
        result = self.team.busy(work)
        self.team.leave()
        return result


def follow(team: Team, silence: Silence) -> None:
    """Do what rank 0 says."""
    team.meet()
    task: Task = team.communicator.scatter([])
    run = ClusterTraining(
        task.share, task.config, task.cluster, team, Signals(), left=task.left, interval=1.0
    )
    try:
        with closing(silence.note(run)) as ticks:
            for tick in ticks:
                if isinstance(tick, WarningTick):
                    click.echo(f"warning: rank {team.rank}: {tick.message}", err=True)
    except Stopped as signal:
        if isinstance(signal, Quit) or not run.share_done:
            raise
        team.leave()
        sys.exit(signal.exit_code)
    team.leave()


def config_of_others(config: TrainConfig) -> TrainConfig:
    """Return the settings for ranks that do not read the files of options."""
    if not config.held_out_share:
        config = replace(config, heldout=None, patience=None, keep_best=False)
    return replace(config, noise_dist="unigram")
