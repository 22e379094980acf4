"""``w2v-nce train --cluster``: one run by several processes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from w2v_nce.cli.run.crash_message import CrashMessage
from w2v_nce.cli.run.run import Processes, Run
from w2v_nce.cli.terminal.errors import explain, spelled
from w2v_nce.cli.terminal.signals import LISTENER, Quit, StateRequests, Stopped, deferred
from w2v_nce.corpus.counting import WarningTick
from w2v_nce.corpus.sources import Corpus
from w2v_nce.errors import ConfigError, CorpusError, Interrupted, W2vNceError
from w2v_nce.files.inputs import FileInput, expand
from w2v_nce.settings.distributed_config import ClusterConfig
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.checkpoints import Checkpoint
from w2v_nce.training.distributed.mpi import Mpi
from w2v_nce.training.distributed.process_group import ProcessGroup, Watchdog
from w2v_nce.training.distributed.run import distributed_training
from w2v_nce.training.distributed.shares import Stretch, divide, shares_of, stretches_of
from w2v_nce.training.pretrained import Pretrained
from w2v_nce.training.run import Tick, Training

CLUSTER_OPTIONS = [item.name for item in fields(ClusterConfig)]
RANK = "{rank}"  # in the names of a corpus
Result = TypeVar("Result")
Prepared = tuple[dict[str, Any], Checkpoint | None, Pretrained | None]


class RankError(W2vNceError):
    """An error on a rank other than the first."""

    def __init__(self, rank: int, message: str, exit_code: int) -> None:
        super().__init__(f"rank {rank}: {message}")
        self.exit_code = exit_code


def run_in_cluster(
    prepare: Callable[[], Prepared], timeout: float, requests: StateRequests
) -> None:
    """Do this process's part of a run; an error here ends the other processes, too.

    Raises:
        ConfigError: if there is no MPI.
        Interrupted: if a signal has ended the run, and its results are saved.
    """
    communicator = Mpi()
    crash_message = CrashMessage(communicator.rank, timeout)
    # One after the other, so that the first one to print a message has ended the others.
    patience = timeout + min(communicator.rank / 2, timeout / 4)
    group = ProcessGroup(communicator, Watchdog(patience, crash_message.end))
    try:
        if group.rank == 0:
            options, past, start = prepare()
            processes = FirstRank(options, past, group, crash_message)
            lead(Run(options, past, start, processes), group, requests)
        else:
            follow(group, crash_message)
    except (Interrupted, Quit):
        raise
    except (Exception, Stopped) as error:
        message, code = explain(error)
        communicator.end_all(code)
        if group.rank == 0:
            raise
        raise RankError(group.rank, message, code) from error
    finally:
        crash_message.withdraw()


def lead(run: Run, group: ProcessGroup, requests: StateRequests) -> None:
    """Train as rank 0, write the results, and let the other ranks go."""
    try:
        run.begin(requests)
    except Interrupted:
        group.leave()
        raise
    with deferred():
        group.leave()


def follow(group: ProcessGroup, crash_message: CrashMessage) -> None:
    """Train as a rank other than the first."""
    group.meet()
    run = training_of(group.communicator.scatter([]), group, interval=1.0)
    try:
        with closing(crash_message.note(run)) as ticks:
            for tick in ticks:
                if isinstance(tick, WarningTick):
                    message = f"warning: rank {group.rank}: {spelled(tick.message)}"
                    click.echo(message, err=True)
    except Stopped as signal:
        if isinstance(signal, Quit) or not run.share_done:
            raise
    try:
        with deferred():  # rank 0 is still at work, and would be ended with this process
            group.leave()
    except Quit:
        raise
    except Stopped as signal:
        sys.exit(signal.exit_code)


class Signals:
    """The signals to this process, for a run that has to tell the other ranks first."""

    @property
    def number(self) -> int:
        """The number of the signal that this or another rank has received; 0: none."""
        return LISTENER.first or 0

    @number.setter
    def number(self, number: int) -> None:
        LISTENER.first = number or None

    def deferred(self) -> AbstractContextManager[None]:
        """Return a context that a first signal does not interrupt."""
        return deferred()


class Task(NamedTuple):
    """The part of a rank in a run, as rank 0 sends it."""

    config: TrainConfig
    cluster: ClusterConfig
    names: list[str]  # of the corpus
    share: list[Stretch] | None  # of it; None: all that the names stand for on this rank
    left: list[Stretch] | None  # of the first epoch of a resumed run


class FirstRank(Processes):
    """The processes of a run on several machines, for the run on rank 0."""

    def __init__(
        self,
        options: dict[str, Any],
        past: Checkpoint | None,
        group: ProcessGroup,
        crash_message: CrashMessage,
    ) -> None:
        self.past, self.group, self.crash_message = past, group, crash_message
        self.cluster = ClusterConfig(**{name: options[name] for name in CLUSTER_OPTIONS})
        self.names: list[str] = options["corpus"]
        self.about = {"ranks": group.size}

    def names_here(self, names: list[str]) -> list[str]:
        """Return the names of a corpus as they are on rank 0."""
        return names_on(self.group.rank, names)

    def files_elsewhere(self, names: list[str]) -> Iterable[tuple[str, list[Path]]]:
        """Yield the files of a corpus that other ranks read, where each has its own."""
        if has_own_files(names):
            for rank in range(1, self.group.size):
                yield f"the text of rank {rank}", files_seen(names_on(rank, names))

    def training(self, corpus: Corpus, config: TrainConfig, **beginnings: Any) -> Training:
        """Divide the corpus among the ranks, and return the training of rank 0."""
        tasks = self.tasks(corpus, config)
        self.group.meet()  # only now, as all this may take long
        self.group.communicator.scatter(tasks)
        beginnings["spool_dir"] = corpus.spool_dir
        return training_of(tasks[0]._replace(config=config), self.group, **beginnings)

    def tasks(self, corpus: Corpus, config: TrainConfig) -> list[Task]:
        """Return the tasks of the ranks.

        Raises:
            CorpusError: if the corpus cannot be divided.
            ConfigError: if a checkpoint of another number of ranks cannot be divided.
        """
        ranks, left = self.group.size, self.past.left if self.past else None
        task = Task(config_of_others(config), self.cluster, self.names, None, None)
        if has_own_files(task.names):
            if self.past and self.past.about["ranks"] != ranks:
                raise ConfigError(
                    f"the checkpoint is that of {self.past.about['ranks']} processes with files of"
                    f" their own ({RANK}); start as many"
                )
            return [
                task._replace(left=left and [Stretch(*each) for each in left[rank]])
                for rank in range(ranks)
            ]
        shares = shares_of(corpus, ranks)
        lefts: list[Any] = [None] * ranks
        if left is not None:
            lefts = divide([Stretch(*each) for share in left for each in share], ranks)
        return [
            task._replace(share=share, left=rest) for share, rest in zip(shares, lefts, strict=True)
        ]

    def watched(self, ticks: Iterable[Tick]) -> Iterable[Tick]:
        """Return the ticks of the training; the crash message learns of checkpoints."""
        return self.crash_message.note(ticks)

    def busy(self, work: Callable[[], Result]) -> Result:
        """Do work that takes long, while the other ranks wait."""
        return self.group.busy(work)


def training_of(task: Task, group: ProcessGroup, **more: Any) -> Training:
    """Return the training of a rank."""
    share = task.share
    if share is None:
        share = stretches_of(Corpus.open(names_on(group.rank, task.names)))
    return distributed_training(
        share, task.config, task.cluster, group, Signals(), left=task.left, **more
    )


def has_own_files(names: Sequence[str]) -> bool:
    """Return whether every rank has a corpus of its own.

    Raises:
        ConfigError: if only some of the names differ by rank.
    """
    own = [RANK in name for name in names]
    if any(own) and not all(own):
        shared = next(name for name in names if RANK not in name)
        raise ConfigError(
            f"{shared} is the same for all processes, but other names contain {RANK}; give either"
            " common files or files of each process"
        )
    return any(own)


def names_on(rank: int, names: Sequence[str]) -> list[str]:
    """Return the names of a corpus as they are on a rank."""
    return [name.replace(RANK, str(rank)) for name in names]


def files_seen(names: Iterable[str]) -> list[Path]:
    """Return the files that these names stand for, if they are on this machine."""
    found: list[Path] = []
    for name in names:
        with suppress(CorpusError):  # perhaps on another machine
            found += [each.path for each in expand([name]) if isinstance(each, FileInput)]
    return found


def config_of_others(config: TrainConfig) -> TrainConfig:
    """Return the settings of the other ranks, which read no files of settings."""
    return replace(
        config,
        noise_dist="unigram",
        heldout=config.heldout if config.held_out_share else None,
        evals=(),
        eval_every=None,
        patience=None,
        keep_best=False,
    )
