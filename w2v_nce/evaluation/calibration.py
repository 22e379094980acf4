"""Calibrating a model on the contexts of a text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from w2v_nce.calibration import Calibrations, calibrate
from w2v_nce.corpus.sources import Corpus
from w2v_nce.evaluation.examples import TextExamples
from w2v_nce.log_normalizer import Fit
from w2v_nce.model import Model
from w2v_nce.probability import Predictor


def calibrate_model(
    model: Model, corpus: Corpus, limit: int, on_half: Callable[[int], None] = lambda half: None
) -> tuple[Model, dict[str, Fit]]:
    """Calibrate a model on ``limit`` contexts of a text, for full text and for thinned text.

    Those of full text are all neighbours of a word, whatever the architecture, since sentences
    are scored so; those of thinned text are what the model was trained on.

    ``on_half`` is called after each of the two, with 1.

    Returns the model with its calibrations, and how log Z is predicted.

    Raises:
        CorpusError: if the text cannot be read or has no word with a neighbour.
    """
    plain = replace(model, calibrations=None)
    calibrations, fits = {}, {}
    for name, full_text in (("full_text", True), ("as_trained", False)):
        predictor = Predictor(plain, full_text)
        architecture = "cbow" if full_text else model.config.architecture
        examples = list(TextExamples(plain, corpus, limit, full_text, architecture))
        hidden = [predictor.combined(some.contexts, some.sizes) for some in examples]
        words = np.concatenate([some.words for some in examples])
        calibrations[name], fits[name] = calibrate(predictor, np.concatenate(hidden), words)
        on_half(1)
    return replace(model, calibrations=Calibrations(**calibrations)), fits
