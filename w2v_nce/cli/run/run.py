"""One run of ``w2v-nce train``, from its options to its files."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from w2v_nce.cli.options.config_file import config_read, write_config
from w2v_nce.cli.run.paths import (
    files_read,
    files_written,
    is_same_place,
    refuse_checkpoints,
    refuse_losing,
    refuse_overwriting,
    refuse_twice,
)
from w2v_nce.cli.run.results import Results, describe_calibration, ended_by
from w2v_nce.cli.run.resume import fingerprints, refuse_changed, refuse_lost_streams, stored_options
from w2v_nce.cli.terminal.progress import Display, display_for, with_states
from w2v_nce.cli.terminal.signals import Quit, StateRequests, Stopped, deferred
from w2v_nce.corpus.counting import read_vocabulary
from w2v_nce.corpus.fingerprint import Fingerprint
from w2v_nce.corpus.sources import Corpus
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.errors import Interrupted, OutputError
from w2v_nce.files.vectors import FORMAT_NAMES, format_of_name
from w2v_nce.files.word_lists import read_words
from w2v_nce.model.fitting import calibrate_folder
from w2v_nce.settings.train_config import CALIBRATION_CONTEXTS, TrainConfig
from w2v_nce.training.checkpoints import Checkpoint, Checkpoints
from w2v_nce.training.pretrained import Pretrained
from w2v_nce.training.run import Tick, Training
from w2v_nce.training.run_log import SECONDS, LogWriter
from w2v_nce.training.validation import held_out_corpus

Result = TypeVar("Result")

#: Options for results that may replace the file of another option, which is read.
BROUGHT_UP_TO_DATE = {("--save-config", "--config"), ("-o", "--init")}


class Processes:
    """The processes that train together, as the first of them sees them: this one alone."""

    about: Mapping[str, Any] = {}  # for checkpoints

    def names_here(self, names: list[str]) -> list[str]:
        """Return the names of a corpus as they are for this process."""
        return names

    def files_elsewhere(self, names: list[str]) -> Iterable[tuple[str, list[Path]]]:
        """Return the files of a corpus that other processes read, with descriptions."""
        return ()

    def training(self, corpus: Corpus, config: TrainConfig, **beginnings: Any) -> Training:
        """Return the training, once all processes are ready for it."""
        return Training(corpus, config, **beginnings)

    def watched(self, ticks: Iterable[Tick]) -> Iterable[Tick]:
        """Return the ticks of the training, which are looked at on their way."""
        return ticks

    def busy(self, work: Callable[[], Result]) -> Result:
        """Do work that takes long, while other processes wait."""
        return work()


class Run:
    """A run with the options of the command, perhaps resumed from a checkpoint.

    Args:
        options: of ``w2v-nce train``.
        past: the checkpoint that it is resumed from.
        first: the vectors or the model that it starts from.
        processes: that train together.

    Raises:
        UsageError: if the options contradict each other.
        ConfigError: if a setting is outside its domain.
    """

    def __init__(
        self,
        options: dict[str, Any],
        past: Checkpoint | None,
        first: Pretrained | None,
        processes: Processes | None = None,
    ) -> None:
        self.options, self.past, self.first = options, past, first
        self.processes = processes or Processes()
        names = [item.name for item in dataclasses.fields(TrainConfig)]
        self.config = TrainConfig(**{name: options[name] for name in names if name in options})
        self.output: str = options["output"]
        self.kind: str = options["kind"] or format_of_name(self.output)
        self.log: str | None = options["log"]
        self.folder: str | None = options["folder"]
        self.report_path: str | None = options["report"]
        self.calibrate: bool = options["calibrate"]
        self.checkpoint: str | None = options["resume"] or options["checkpoint"]
        self.display: Display = display_for(options["quiet"])
        self.refuse_contradictions()

    def refuse_contradictions(self) -> None:
        """Make sure that no two options contradict each other.

        Raises:
            UsageError: naming two that do.
        """
        options = self.options
        if self.calibrate and self.folder is None:
            raise click.UsageError("--calibrate is about the model of --save-model; name a folder")
        if options["vocabularies"] and self.config.max_vocab_memory is not None:
            raise click.UsageError(
                "--max-vocab-memory is about counting, and with --vocab nothing is counted"
            )
        if options["vocabularies"] and self.first and self.first.has_vocabulary:
            raise click.UsageError("both --vocab and the model of --init name the words; give one")
        if options["extend_vocab"] and not options["init"]:
            raise click.UsageError("--extend-vocab is about the model of --init; name one")
        if options["freeze"] == "init" and not options["init"]:
            raise click.UsageError("--freeze init is about the words of --init; name vectors")
        for name in ("heldout", "init"):
            if "-" in options["corpus"] and options[name] == "-":
                raise click.UsageError(f"standard input is named twice: as corpus and by --{name}")
        if options["checkpoint"] and not is_same_place(self.checkpoint, options["checkpoint"]):
            raise click.UsageError(
                "--resume writes checkpoints to its folder; leave out --checkpoint"
            )

    def begin(self, requests: StateRequests) -> None:
        """Train, and write the results.

        Raises:
            Interrupted: if a signal has ended the run, and its results are saved.
        """
        with ExitStack() as stack:
            corpus = self.open_corpus()
            results = stack.enter_context(Results(self.options, self.kind))
            checkpoints = self.open_checkpoints(corpus)
            log = stack.enter_context(LogWriter(self.log, warn, self.past))
            run = self.processes.training(corpus, self.config, **self.beginnings(checkpoints))
            if self.options["save_config"]:
                config = {**self.options, "checkpoint": self.checkpoint}
                write_config(self.options["save_config"], config)
            embeddings: Embeddings | None = None
            stopped: Interrupted | None = None
            try:
                watched = self.processes.watched(run)
                ticks = log.follow(run, with_states(watched, requests))
                with logged_end(log, run), closing(ticks):
                    self.display.follow(ticks)
                with deferred():
                    embeddings = self.processes.busy(lambda: results.save(run))
            except Quit:
                raise
            except Stopped as signal:
                if run.share_done == 0:
                    raise
                if embeddings is not None:
                    stopped = self.interrupted(signal, "after training")
                else:
                    when = f"after {run.share_done:.0%} of the words"
                    stopped = self.interrupted(signal, when, self.checkpoint)
                    save = partial(results.save_stopped, run, signal, checkpoints)
                    embeddings = self.processes.busy(save)
        self.report(run, embeddings)
        if stopped:
            raise stopped
        if self.calibrate:
            self.calibrate_model(corpus)

    def open_corpus(self) -> Corpus:
        """Return the corpus, once it is sure that nothing is written over it."""
        names = self.processes.names_here(self.options["corpus"])
        corpus = Corpus.open(names, self.options["spool_dir"])
        if self.past and self.options["corpus"] == self.past.about["options"]["corpus"]:
            refuse_lost_streams(corpus)
        if self.calibrate:
            corpus = corpus.spooled()  # as it is read again after training
        self.refuse_targets(corpus)
        return corpus

    def refuse_targets(self, corpus: Corpus) -> None:
        """Make sure that results do not replace what is read, or each other.

        Raises:
            OutputError: if they would.
        """
        read = [*files_read(self.options), *config_read()]
        elsewhere = list(self.processes.files_elsewhere(self.options["corpus"]))
        results = files_written(self.options, self.kind)
        refuse_twice(results)
        for option, result in results:
            refuse_overwriting(corpus.paths, str(result), option=option)
            for what, texts in elsewhere:
                refuse_overwriting(texts, str(result), what, option)
            for reader, path in read:
                if (option, reader) not in BROUGHT_UP_TO_DATE:
                    refuse_overwriting([path], str(result), f"the file of {reader}", option)
            if self.checkpoint:
                refuse_checkpoints(option, str(result), self.checkpoint)
        files = [
            *corpus.paths,
            *(path for _, texts in elsewhere for path in texts),
            *(Path(each) for _, each in results),
            *(path for _, path in read if not path.is_dir()),  # a model may replace itself
        ]
        if self.checkpoint and self.folder:
            refuse_checkpoints("--save-model", self.folder, self.checkpoint)
            files.append(Path(self.checkpoint))
        if self.folder:
            refuse_losing("--save-model", self.folder, files)

    def open_checkpoints(self, corpus: Corpus) -> Checkpoints | None:
        """Return the folder of checkpoints, once it is sure that those in it are of this run."""
        if self.checkpoint is None:
            return None
        now = fingerprints(corpus, held_out_corpus(self.config, corpus))
        if self.past and not self.options["force"]:
            refuse_changed(now, [Fingerprint(*each) for each in self.past.about["inputs"]])
        command = click.get_current_context().command
        stored = stored_options(command, self.options)
        about = {"options": stored, "inputs": now, **self.processes.about}
        found = Checkpoints(self.checkpoint, self.options["checkpoint_every"], about)
        if found.numbers and not self.past:
            raise OutputError(
                f"{self.checkpoint} has checkpoints already; resume from them with --resume"
                f" {self.checkpoint}, or choose another folder"
            )
        return found

    def beginnings(self, checkpoints: Checkpoints | None) -> dict[str, Any]:
        """Return the arguments of the training besides corpus and settings."""
        names = self.options["vocabularies"]
        return {
            "interval": self.display.interval if self.log is None else SECONDS,
            "vocabulary": read_vocabulary(names, self.config) if names and not self.past else None,
            "resume": self.past,
            "checkpoints": checkpoints,
            "start": self.first,
            "freeze": self.frozen_words(),
            "force": self.options["force"],
        }

    def frozen_words(self) -> list[bytes]:
        """Return the words whose input vectors do not change; a checkpoint has them itself."""
        name = self.options["freeze"]
        if name is None or self.past:
            return []
        if name == "init":
            assert self.first is not None
            return self.first.words
        return read_words(Path(name))

    @property
    def places(self) -> str:
        """The names of the results."""
        return self.output if self.folder is None else f"{self.output} and {self.folder}"

    def report(self, run: Training, embeddings: Embeddings) -> None:
        """Print a summary of the run, and the names of its results."""
        self.display.summarise(run)
        size = f"{len(embeddings):,} x {embeddings.dim}"
        self.display.say(f"vectors     {self.output} ({size}, {FORMAT_NAMES[self.kind]})")
        if self.folder is not None:
            self.display.say(f"model       {self.folder}")

    def interrupted(
        self, signal: Stopped, when: str, checkpoints: str | None = None
    ) -> Interrupted:
        """Return an error that says when a signal came, what is saved, and how to resume."""
        rest = ", not calibrated" if self.calibrate else ""
        if checkpoints:
            rest += f"; resume with 'w2v-nce train --resume {checkpoints}'"
        return Interrupted(
            f"{signal.verb} {when}; results so far are in {self.places}{rest}",
            signal.exit_code,
        )

    def calibrate_model(self, corpus: Corpus) -> None:
        """Calibrate the saved model, and print the errors of its calibrations."""
        assert self.folder is not None
        try:
            calibrate = partial(calibrate_folder, self.folder, corpus, CALIBRATION_CONTEXTS)
            fits = self.processes.busy(calibrate)
            for line in describe_calibration(fits):
                self.display.say(line)
        except Stopped as signal:
            raise self.interrupted(signal, "while calibrating") from None


@contextmanager
def logged_end(log: LogWriter, run: Training) -> Iterator[None]:
    """Write to the log what has ended the run, unless a second signal leaves no time."""
    try:
        yield
    except Quit:
        raise
    except Stopped as signal:
        log.end(run, ended_by(run, signal))
        raise
    except Exception:
        log.end(run, "failed")
        raise
    log.end(run, ended_by(run))


def warn(message: str) -> None:
    """Print a warning to standard error."""
    click.echo(f"warning: {message}", err=True)
