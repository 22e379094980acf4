"""``w2v-nce info``."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from w2v_nce.cli.command import Command
from w2v_nce.cli.console import printable
from w2v_nce.cli.documents import json_document
from w2v_nce.config import TrainConfig
from w2v_nce.errors import FormatError
from w2v_nce.setting import is_list, option_name

if TYPE_CHECKING:
    from w2v_nce.formats.description import ModelInfo, VectorsInfo

FORMATS = {
    "binary": "word2vec binary",
    "text": "word2vec text",
    "glove": "text without a first line, as GloVe writes it",
    "npy": "NumPy matrix, words beside it",
    "safetensors": "safetensors, words beside it",
    "projector": "TensorBoard projector, words beside it",
    "model": "model folder",
}
#: Options that are shown of every model; others only where they are not as by default.
DECISIVE = frozenset({"architecture", "loss", "dim", "window", "noise", "epochs"})


@click.command(cls=Command, section="Files of vectors")
@click.argument("vectors", default="vectors.bin", metavar="[FILE]")
@click.option(
    "-n",
    "count",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="How many of the most frequent words to show.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def info(vectors: str, count: int, as_json: bool) -> None:
    """Say what is in a FILE of vectors or in a model folder. Default: vectors.bin.

    Vocabularies, indexes and logs are named in a line.

    \b
    w2v-nce info vectors.txt.gz
    w2v-nce info model/ --json
    """
    from w2v_nce.formats.description import describe
    from w2v_nce.formats.other_files import content_of

    other = content_of(vectors) if Path(vectors).is_file() else None
    if other:
        if as_json:
            raise FormatError(f"--json is about vectors; {vectors} is {other}")
        print(f"{printable(vectors)}: {other}")
        return
    found = describe(vectors, count)
    if as_json:
        print(json_document(vectors=vectors, **found.to_dict()))
        return
    for name, value in rows(vectors, found):
        print(f"{name:<12}{printable(value)}".rstrip())


def rows(path: str, found: VectorsInfo) -> list[tuple[str, str]]:
    """Return what there is to say."""
    packed = f", {found.compression}" if found.compression else ""
    norms = found.norms
    lengths = f"{norms.smallest:.3g} to {norms.largest:.3g}, median {norms.median:.3g}"
    zeros = f"; {norms.zeros:,} of zeros only" if norms.zeros else ""
    lines = [
        ("file", f"{path} ({found.size:,} bytes)"),
        ("format", f"{FORMATS[found.format]}{packed}"),
        ("vectors", f"{found.words:,} x {found.dim}"),
        ("lengths", lengths + zeros),
        ("mean vector", f"of length {norms.of_mean:.3g}"),
    ]
    if found.most_frequent:
        lines.append(("first words", " ".join(found.most_frequent)))
    return lines + (model_rows(found.model) if found.model else [])


def model_rows(model: ModelInfo) -> list[tuple[str, str]]:
    """Return what there is to say of where a model comes from."""
    has_noise = model.config.loss != "softmax"
    decisive = DECISIVE if has_noise else DECISIVE - {"noise"}
    config = dataclasses.replace(model.config, noise=model.config.k if has_noise else None)
    options = [
        f"{option_name(item)} {each}"
        for item in dataclasses.fields(TrainConfig)
        if (value := getattr(config, item.name)) != item.default or item.name in decisive
        for each in (value if is_list(item) else [value])
    ]
    return [
        ("corpus", f"{model.corpus_words:,} words, {model.corpus_types:,} distinct"),
        ("options", " ".join(options)),
        ("calibrated", "yes" if model.calibrated else "no"),
    ]
