"""``w2v-nce calibrate``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from w2v_nce.cli.command import Command
from w2v_nce.cli.documents import json_document

if TYPE_CHECKING:
    from w2v_nce.corpus.sources import Corpus
    from w2v_nce.log_normalizer import Fit

CONTEXTS = 30_000


@click.command(cls=Command, section="Training")
@click.argument("folder", metavar="MODEL")
@click.argument("texts", nargs=-1, required=True, metavar="TEXT...")
@click.option(
    "--contexts",
    type=click.IntRange(min=100),
    default=CONTEXTS,
    show_default=True,
    metavar="N",
    help="Contexts that it learns from, chosen by chance.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def calibrate(folder: str, texts: tuple[str, ...], contexts: int, as_json: bool) -> None:
    """Teach a model folder how sharp its predictions should be, and to predict log Z.

    'score', 'predict', 'complete' and 'eval --likelihood' then have truer probabilities, and 'score
    --normalize fast' needs no sum over all words. The TEXT should be of the kind that will be
    scored, best some that the model was not trained on; that of training will do.

    \b
    w2v-nce calibrate model/ heldout.txt
    """
    from w2v_nce.cli.steps import StepDisplay
    from w2v_nce.corpus.sources import Corpus

    with StepDisplay(quiet=False) as display:
        display.begin("calibrating", 2)
        fits = calibrate_folder(folder, Corpus.open(texts), contexts, display.advance)
    for line in describe(fits):
        click.echo(line, err=True)
    if as_json:
        found = {name: {"method": fit.method, "error": fit.error} for name, fit in fits.items()}
        print(json_document(model=folder, **found))


def calibrate_folder(
    folder: str,
    corpus: Corpus,
    contexts: int = CONTEXTS,
    on_half: Callable[[int], None] = lambda half: None,
) -> dict[str, Fit]:
    """Calibrate the model in a folder on a corpus; return how good the predictions are."""
    from w2v_nce.evaluation.calibration import calibrate_model
    from w2v_nce.formats.calibration_file import CalibrationFile
    from w2v_nce.formats.model_folder import load_model

    model = load_model(folder)
    with CalibrationFile(folder) as file:
        model, fits = calibrate_model(model, corpus, contexts, on_half)
        assert model.calibrations is not None
        file.save(model.calibrations)
    return fits


def describe(fits: dict[str, Fit]) -> list[str]:
    """Say how good the predictions are."""
    return [
        f"log Z, {name.replace('_', ' ')}: predicted by {fit.method}, off by {fit.error:.3f} nats"
        " (root mean square, on contexts held back)"
        for name, fit in fits.items()
    ]
