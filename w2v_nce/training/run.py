"""One training run, as a stream of ticks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import Protocol, TypeVar

from w2v_nce.corpus.counting import CompilingTick, Counting, CountingTick, WarningTick, known_words
from w2v_nce.corpus.sources import Corpus, Source, corpus_of
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.corpus.word_table import WordTable, table_of
from w2v_nce.errors import CorpusError, TrainingError
from w2v_nce.model.model import Model
from w2v_nce.model.noise import check_noise
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.threads import run_workers
from w2v_nce.training.checkpoints import Checkpoint, Checkpoints
from w2v_nce.training.hot_rows import ReplicaUse, is_too_short, spare_rows
from w2v_nce.training.memory import refuse_too_much
from w2v_nce.training.monitor import Monitor, diverged, vocabulary_mismatch
from w2v_nce.training.pretrained import Pretrained, frozen_ids
from w2v_nce.training.schedule import (
    START,
    Claims,
    EpochChunk,
    IntervalNumbers,
    LinearDecay,
    Pausable,
    Seen,
    epoch_chunks,
)
from w2v_nce.training.setup import chunk_size, make_task
from w2v_nce.training.ticks import CheckpointTick, EvalTick, HeldOutTick, TrainingTick
from w2v_nce.training.validation import (
    Evaluations,
    HeldOut,
    Validation,
    held_out_corpus,
    part_of,
)
from w2v_nce.training.worker import Frozen, Job, compile_kernels

Tick = (
    CompilingTick
    | CountingTick
    | WarningTick
    | TrainingTick
    | HeldOutTick
    | EvalTick
    | CheckpointTick
)

Result = TypeVar("Result")


class Processes(Protocol):
    """The processes that do a run together, from the point of view of one of them.

    Each has a :class:`Training` of its own, which calls these methods in this order.
    """

    size: int  # the number of processes
    copies: int  # of the parameters that each keeps, besides those that it trains

    def count(self, run: Training) -> Iterator[Tick]:
        """Count the words of the text, unless the vocabulary is given."""

    def begin(self, run: Training) -> Checkpoint:
        """Return the state in which training begins, the same in all processes."""

    def busy(self, work: Callable[[], Result]) -> Result:
        """Do work that takes long, while others may wait."""

    def train(self, run: Training, monitor: Monitor) -> Iterator[Tick]:
        """Train to the end."""

    def complete(self, checkpoint: Checkpoint) -> Checkpoint:
        """Add to a checkpoint of this process what the others have done."""


class Training:
    """A run over a corpus. Iterate it to make it happen; each item is a :class:`Tick`.

    A given ``vocabulary`` is not counted again; if it does not fit the text, there is a warning.
    ``resume`` goes on from a checkpoint. ``checkpoints`` are written as often as they say. A corpus
    that can be read only once is kept in a temporary file if there is more than one pass over it.

    Words that ``start`` knows begin with its parameters; the input vectors of the words in
    ``freeze`` are not trained. ``force`` skips the check of available memory. ``processes`` is
    given where several processes share the run.

    ``vocabulary`` is set once counting is done, ``model`` once training begins; both stay
    usable if the iteration is given up, as does ``last_tick``.

    Raises:
        ConfigError: if there is no such noise distribution.
        FormatError: if an evaluation set cannot be read.

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
        *,
        resume: Checkpoint | None = None,
        checkpoints: Checkpoints | None = None,
        start: Pretrained | None = None,
        freeze: Iterable[bytes] = (),
        force: bool = False,
        processes: Processes | None = None,
    ) -> None:
        config = config.resolved
        self.is_counted_elsewhere = vocabulary is not None and resume is None
        if resume is None:
            check_noise(config.noise_dist)
        else:
            vocabulary = resume.model.vocabulary
        self.resumed, self.checkpoints = resume, checkpoints
        self.start, self.freeze, self.force = start, freeze, force
        self.processes = processes or OneProcess()
        passes = config.epochs - (resume.position.epoch if resume else 0)
        passes += (vocabulary is None) + (config.held_out_share > 0)
        corpus = corpus.cleaned(config.cleaning)
        self.corpus = corpus.spooled() if passes > 1 else corpus
        self.config = config
        self.held_out = held_out_corpus(config, self.corpus)
        self.evaluations = Evaluations(config.evals)
        if checkpoints:
            interval = min(interval, max(checkpoints.every, 0.01))
        self.interval = interval  # seconds between ticks
        self.vocabulary = vocabulary
        self.model: Model | None = None
        self.monitor: Monitor | None = None
        self.validation: Validation | None = None
        self.last_tick: TrainingTick | None = None
        self.epoch_words = 0  # running words of one epoch

    def __iter__(self) -> Iterator[Tick]:
        for tick in self._phases():
            if isinstance(tick, TrainingTick):
                self.last_tick = tick
            yield tick

    def _phases(self) -> Iterator[Tick]:
        yield from self.processes.count(self)
        begun = self.processes.begin(self)
        self.model, self.epoch_words = begun.model, begun.epoch_words
        self.vocabulary = begun.model.vocabulary
        yield CompilingTick()
        monitor = self.monitor = self.processes.busy(lambda: self._prepared(begun))
        yield from self.processes.train(self, monitor)

    @property
    def checkpoint(self) -> Checkpoint:
        """The present state, to resume from; while no thread trains.

        Raises:
            TrainingError: if training has not begun, or a parameter is not finite.
        """
        model = self._finite_model()
        assert self.monitor is not None
        frozen = self.monitor.job.frozen
        return self.processes.complete(
            Checkpoint(
                model=model,
                position=self.monitor.position,
                epoch_words=self.epoch_words,
                validation=self.validation.state if self.validation else None,
                frozen=frozen.ids if frozen else None,
            )
        )

    @property
    def share_done(self) -> float:
        """The share of all words that has been trained on."""
        if self.monitor is None:
            return 0.0
        return min(self.monitor.words / (self.config.epochs * self.epoch_words), 1.0)

    @property
    def is_out_of_patience(self) -> bool:
        """Whether it ends, or has ended, early because measurements do not get better."""
        validation = self.validation
        return validation is not None and validation.is_out_of_patience and self.share_done < 1

    @property
    def evals(self) -> list[EvalTick]:
        """The evaluations of the parameters that are kept: the best ones, or those of the last."""
        return self.validation.evals if self.validation else []

    def finished_model(self) -> Model:
        """Return the model, of a run that is over or was given up while it trained.

        Raises:
            TrainingError: if a parameter is not finite, or nothing has been trained or learned.
        """
        if not self.share_done:
            raise TrainingError("nothing has been trained yet")
        model = self._finite_model()
        if not model.has_learned():
            raise TrainingError(
                f"{self.corpus.name}: nothing was learned, no word had a neighbour in its line;"
                " put several words on a line, or keep frequent words with `sample=0`"
            )
        return model

    def _finite_model(self) -> Model:
        if self.model is None or self.monitor is None:
            raise TrainingError("nothing has been trained yet")
        if not self.model.is_finite():
            raise TrainingError(diverged(self.config.initial_rate, self.share_done))
        return self.model

    def restore_best(self) -> None:
        """Give the model the best parameters, if ``keep_best`` is set.

        This is for a run that is given up; one that ends by itself has done so. Take the
        :attr:`checkpoint` before.
        """
        if self.validation is not None:
            self.validation.restore_best()

    # What follows is for the processes.

    def choose_words(self, vocabulary: Vocabulary, table: WordTable) -> None:
        """Choose the words to be trained, given those of the text and a table with all counts."""
        self.vocabulary = vocabulary
        if self.start:
            self.vocabulary = self.start.vocabulary(vocabulary)
            self.epoch_words = known_words(table, self.vocabulary)

    def beginning(self) -> Checkpoint:
        """Return the state in which training begins: a new one, or the one to resume from."""
        if self.resumed is not None:
            return replace(self.resumed, model=replace(self.resumed.model, config=self.config))
        assert self.vocabulary is not None
        spare = spare_rows(self.config, self.vocabulary.counts)
        model = Model.initial(self.config, self.vocabulary, spare)
        if self.start:
            self.start.fill(model)
        frozen = frozen_ids(self.freeze, model) if self.freeze else None
        return Checkpoint(model, START, self.epoch_words or self.vocabulary.total, frozen=frozen)

    def open_validation(self) -> Validation:
        """Prepare the measurements that the settings ask for."""
        assert self.model is not None
        assert self.monitor is not None
        held_out = None
        if self.config.heldout is not None:
            part = part_of(self.config, True, self.monitor.job.chunk_size)
            held_out = HeldOut(self.model, self.held_out, part)
        past = self.resumed.validation if self.resumed else None
        self.validation = Validation(self.model, held_out, self.evaluations, past)
        return self.validation

    def mismatch_warnings(self, seen: Seen) -> Iterator[Tick]:
        """Warn if the words of the first epoch are not those that were counted."""
        assert self.vocabulary is not None
        if message := vocabulary_mismatch(seen, self.vocabulary):
            yield WarningTick(f"{self.corpus.name}: {message}")

    def refuse_no_words(self) -> None:
        """Make sure that the text has words of the vocabulary.

        Raises:
            CorpusError: if it has none.
        """
        if self.monitor is None or not self.monitor.words:
            raise CorpusError(f"{self.corpus.name}: none of its words is in the vocabulary")

    def _prepared(self, begun: Checkpoint) -> Monitor:
        """Compile the kernels, and make the workers."""
        job = self._job(begun)
        compile_kernels(job)
        return Monitor(job, begun.position)

    def _job(self, begun: Checkpoint) -> Job:
        config, model, processes = self.config, begun.model, self.processes.size
        words = config.epochs * self.epoch_words
        task = make_task(model)
        if is_too_short(words, config.thread_count * processes):
            task = task._replace(replicated=0)
        size = chunk_size(config, task.setup, len(model.vocabulary))
        return Job(
            config,
            task,
            table_of(model.vocabulary.words),
            LinearDecay(config.initial_rate, words),
            Claims(begun.position.words, processes),
            ReplicaUse(),
            size,
            part_of(config, False, size),
            None if begun.frozen is None else Frozen(model.parameters.input, begun.frozen),
        )


