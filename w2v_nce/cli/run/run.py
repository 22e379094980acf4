"""One run of ``w2v-nce train``, from its options to its files."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from w2v_nce.cli.options.config_file import config_read, write_config
from w2v_nce.cli.run.paths import (
    files_read,
    is_same_place,
    refuse_checkpoints,
    refuse_losing,
    refuse_overwriting,
    refuse_twice,
)
from w2v_nce.cli.run.results import Results, describe_calibration
from w2v_nce.cli.run.resume import fingerprints, refuse_changed, refuse_lost_streams, stored_options
from w2v_nce.cli.terminal.progress import Display, display_for, with_states
from w2v_nce.cli.terminal.signals import Quit, StateRequests, Stopped, deferred
from w2v_nce.corpus.counting import read_vocabulary
from w2v_nce.corpus.fingerprint import Fingerprint
from w2v_nce.corpus.sources import Corpus
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.errors import Interrupted, OutputError
from w2v_nce.files.vectors import FORMAT_NAMES, files_of_vectors, format_of_name
from w2v_nce.files.word_lists import read_words
from w2v_nce.model.fitting import calibrate_folder
from w2v_nce.settings.train_config import CALIBRATION_CONTEXTS, TrainConfig
from w2v_nce.training.checkpoints import Checkpoint, Checkpoints
from w2v_nce.training.pretrained import Start
from w2v_nce.training.run import Tick, Training
from w2v_nce.training.run_log import SECONDS, Log
from w2v_nce.training.validation import held_out_corpus

Result = TypeVar("Result")

#: Options for results that may take the place of what another option names.
BROUGHT_UP_TO_DATE = {("--save-config", "--config"), ("-o", "--init")}


class Run:
    """A run that is asked for by the options of the command, and perhaps began earlier.

    Raises:
        UsageError: if the options contradict each other.
        ConfigError: if a setting is outside its domain.
    """

    def __init__(
        self, options: dict[str, Any], past: Checkpoint | None, first: Start | None
    ) -> None:
        self.options, self.past, self.first = options, past, first
        names = [item.name for item in dataclasses.fields(TrainConfig)]
        self.config = TrainConfig(**{name: options[name] for name in names if name in options})
        self.names: list[str] = options["corpus"]
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
        """Make sure that the options fit together.

        Raises:
            UsageError: naming two that do not.
        """
        options = self.options
        if self.calibrate and self.folder is None:
            raise click.UsageError("--calibrate is about the model of --save-model; name a folder")
        if options["vocabularies"] and self.config.max_vocab_memory is not None:
            raise click.UsageError(
                "--max-vocab-memory is about counting, which --vocab makes needless"
            )
        if options["vocabularies"] and self.first and self.first.has_vocabulary:
            raise click.UsageError("--vocab names the words, and so does the model of --init")
        if options["extend_vocab"] and not options["init"]:
            raise click.UsageError("--extend-vocab is about the model of --init; name one")
        if options["freeze"] == "init" and not options["init"]:
            raise click.UsageError("--freeze init is about the words of --init; name vectors")
        for name in ("heldout", "init"):
            if "-" in options["corpus"] and options[name] == "-":
                raise click.UsageError(f"standard input is named twice: as corpus and by --{name}")
        if options["checkpoint"] and not is_same_place(self.checkpoint, options["checkpoint"]):
            raise click.UsageError("--resume writes checkpoints, too: leave out --checkpoint")

    def begin(self, requests: StateRequests) -> None:
        """Train, and write what is learned.

        Raises:
            Interrupted: if a signal has ended it, and its results are saved.
        """
        with ExitStack() as stack:
            corpus = self.open_corpus()
            results = stack.enter_context(Results(self.options, self.kind))
            checkpoints = self.open_checkpoints(corpus)
            log = stack.enter_context(Log(self.log, self.past))
            run = self.training(corpus, checkpoints)
            if self.options["save_config"]:
                config = {**self.options, "checkpoint": self.checkpoint}
                write_config(self.options["save_config"], config)
            embeddings: Embeddings | None = None
            stopped: Interrupted | None = None
            try:
                ticks = log.follow(run, self.ticks(run, requests))
                with log.ending(run), closing(ticks):
                    self.display.follow(ticks)
                with deferred():
                    embeddings = self.at_work(lambda: results.save(run))
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
                    embeddings = self.at_work(save)
        self.report(run, embeddings)
        if stopped:
            raise stopped
        if self.calibrate:
            self.calibrate_model(corpus)

    def open_corpus(self) -> Corpus:
        """Find the corpus, and make sure that nothing is written over it."""
        corpus = Corpus.open(self.names, self.options["spool_dir"])
        if self.past and self.options["corpus"] == self.past.about["options"]["corpus"]:
            refuse_lost_streams(corpus)
        if self.calibrate:
            corpus = corpus.spooled()  # which reads it again after training
        self.refuse_targets(corpus)
        return corpus

    def refuse_targets(self, corpus: Corpus) -> None:
        """Make sure that results do not take the place of what is read, or of each other.

        Raises:
            OutputError: if they would.
        """
        read = [*files_read(self.options), *config_read()]
        refuse_twice(self.results)
        for option, result in self.results:
            refuse_overwriting(corpus.paths, str(result), option=option)
            for reader, path in read:
                if (option, reader) not in BROUGHT_UP_TO_DATE:
                    refuse_overwriting([path], str(result), f"the file of {reader}", option)
            if self.checkpoint:
                refuse_checkpoints(option, str(result), self.checkpoint)
        files = [
            *corpus.paths,
            *(Path(each) for _, each in self.results),
            *(path for _, path in read if not path.is_dir()),  # a model may take its own place
        ]
        if self.checkpoint and self.folder:
            refuse_checkpoints("--save-model", self.folder, self.checkpoint)
            files.append(Path(self.checkpoint))
        if self.folder:
            refuse_losing("--save-model", self.folder, files)

    @property
    def results(self) -> list[tuple[str, str | Path]]:
        """The files that are written, but for models and checkpoints, with their options."""
        vectors = [("-o", each) for each in files_of_vectors(self.output, self.kind)]
        others = [
            ("--log", self.log),
            ("--report", self.report_path),
            ("--save-config", self.options["save_config"]),
        ]
        return [*vectors, *((option, name) for option, name in others if name is not None)]

    def open_checkpoints(self, corpus: Corpus) -> Checkpoints | None:
        """Make ready for checkpoints, and make sure that what is there belongs to this run."""
        if self.checkpoint is None:
            return None
        now = fingerprints(corpus, held_out_corpus(self.config, corpus))
        if self.past and not self.options["force"]:
            refuse_changed(now, [Fingerprint(*each) for each in self.past.about["inputs"]])
        about = {"options": stored_options(self.options), "inputs": now}
        found = Checkpoints(self.checkpoint, self.options["checkpoint_every"], about)
        if found.numbers and not self.past:
            raise OutputError(
                f"{self.checkpoint} has checkpoints already; go on from them with --resume"
                f" {self.checkpoint}, or choose another folder"
            )
        return found

    def training(self, corpus: Corpus, checkpoints: Checkpoints | None) -> Training:
        """Prepare the training."""
        return Training(corpus, self.config, **self.beginnings(checkpoints))

    def beginnings(self, checkpoints: Checkpoints | None) -> dict[str, Any]:
        """Return what the training is told besides corpus and settings."""
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

    def ticks(self, run: Iterable[Tick], requests: StateRequests) -> Generator[Tick, None, None]:
        """Return the ticks of a run as they are displayed."""
        return with_states(run, requests)

    def at_work(self, work: Callable[[], Result]) -> Result:
        """Do what takes long when training is over."""
        return work()

    def frozen_words(self) -> list[bytes]:
        """Return the words whose input vectors shall stay; a checkpoint knows them itself."""
        name = self.options["freeze"]
        if name is None or self.past:
            return []
        if name == "init":
            assert self.first is not None
            return self.first.words
        return read_words(Path(name))

    @property
    def places(self) -> str:
        """Where the results are."""
        return self.output if self.folder is None else f"{self.output} and {self.folder}"

    def report(self, run: Training, embeddings: Embeddings) -> None:
        """Say what came of it."""
        self.display.summarise(run)
        size = f"{len(embeddings):,} x {embeddings.dim}"
        self.display.say(f"vectors     {self.output} ({size}, {FORMAT_NAMES[self.kind]})")
        if self.folder is not None:
            self.display.say(f"model       {self.folder}")

    def interrupted(
        self, signal: Stopped, when: str, checkpoints: str | None = None
    ) -> Interrupted:
        """Say when a signal came, what has been saved, and what there is to go on from."""
        rest = ", not calibrated" if self.calibrate else ""
        if checkpoints:
            rest += f"; 'w2v-nce train --resume {checkpoints}' goes on"
        return Interrupted(
            f"{signal.verb} {when}; what was learned went to {self.places}{rest}",
            signal.exit_code,
        )

    def calibrate_model(self, corpus: Corpus) -> None:
        """Teach the saved model how sharp its predictions should be, and to predict log Z."""
        assert self.folder is not None
        try:
            folder = self.folder
            fits = self.at_work(lambda: calibrate_folder(folder, corpus, CALIBRATION_CONTEXTS))
            for line in describe_calibration(fits):
                self.display.say(line)
        except Stopped as signal:
            raise self.interrupted(signal, "while calibrating") from None
