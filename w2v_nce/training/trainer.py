"""One training run, as a stream of ticks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from w2v_nce.config import TrainConfig
from w2v_nce.corpus.counting import CompilingTick, Counting, CountingTick, WarningTick
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.split import Part
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.errors import CorpusError, TrainingError
from w2v_nce.formats.checkpoint import Checkpoint
from w2v_nce.kernels.contrast import Setup
from w2v_nce.memory import refuse_too_much
from w2v_nce.model import Model
from w2v_nce.noise import check_noise
from w2v_nce.position import START
from w2v_nce.training.checkpoints import Checkpoints
from w2v_nce.training.heldout import HeldOut, HeldOutTick, held_out_corpus, part_of
from w2v_nce.training.hogwild import (
    Claims,
    EpochBlock,
    Frozen,
    Job,
    Pausable,
    Worker,
    compile_kernels,
    epoch_blocks,
    legs,
)
from w2v_nce.training.monitor import Monitor, TrainingTick, diverged
from w2v_nce.training.schedule import LinearDecay
from w2v_nce.training.setup import make_setup, text_size
from w2v_nce.training.start import Start, frozen_ids, known_words
from w2v_nce.workers import run_workers


@dataclass(frozen=True)
class CheckpointTick:
    """A checkpoint has been written."""

    path: Path


Tick = CompilingTick | CountingTick | WarningTick | TrainingTick | HeldOutTick | CheckpointTick


class Training:
    """A run over a corpus. Iterate it to make it happen; each item is a :class:`Tick`.

    With a ``vocabulary`` there is no counting; with a checkpoint to ``resume`` from neither, and
    training goes on where it stands. ``checkpoints`` are written as often as they say. A corpus
    that can be read only once is kept in a temporary file if there is more than one pass over it.

    Parameters begin as ``start`` has them for the words that it knows; the input vectors of the
    words in ``freeze`` stay as they are. ``force`` tries what there is too little memory for.

    ``vocabulary`` is there once counting is done, ``model`` once training begins; both stay
    usable if the iteration is given up, as does ``last_tick``.

    Raises:
        ConfigError: if there is no such noise distribution.

    Raises, while iterated:
        CorpusError: if the corpus cannot be read or has too few words.
        TrainingError: if the parameters diverge.
    """

    copies = 0  # of the parameters, besides what they take themselves

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
        if checkpoints:
            interval = min(interval, max(checkpoints.every, 0.01))
        self.interval = interval  # seconds between ticks
        self.vocabulary = vocabulary
        self.model: Model | None = None
        self.last_tick: TrainingTick | None = None
        self.epoch_words = 0  # running words of one epoch
        self._setup: Setup | None = None
        self._monitor: Monitor | None = None
        self._judge: HeldOut | None = None
        self._frozen: Frozen | None = None

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
        if self.model is None or self._setup is None or self._monitor is None:
            raise TrainingError("nothing has been trained yet")
        if not self.model.is_finite():
            raise TrainingError(diverged(self.config.initial_rate, self.share_done))
        return Checkpoint(
            model=self.model,
            position=self._monitor.position,
            squares=self._setup.squares,
            epoch_words=self.epoch_words,
            held_out=self._judge.state if self._judge else None,
            frozen=self._frozen.ids if self._frozen else None,
        )

    @property
    def share_done(self) -> float:
        """The share of all words that has been trained on."""
        if self._monitor is None:
            return 0.0
        return min(self._monitor.words / (self.config.epochs * self.epoch_words), 1.0)

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
        """Give the model the parameters that did best on held-out text, if they are to be kept.

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
            self._begin(self.vocabulary)
        else:
            self._go_on(self.resumed)
        yield CompilingTick()
        yield from self._train(self.vocabulary)

    def _count(self) -> Iterator[Tick]:
        counting = Counting(self.corpus, self.config, self.interval)
        yield from counting
        assert counting.vocabulary is not None
        assert counting.table is not None
        self.vocabulary = counting.vocabulary
        if self.start:
            self.vocabulary = self.start.vocabulary(counting.vocabulary)
            self.epoch_words = known_words(counting.table, self.vocabulary)

    def _begin(self, vocabulary: Vocabulary) -> None:
        if not self.force:
            refuse_too_much(self.config, len(vocabulary), self.copies)
        self.model = Model.initial(self.config, vocabulary)
        self._setup = make_setup(self.model)
        if self.start:
            self.start.fill(self.model)
        if self.freeze:
            ids = frozen_ids(self.freeze, self.model)
            self._frozen = Frozen(self.model.parameters.input, ids)

    def _go_on(self, past: Checkpoint) -> None:
        self.model = replace(past.model, config=self.config)
        self._setup = make_setup(self.model)._replace(squares=past.squares)
        self.epoch_words = past.epoch_words
        if past.frozen is not None:
            self._frozen = Frozen(self.model.parameters.input, past.frozen)

    def _train(self, vocabulary: Vocabulary) -> Iterator[Tick]:
        config, place = self.config, self._place
        size = self._text_size
        monitor = self._prepare(vocabulary, Claims(place.words))
        blocks = epoch_blocks(self.corpus, config.epochs, size, place)
        if config.heldout is None:
            yield from self._run(blocks, monitor)
        else:
            judged = part_of(config, True, size)
            yield from self._run_and_judge(blocks, monitor, judged)

    @property
    def _text_size(self) -> int:
        """How many bytes of text make a block."""
        assert self._setup is not None
        return text_size(self.config, self._setup)

    def _prepare(self, vocabulary: Vocabulary, claims: Claims) -> Monitor:
        """Compile the kernels, and make the workers and who watches them."""
        config = self.config
        assert self._setup is not None
        job = Job(
            config,
            self._setup,
            vocabulary.table(),
            LinearDecay(config.initial_rate, config.epochs * self.epoch_words),
            claims,
            part_of(config, False, self._text_size),
            self._frozen,
        )
        compile_kernels(job)
        workers = [Worker(job) for _ in range(config.thread_count)]
        self._monitor = Monitor(workers, job.decay, self._place)
        return self._monitor

    def _run_and_judge(
        self, blocks: Iterator[EpochBlock], monitor: Monitor, part: Part | None
    ) -> Iterator[Tick]:
        assert self.model is not None
        self._judge = judge = HeldOut(self.model, self.held_out, part)
        if self.resumed and self.resumed.held_out:
            judge.restore(self.resumed.held_out)
        for number, leg in legs(blocks):
            yield from self._run(leg, monitor)
            if number > judge.leg:
                yield judge.measure(monitor.words, number)
            if judge.is_enough:
                break
        judge.restore_best()

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
