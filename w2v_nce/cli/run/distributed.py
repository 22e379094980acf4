"""``w2v-nce train --cluster``: one run by several processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, TypeVar

import click

from w2v_nce.cli.run.paths import refuse_losing, refuse_overwriting
from w2v_nce.cli.run.run import Run
from w2v_nce.cli.terminal.signals import LISTENER, Quit, StateRequests, Stopped, deferred
from w2v_nce.corpus.counting import WarningTick
from w2v_nce.corpus.sources import Corpus
from w2v_nce.errors import ConfigError, CorpusError, Interrupted, W2vNceError
from w2v_nce.files.inputs import FileInput, expand
from w2v_nce.settings.distributed_config import ClusterConfig
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.checkpoints import Checkpoint, Checkpoints
from w2v_nce.training.distributed.mpi import Mpi
from w2v_nce.training.distributed.process_group import Team, Watchdog
from w2v_nce.training.distributed.run import ClusterTraining
from w2v_nce.training.distributed.shares import Stretch, divide, shares_of, stretches_of
from w2v_nce.training.pretrained import Start
from w2v_nce.training.run import CheckpointTick, Tick

CLUSTER_OPTIONS = [item.name for item in fields(ClusterConfig)]

RANK = "{rank}"  # in the names of a corpus

Result = TypeVar("Result")

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
    last_words = LastWords(communicator.rank, timeout)
    # One after the other, so that the first one to say something has ended the others.
    patience = timeout + min(communicator.rank / 2, timeout / 4)
    team = Team(communicator, Watchdog(patience, last_words.end))
    try:
        if team.rank == 0:
            options, past, start = prepare()
            FirstRun(options, past, start, team, last_words).begin(requests)
        else:
            follow(team, last_words)
    except (Interrupted, Quit):
        raise
    except (Exception, Stopped) as error:
        from w2v_nce.cli import explain  # which imports this package's commands

        message, code = explain(error)
        communicator.end_all(code)
        if team.rank == 0:
            raise
        raise RankError(team.rank, message, code) from error
    finally:
        last_words.take_back()


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
    """What rank 0 wants of a rank."""

    config: TrainConfig
    cluster: ClusterConfig
    names: list[str]  # of the corpus
    share: list[Stretch] | None  # of it; None: all that the names stand for on this rank
    left: list[Stretch] | None  # of the epoch in which the run goes on


class FirstRun(Run):
    """The run as rank 0 has it, which reads, decides and writes."""

    def __init__(
        self,
        options: dict[str, Any],
        past: Checkpoint | None,
        first: Start | None,
        team: Team,
        last_words: LastWords,
    ) -> None:
        super().__init__(options, past, first)
        self.team, self.last_words = team, last_words
        self.cluster = ClusterConfig(**{name: options[name] for name in CLUSTER_OPTIONS})
        self.names = names_on(team.rank, options["corpus"])

    def refuse_targets(self, corpus: Corpus) -> None:
        """Make sure that results do not take the place of what any rank reads, or of each other."""
        super().refuse_targets(corpus)
        if not has_own_files(self.options["corpus"]):
            return
        for rank in range(1, self.team.size):
            theirs = files_seen(names_on(rank, self.options["corpus"]))
            for option, result in self.results:
                refuse_overwriting(theirs, str(result), f"the text of rank {rank}", option)
            if self.folder:
                refuse_losing("--save-model", self.folder, theirs)

    def open_checkpoints(self, corpus: Corpus) -> Checkpoints | None:
        """Make ready for checkpoints, which also say how many ranks there were."""
        found = super().open_checkpoints(corpus)
        if found:
            found.about["ranks"] = self.team.size
        return found

    def training(self, corpus: Corpus, checkpoints: Checkpoints | None) -> ClusterTraining:
        """Share the corpus out, and prepare the training."""
        tasks, beginnings = self.tasks(corpus), self.beginnings(checkpoints)
        self.team.meet()  # only now, as all this may take long
        self.team.communicator.scatter(tasks)
        beginnings["spool_dir"] = corpus.spool_dir
        return training_of(tasks[0]._replace(config=self.config), self.team, **beginnings)

    def tasks(self, corpus: Corpus) -> list[Task]:
        """Return what the ranks have to do.

        Raises:
            CorpusError: if the corpus cannot be shared out.
            ConfigError: if a checkpoint of other ranks cannot.
        """
        ranks, left = self.team.size, self.past.left if self.past else None
        task = Task(config_of_others(self.config), self.cluster, self.options["corpus"], None, None)
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

    def ticks(self, run: Iterable[Tick], requests: StateRequests) -> Generator[Tick, None, None]:
        """Return the ticks of a run, watched."""
        return super().ticks(self.last_words.note(run), requests)

    def at_work(self, work: Callable[[], Result]) -> Result:
        """Do what takes long while the others wait."""
        return self.team.busy(work)

    def begin(self, requests: StateRequests) -> None:
        """Train, write what is learned, and let the others go."""
        try:
            super().begin(requests)
        except Interrupted:
            self.team.leave()
            raise
        with deferred():
            self.team.leave()


def follow(team: Team, last_words: LastWords) -> None:
    """Do what rank 0 says."""
    team.meet()
    run = training_of(team.communicator.scatter([]), team, interval=1.0)
    try:
        with closing(last_words.note(run)) as ticks:
            for tick in ticks:
                if isinstance(tick, WarningTick):
                    click.echo(f"warning: rank {team.rank}: {tick.message}", err=True)
    except Stopped as signal:
        if isinstance(signal, Quit) or not run.share_done:
            raise
    try:
        with deferred():  # rank 0 is still at work, and would be ended with this process
            team.leave()
    except Quit:
        raise
    except Stopped as signal:
        sys.exit(signal.exit_code)


def training_of(task: Task, team: Team, **more: Any) -> ClusterTraining:
    """Return the training of a rank."""
    share = task.share
    if share is None:
        share = stretches_of(Corpus.open(names_on(team.rank, task.names)))
    return ClusterTraining(
        share, task.config, task.cluster, team, Signals(), left=task.left, **more
    )


def has_own_files(names: Sequence[str]) -> bool:
    """Tell whether every rank has a corpus of its own.

    Raises:
        ConfigError: if that is so for some of the names only.
    """
    own = [RANK in name for name in names]
    if any(own) and not all(own):
        shared = next(name for name in names if RANK not in name)
        raise ConfigError(
            f"{shared} is the same for all processes, but other names have {RANK} in them; give"
            " either files for all or files of each"
        )
    return any(own)


def names_on(rank: int, names: Sequence[str]) -> list[str]:
    """Return the names of a corpus as they are on a rank."""
    return [name.replace(RANK, str(rank)) for name in names]


def files_seen(names: Iterable[str]) -> list[Path]:
    """Return the files that these names stand for, as far as this machine has them."""
    found: list[Path] = []
    for name in names:
        with suppress(CorpusError):  # on another one, perhaps
            found += [each.path for each in expand([name]) if isinstance(each, FileInput)]
    return found


def config_of_others(config: TrainConfig) -> TrainConfig:
    """Return the settings for ranks that do not read the files of options."""
    return replace(
        config,
        noise_dist="unigram",
        heldout=config.heldout if config.held_out_share else None,
        evals=(),
        eval_every=None,
        patience=None,
        keep_best=False,
    )


#: A process that says the last line that it has been given when nothing more can come.
HELPER = (
    "import sys\nlast = ''\nfor last in sys.stdin:\n    pass\nsys.stderr.write(last.lstrip())\n"
)

#: A process that ends another one that is still there some seconds later.
ENDER = (
    "import select, signal, sys\n"
    "process, seconds = map(int, sys.argv[1:])\n"
    "if not select.select([process], [], [], seconds)[0]:\n"
    "    signal.pidfd_send_signal(process, signal.SIGTERM)\n"
)

GRACE = 5  # seconds

LAUNCHERS = ("mpiexec", "mpiexec.hydra", "mpirun")


class LastWords:
    """Knows the last checkpoint of a run on several machines, and says it when the run is lost.

    Where one process is killed, MPI kills all the others at once. Rank 0 therefore has a helper, a
    process of its own, that sees its end and says what there is to say.
    """

    def __init__(self, rank: int, timeout: float) -> None:
        self.rank, self.timeout = rank, timeout
        self.remedy = "no checkpoint has been written"
        self._helper: subprocess.Popen[bytes] | None = None
        if rank == 0:
            self._helper = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", HELPER],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # not killed with us
            )
            self._leave()

    def note(self, run: Iterable[Tick]) -> Generator[Tick, None, None]:
        """Pass the ticks of a run on, and remember where its last checkpoint is."""
        for tick in run:
            if isinstance(tick, CheckpointTick):
                folder = tick.path.parent
                self.remedy = f"the last checkpoint is {tick.path}: go on with --resume {folder}"
                self._leave()
            yield tick

    def end(self) -> NoReturn:
        """Say that others are silent, and end this process, whatever it is waiting for."""
        self.take_back()
        message = (
            f"w2v-nce: error: rank {self.rank}: another process has not answered for"
            f" {self.timeout:g} s; {self.remedy}\n"
        )
        os.write(2, message.encode("utf-8", "surrogateescape"))
        end_launcher()
        os._exit(1)

    def take_back(self) -> None:
        """Leave nothing to be said: this process does so itself."""
        self._tell("\n")

    def _leave(self) -> None:
        self._tell(f"w2v-nce: error: a process has ended before its time; {self.remedy}\n")

    def _tell(self, line: str) -> None:
        if self._helper is not None and self._helper.stdin is not None:
            with suppress(OSError):  # it has been killed itself
                self._helper.stdin.write(line.encode("utf-8", "surrogateescape"))
                self._helper.stdin.flush()


def end_launcher() -> None:
    """See that mpiexec ends soon after this process.

    That of MPICH waits for ever for a machine that is lost. Where it runs on another machine than
    this process, it is for a process there to do this.
    """
    if sys.platform != "linux":
        return
    with suppress(OSError):
        if pid := launcher_of(os.getpid()):
            process = os.pidfd_open(pid)  # of none that has its number later
            subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", ENDER, str(process), str(GRACE)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[process],
                start_new_session=True,
            )


def launcher_of(pid: int) -> int:
    """Return the number of the mpiexec that has started a process; 0 if none has.

    Raises:
        OSError: if the system does not tell.
    """
    while pid:
        status = Path(f"/proc/{pid}/stat").read_text()
        name, _, rest = status.partition("(")[2].rpartition(")")
        if name in LAUNCHERS:
            return pid
        pid = int(rest.split()[1])
    return 0
