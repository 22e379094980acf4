"""The results that ``w2v-nce train`` writes in the end."""

from __future__ import annotations

import dataclasses
import platform
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from w2v_nce.cli.terminal.signals import Stopped
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.errors import W2vNceError
from w2v_nce.files.atomic import AtomicFile, Discardable
from w2v_nce.files.json_documents import json_document
from w2v_nce.files.model_folder import ModelFolder
from w2v_nce.files.vectors import open_vectors_file
from w2v_nce.settings.version import VERSION
from w2v_nce.training.checkpoints import Checkpoints
from w2v_nce.training.run import Training

if TYPE_CHECKING:
    from w2v_nce.model.fitting import Fit


class Results(Discardable):
    """The vectors, the model folder and the report, those that options name, opened beforehand.

    Raises:
        OutputError: if one of them cannot be opened.
        ConfigError: if the library that writes the vectors is missing.
    """

    def __init__(self, options: dict[str, Any], kind: str) -> None:
        self.options = options
        folder, report = options["folder"], options["report"]
        with ExitStack() as stack:
            self.vectors = open_vectors_file(options["output"], kind)
            stack.enter_context(self.vectors)
            self.model = stack.enter_context(ModelFolder(folder)) if folder else None
            self.report = stack.enter_context(AtomicFile(report)) if report else None
            self.opened = stack.pop_all()

    def discard(self) -> None:
        """Remove results that are not complete."""
        self.opened.close()

    def save(self, run: Training, signal: Stopped | None = None) -> Embeddings:
        """Write the results of a run, which a signal may have ended; return the vectors.

        Raises:
            W2vNceError: if nothing was learned, or writing fails.
        """
        model = run.finished_model()
        embeddings = model.embeddings
        self.vectors.save(embeddings.words, embeddings.vectors)
        if self.model:
            self.model.save(model.stored)
        if self.report:
            write_report(self.report, run, self.options, ended_by(run, signal))
        return embeddings

    def save_stopped(
        self, run: Training, signal: Stopped, checkpoints: Checkpoints | None
    ) -> Embeddings:
        """Write a checkpoint and the results of a run that a signal has ended.

        Raises:
            W2vNceError: if nothing was learned, or writing fails.
        """
        try:
            if checkpoints:
                checkpoints.save(run.checkpoint)  # the last parameters; results may be the best
        except W2vNceError:
            self._save_best(run, signal)
            raise
        return self._save_best(run, signal)

    def _save_best(self, run: Training, signal: Stopped) -> Embeddings:
        run.restore_best()
        return self.save(run, signal)


def write_report(
    file: AtomicFile, run: Training, options: dict[str, Any], stopped: str | None
) -> None:
    """Write the report of a run with these options; ``stopped`` names the signal that ended it.

    Raises:
        W2vNceError: if writing fails.
    """
    fields = {
        "version": VERSION,
        "versions": versions(),
        "corpus": list(options["corpus"]),
        "config": dataclasses.asdict(run.config),
        "processes": run.processes.size,
        **figures(run),
        "files": {
            "vectors": options["output"],
            "model": options["folder"],
            "log": options["log"],
            "checkpoints": options["resume"] or options["checkpoint"],
        },
        "stopped": stopped,
    }
    file.write(f"{json_document(**fields)}\n".encode())
    file.commit()


def ended_by(run: Training, signal: Stopped | None = None) -> str | None:
    """Return a word for what has ended a run early, None if nothing has."""
    if signal is not None:
        return signal.word
    return "patience" if run.is_out_of_patience else None


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that compute."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
    }


def figures(run: Training) -> dict[str, Any]:
    """Return the sizes of text and vocabulary, and the last figures of training if any."""
    vocabulary, tick = run.vocabulary, run.last_tick
    assert vocabulary is not None
    training = tick and {
        "words": tick.words,
        "total_words": tick.total_words,
        "seconds": tick.seconds,
        "words_per_second": tick.words_per_second,
        "loss": tick.epoch_loss,
    }
    return {
        "corpus_words": vocabulary.corpus_words,
        "corpus_types": vocabulary.corpus_types,
        "vocabulary": len(vocabulary),
        "coverage": vocabulary.total / vocabulary.corpus_words,
        "training": training,
    }


def describe_calibration(fits: dict[str, Fit]) -> list[str]:
    """Return a line for each calibration with the error of its predictions."""
    return [
        f"log Z, {name.replace('_', ' ')}: predicted by {fit.method}, off by {fit.error:.3f} nats"
        " (root mean square, on contexts held back)"
        for name, fit in fits.items()
    ]