class OneProcess:
    """A run that one process does alone."""

    size = 1
    copies = 0

    def count(self, run: Training) -> Iterator[Tick]:
        """Count the words of the text, unless the vocabulary is given."""
        if run.vocabulary is None:
            counting = Counting(run.corpus, run.config, run.interval)
            yield from counting
            assert counting.vocabulary is not None
            assert counting.table is not None
            run.choose_words(counting.vocabulary, counting.table)

    def begin(self, run: Training) -> Checkpoint:
        """Return the state in which training begins, if there is memory enough."""
        if run.resumed is None and not run.force:
            assert run.vocabulary is not None
            refuse_too_much(run.config, len(run.vocabulary))
        return run.beginning()

    def busy(self, work: Callable[[], Result]) -> Result:
        """Do work that takes long."""
        return work()

    def complete(self, checkpoint: Checkpoint) -> Checkpoint:
        """Return the checkpoint as it is."""
        return checkpoint

    def train(self, run: Training, monitor: Monitor) -> Iterator[Tick]:
        """Train to the end; after the first epoch, warn of a vocabulary that does not fit."""
        ticks = self._train(run, monitor)
        if run.is_counted_elsewhere:
            for tick in ticks:
                yield tick
                if monitor.is_in_later_epochs:
                    break
            if not run.is_out_of_patience:
                yield from run.mismatch_warnings(monitor.first_epoch)
        yield from ticks

    def _train(self, run: Training, monitor: Monitor) -> Iterator[Tick]:
        """Train on all chunks, and measure at the end of each evaluation interval."""
        config, job = run.config, monitor.job
        chunks = epoch_chunks(run.corpus, config.epochs, job.chunk_size, monitor.start)
        if not config.is_measured:
            yield from self._train_on(chunks, run, monitor)
            return
        with monitor.pause():
            validation = run.open_validation()
        under_way = validation.state.interval if run.resumed else None
        numbers = IntervalNumbers(config.eval_interval, job.claims, run.epoch_words, under_way)
        for number, some in groupby(chunks, numbers):
            validation.begin(number)
            yield from self._train_on(some, run, monitor)
            with monitor.pause():
                measured = validation.measure(monitor.words)
            yield from measured
            if validation.is_out_of_patience:
                break
        validation.restore_best()

    def _train_on(
        self, chunks: Iterator[EpochChunk], run: Training, monitor: Monitor
    ) -> Iterator[Tick]:
        """Train on some chunks, pausing for checkpoints."""
        ended = False
        while not ended:
            stream = Pausable(chunks)
            for _ in run_workers(stream, monitor.workers, run.interval):
                yield monitor.tick()
                if run.checkpoints and run.checkpoints.is_due:
                    stream.paused = True
            ended = stream.ended
            if run.checkpoints and stream.paused and stream.given:
                yield CheckpointTick(run.checkpoints.save(run.checkpoint))
        run.refuse_no_words()


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
        on_tick: Called with each tick, some times a second. To look at the model meanwhile, or
            to keep it when a notebook is interrupted, iterate :class:`Training` instead.

    Raises:
        InputError: if the corpus or the settings are unusable.
        TrainingError: if the parameters diverge.
    """
    run = Training(corpus_of(corpus), config or TrainConfig())
    for tick in run:
        if on_tick is not None:
            on_tick(tick)
    return run.finished_model()
