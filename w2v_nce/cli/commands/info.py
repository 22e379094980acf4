"""``w2v-nce info``."""

from __future__ import annotations

import dataclasses
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click

from w2v_nce.cli.options.command import Command
from w2v_nce.cli.options.option import json_option, option
from w2v_nce.cli.options.values import FileName
from w2v_nce.cli.terminal.console import printable
from w2v_nce.errors import FormatError
from w2v_nce.files.json_documents import json_document
from w2v_nce.settings.setting import is_list, option_name
from w2v_nce.settings.train_config import TrainConfig

if TYPE_CHECKING:
    from w2v_nce.model.description import ModelInfo, VectorsInfo

#: Settings that are shown of every model; others only where they differ from their defaults.
DECISIVE = frozenset({"architecture", "loss", "dim", "window", "noise", "epochs"})


@click.command(cls=Command, section="Files of vectors")
@click.argument("vectors", type=FileName(), default="vectors.bin", metavar="[FILE]")
@option(
    "-n",
    "count",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="Number of most frequent words to show.",
)
@json_option
def info(vectors: str, count: int, as_json: bool) -> None:
    """Describe a FILE of vectors or a model folder. Default: vectors.bin.

    Vocabularies, indexes and logs are described in one line.

    \b
    w2v-nce info vectors.txt.gz
    w2v-nce info model/ --json
    """
    from w2v_nce.model.description import describe

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
    """Return the rows of the description."""
    from w2v_nce.files.vectors import FORMAT_NAMES

    packed = f", {found.compression}" if found.compression else ""
    norms = found.norms
    lengths = f"{norms.smallest:.3g} to {norms.largest:.3g}, median {norms.median:.3g}"
    zeros = f"; {norms.zeros:,} of zeros only" if norms.zeros else ""
    lines = [
        ("file", f"{path} ({found.size:,} bytes)"),
        ("format", f"{FORMAT_NAMES[found.format]}{packed}"),
        ("vectors", f"{found.words:,} x {found.dim}"),
        ("lengths", lengths + zeros),
        ("mean vector", f"of length {norms.of_mean:.3g}"),
    ]
    if found.most_frequent:
        lines.append(("first words", " ".join(found.most_frequent)))
    return lines + (model_rows(found.model) if found.model else [])


def model_rows(model: ModelInfo) -> list[tuple[str, str]]:
    """Return the rows on the origin of a model."""
    config = model.config.resolved
    shown = (DECISIVE | config.changed.keys()) - ({"noise"} if config.loss == "softmax" else set())
    options = [
        f"{option_name(item)} {each}"
        for item in dataclasses.fields(TrainConfig)
        if item.name in shown
        for value in [getattr(config, item.name)]
        for each in (value if is_list(item) else [value])
    ]
    return [
        ("corpus", f"{model.corpus_words:,} words, {model.corpus_types:,} distinct"),
        ("options", " ".join(options)),
        ("calibrated", "yes" if model.calibrated else "no"),
    ]


HEAD = 1 << 16  # bytes that are read at either end
COUNTED = re.compile(rb"\S+\t[0-9]+|</s> [0-9]+")  # first line of 'w2v-nce vocab', of word2vec.c


def content_of(path: str | Path) -> str | None:
    """Return a description of a file that is a vocabulary, an index or a log, otherwise None.

    Raises:
        FormatError: if it is a malformed vocabulary.
    """
    from w2v_nce.embeddings.index import KIND as INDEX
    from w2v_nce.files.matrix import PROJECTOR, words_file
    from w2v_nce.training import run_log

    try:
        with Path(path).open("rb") as file:
            first = file.readline(HEAD).rstrip()
            file.seek(max(file.seek(0, 2) - HEAD, 0))
            whole_lines = file.read().split(b"\n")[:-1]
    except OSError:
        return None  # reading it as vectors will raise the error
    if COUNTED.fullmatch(first) and not words_file(path, PROJECTOR).exists():  # of a matrix
        return _vocabulary(path)
    try:
        begin = json.loads(first)
        if begin.get("kind") == INDEX:
            recall = float(begin["recall"])
            return f"an index for 'similar --index', recall {recall:.3f} of the ten nearest"
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return None  # damaged, or something else
    return run_log.describe(first, whole_lines[-1] if whole_lines else b"")


def _vocabulary(path: str | Path) -> str | None:
    from w2v_nce.files.word_lists import read_counts

    counts = list(read_counts(Path(path)).values())
    if any(one < next_one for one, next_one in pairwise(counts)):
        return None  # the numbers are something else, such as classes
    return f"a vocabulary of {len(counts):,} words, {sum(counts):,} running words"
