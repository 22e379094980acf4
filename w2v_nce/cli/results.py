"""What ``w2v-nce train`` writes in the end."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from w2v_nce.cli.log import ended_by
from w2v_nce.cli.run_report import write_report
from w2v_nce.cli.signals import Stopped
from w2v_nce.embeddings import Embeddings
from w2v_nce.errors import W2vNceError
from w2v_nce.formats.atomic import AtomicFile, Discardable
from w2v_nce.formats.model_folder import ModelFolder
from w2v_nce.formats.vectors import open_vectors_file
from w2v_nce.training import Training
from w2v_nce.training.checkpoints import Checkpoints


class Results(Discardable):
    """Vectors, and a model folder and a report where they are asked for, opened beforehand.

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
        """Remove what has not been written to its end."""
        self.opened.close()

    def save(self, run: Training, signal: Stopped | None = None) -> Embeddings:
        """Write what a run has learned, which a signal may have ended; return the vectors.

        Raises:
            W2vNceError: if nothing was learned, or the disk does not take it.
        """
        model = run.finished_model()
        embeddings = model.embeddings
        self.vectors.save(embeddings)
        if self.model:
            self.model.save(model)
        if self.report:
            write_report(self.report, run, self.options, ended_by(run, signal))
        return embeddings

    def save_stopped(
        self, run: Training, signal: Stopped, checkpoints: Checkpoints | None
    ) -> Embeddings:
        """Write a checkpoint and the results of a run that a signal has ended: the best, if kept.

        Raises:
            W2vNceError: if nothing was learned, or the disk does not take it.
        """
        try:
            if checkpoints:
                checkpoints.save(run.checkpoint)  # of what was last, which results need not be
        except W2vNceError:
            self._save_best(run, signal)
            raise
        return self._save_best(run, signal)

    def _save_best(self, run: Training, signal: Stopped) -> Embeddings:
        run.restore_best()
        return self.save(run, signal)
