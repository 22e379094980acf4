"""One training run, as a stream of ticks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from w2v_nce.arrays import Longs
from w2v_nce.corpus.counting import CompilingTick, Counting, CountingTick, WarningTick, known_words
from w2v_nce.corpus.sources import Corpus, Source, corpus_of
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.corpus.word_table import table_of
from w2v_nce.errors import CorpusError, TrainingError
from w2v_nce.model.model import Model
from w2v_nce.model.noise import check_noise
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.threads import run_workers
from w2v_nce.training.checkpoints import Checkpoint, Checkpoints
from w2v_nce.training.hot_rows import ReplicaUse, is_too_short, spare_rows
from w2v_nce.training.memory import refuse_too_much
from w2v_nce.training.monitor import Monitor, TrainingTick, diverged, misfit
from w2v_nce.training.pretrained import Start, frozen_ids
from w2v_nce.training.schedule import (
    START,
    Claims,
    EpochBlock,
    LegNumbers,
    LinearDecay,
    Pausable,
    Seen,
    epoch_blocks,
)
from w2v_nce.training.setup import Task, chunk_size, make_task
from w2v_nce.training.validation import (
    EvalTick,
    Evaluations,
    HeldOut,
    HeldOutTick,
    Judge,
    held_out_corpus,
    part_of,
)
from w2v_nce.training.worker import Frozen, Job, compile_kernels


@dataclass(frozen=True)
class CheckpointTick:
    """A checkpoint has been written."""

    path: Path


Tick = (
    CompilingTick
    | CountingTick
    | WarningTick
    | TrainingTick
    | HeldOutTick
    | EvalTick
    | CheckpointTick
)


class Training:
    """A run over a corpus. Iterate it to make it happen; each item is a :class:`Tick`.

    With a ``vocabulary`` there is no counting, and a warning if it does not fit the text; with a
    checkpoint to ``resume`` from there is neither, and training goes on where it stands.
    ``checkpoints`` are written as often as they say. A corpus that can be read only once is kept in
    a temporary file if there is more than one pass over it.

    Parameters begin as ``start`` has them for the words that it knows; the input vectors of the
    words in ``freeze`` stay as they are. ``force`` tries what there is too little memory for.

    ``vocabulary`` is there once counting is done, ``model`` once training begins; both stay
    usable if the iteration is given up, as does ``last_tick``.

    Raises:
        ConfigError: if there is no such noise distribution.
        FormatError: if an evaluation set cannot be read.

    Raises, while iterated:
        CorpusError: if the corpus cannot be read or has too few words.
        TrainingError: if the parameters diverge.
    """

    copies = 0  # of the parameters, besides what they take themselves
    machines = 1  # that train at the same time

    def __init__(
        self,
        corpus: Corpus,
        config: TrainConfig,
        interval: float = 0.2,
        vocabulary: Vocabulary | None = None,
        *,
        resume: Checkpoint | None = None,
        checkpoints: Checkpoints | None = None,
        start: Start | None = None,
        freeze: Iterable[bytes] = (),
        force: bool = False,
    ) -> None:
        self._is_counted_elsewhere = vocabulary is not None and resume is None
        if resume is None:
            check_noise(config.noise_dist)
        else:
            vocabulary = resume.model.vocabulary
        self.resumed, self.checkpoints = resume, checkpoints
        self.start, self.freeze, self.force = start, freeze, force
        self._place = resume.position if resume else START
        passes = config.epochs - self._place.epoch
        passes += (vocabulary is None) + (config.held_out_share > 0)
        corpus = corpus.cleaned(config.cleaning)
        self.corpus = corpus.spooled() if passes > 1 else corpus
        self.config = config
        self.held_out = held_out_corpus(config, self.corpus)
        self._evaluations = Evaluations(config.evals)
        if checkpoints:
            interval = min(interval, max(checkpoints.every, 0.01))
        self.interval = interval  # seconds between ticks
        self.vocabulary = vocabulary
        self.model: Model | None = None
        self.last_tick: TrainingTick | None = None
        self.epoch_words = 0  # running words of one epoch
        self._monitor: Monitor | None = None
        self._judge: Judge | None = None

    def __iter__(self) -> Iterator[Tick]:
        for tick in self._phases():
            if isinstance(tick, TrainingTick):
                self.last_tick = tick
            yield tick

    @property
    def checkpoint(self) -> Checkpoint:
        """The run as it stands, for going on another time; while no thread trains.

        Raises:
            TrainingError: if training has not begun, or a parameter is not finite.
        """
        if self.model is None or self._monitor is None:
            raise TrainingError("nothing has been trained yet")
        if not self.model.is_finite():
            raise TrainingError(diverged(self.config.initial_rate, self.share_done))
        job = self._monitor.job
        return Checkpoint(
            model=self.model,
            position=self._monitor.position,
            epoch_words=self.epoch_words,
            judge=self._judge.state if self._judge else None,
            frozen=job.frozen.ids if job.frozen else None,
        )

    @property
    def share_done(self) -> float:
        """The share of all words that has been trained on."""
        if self._monitor is None:
            return 0.0
        return min(self._monitor.words / (self.config.epochs * self.epoch_words), 1.0)

    @property
    def is_out_of_patience(self) -> bool:
        """Whether it has ended, or will, since measurements have not become better."""
        return self._judge is not None and self._judge.is_enough and self.share_done < 1

    @property
    def evals(self) -> list[EvalTick]:
        """The evaluations of the parameters that are kept: the best ones, or those of the last."""
        return self._judge.evals if self._judge else []

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

    def restore_best(self) -> None:
        """Give the model the parameters that did best when measured, if they are to be kept.

        For a run that was given up; one that comes to its end has done so. A
        :attr:`checkpoint` to go on from has to be written before.
        """
        if self._judge is not None:
            self._judge.restore_best()

    def _phases(self) -> Iterator[Tick]:
        if self.vocabulary is None:
            yield from self._count()
        assert self.vocabulary is not None
        if self.resumed is None:
            self.epoch_words = self.epoch_words or self.vocabulary.total
            job = self._begin(self.vocabulary)
        else:
            job = self._go_on(self.resumed)
        yield CompilingTick()
        self._monitor = self._prepared(job)
        ticks = self._train(job, self._monitor)
        yield from self._with_misfit(ticks, self._monitor) if self._is_counted_elsewhere else ticks

    def _count(self) -> Iterator[Tick]:
        counting = Counting(self.corpus, self.config, self.interval)
        yield from counting
        assert counting.vocabulary is not None
        assert counting.table is not None
        self.vocabulary = counting.vocabulary
        if self.start:
            self.vocabulary = self.start.vocabulary(counting.vocabulary)
            self.epoch_words = known_words(counting.table, self.vocabulary)

    def _begin(self, vocabulary: Vocabulary) -> Job:
        if not self.force:
            refuse_too_much(self.config, len(vocabulary), copies=self.copies)
        self.model = Model.initial(
            self.config, vocabulary, spare_rows(self.config, vocabulary.counts)
        )
        task = make_task(self.model)
        if self.start:
            self.start.fill(self.model)
        frozen = frozen_ids(self.freeze, self.model) if self.freeze else None
        return self._job(self.model, task, frozen)

    def _go_on(self, past: Checkpoint) -> Job:
        self.model = replace(past.model, config=self.config)
        task = make_task(self.model)
        self.epoch_words = past.epoch_words
        return self._job(self.model, task, past.frozen)

    def _job(self, model: Model, task: Task, frozen: Longs | None) -> Job:
        config = self.config
        size = chunk_size(config, task.setup, len(model.vocabulary))
        if is_too_short(config.epochs * self.epoch_words, config.thread_count * self.machines):
            task = task._replace(replicated=0)
        return Job(
            config,
            task,
            table_of(model.vocabulary.words),
            LinearDecay(config.initial_rate, config.epochs * self.epoch_words),
            Claims(self._place.words, self.machines),
            ReplicaUse(),
            size,
            part_of(config, False, size),
            None if frozen is None else Frozen(model.parameters.input, frozen),
        )

    def _prepared(self, job: Job) -> Monitor:
        """Compile the kernels, and make the workers."""
        compile_kernels(job)
        return Monitor(job, self._place)

    def _train(self, job: Job, monitor: Monitor) -> Iterator[Tick]:
        config = self.config
        blocks = epoch_blocks(self.corpus, config.epochs, job.chunk_size, self._place)
        if not config.is_measured:
            yield from self._run(blocks, monitor)
            return
        with monitor.pause():
            judge = self._judge = self._new_judge(job.chunk_size)
        under_way = judge.state.leg if self.resumed else None
        numbers = LegNumbers(config.eval_interval, job.claims, self.epoch_words, under_way)
        for number, leg in groupby(blocks, numbers):
            judge.begin(number)
            yield from self._run(leg, monitor)
            with monitor.pause():
                measured = judge.measure(monitor.words)
            yield from measured
            if judge.is_enough:
                break
        judge.restore_best()

    def _new_judge(self, size: int) -> Judge:
        """Return what measures the model; blocks of text have this size."""
        assert self.model is not None
        held_out = None
        if self.config.heldout is not None:
            held_out = HeldOut(self.model, self.held_out, part_of(self.config, True, size))
        past = self.resumed.judge if self.resumed else None
        return Judge(self.model, held_out, self._evaluations, past)

    def _with_misfit(self, ticks: Iterator[Tick], monitor: Monitor) -> Iterator[Tick]:
        """Pass ticks on; after the first epoch, warn if the words that were counted are others."""
        for tick in ticks:
            yield tick
            if monitor.is_in_later_epochs:
                break
        if not self.is_out_of_patience:
            yield from self._misfits(monitor.first_epoch)
        yield from ticks

    def _misfits(self, seen: Seen) -> Iterator[Tick]:
        """Warn if the words that were counted are not those that the first epoch has seen."""
        assert self.vocabulary is not None
        if message := misfit(seen, self.vocabulary):
            yield WarningTick(f"{self.corpus.name}: {message}")

    def _run(self, blocks: Iterator[EpochBlock], monitor: Monitor) -> Iterator[Tick]:
        ended = False
        while not ended:
            stream = Pausable(blocks)
            for _ in run_workers(stream, monitor.workers, self.interval):
                yield monitor.tick()
                if self.checkpoints and self.checkpoints.is_due:
                    stream.paused = True
            ended = stream.ended
            if self.checkpoints and stream.paused and stream.given:
                yield CheckpointTick(self.checkpoints.save(self.checkpoint))
        if not monitor.words:
            raise CorpusError(f"{self.corpus.name}: none of its words is in the vocabulary")


def train(
    corpus: Source,
    config: TrainConfig | None = None,
    on_tick: Callable[[Tick], None] | None = None,
) -> Model:
    """Train a model on text.

    >>> from w2v_nce import TrainConfig, train
    >>> sentences = [["tea", "with", "milk"], ["tea", "with", "lemon"]] * 50
    >>> model = train(sentences, TrainConfig(dim=8, epochs=1, threads=1))
    >>> model.embeddings["tea"].shape
    (8,)

    Args:
        corpus: The name of a text file, or a list of names, as on the command line; a
            :class:`~w2v_nce.corpus.sources.Corpus`; or any other iterable of sentences, each a
            list of words or a line of text (see
            :meth:`~w2v_nce.corpus.sources.Corpus.of_sentences`).
        config: The settings; None for the defaults.
        on_tick: Is told of the progress, some times a second. To look at the model meanwhile, or
            to keep it where a notebook is interrupted, iterate :class:`Training` instead.

    Raises:
        InputError: if the corpus or the settings are unusable.
        TrainingError: if the parameters diverge.
    """
    run = Training(corpus_of(corpus), config or TrainConfig())
    for tick in run:
        if on_tick is not None:
            on_tick(tick)
    return run.finished_model()
