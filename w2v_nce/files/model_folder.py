"""The model folder: everything that training learned, in files that other programs can read.

    model.json        the settings, what is known of the corpus, the version of the format
    vocabulary.txt    a word and its count on each line, the most frequent first
    input.npy         (V, dim) float32: the vectors of words as context
    output.npy        (V, dim) float32: their vectors when they are predicted
    bias.npy          (V,) float32
    noise.npy         (V,) int64: units of the noise distribution, of a power of two in all
    normalizer.npy    (V,) float32: subtracted from scores, if it was learned
    calibration.npz   temperatures, prior corrections and predictions of log Z, if calibrated

Matrices are mapped into memory when they are loaded, so that a large model opens at once and
several processes share it.
"""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Longs, Reals
from w2v_nce.errors import ConfigError, FormatError
from w2v_nce.files.atomic import AtomicFile, AtomicFolder, reporting, write_array
from w2v_nce.files.word_lists import NumberedLines, parse_count, words_with
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.settings.version import VERSION

DESCRIPTION = "model.json"
VOCABULARY = "vocabulary.txt"
NORMALIZER = "normalizer.npy"
CALIBRATION = "calibration.npz"
FILES = frozenset(
    {DESCRIPTION, VOCABULARY, "input.npy", "output.npy", "bias.npy", "noise.npy", NORMALIZER}
    | {CALIBRATION}
)
FORMAT_VERSION = 1


class StoredModel(NamedTuple):
    """The content of a model folder."""

    config: TrainConfig
    words: list[bytes]
    counts: Longs  # (V,)
    corpus_words: int
    corpus_types: int
    units: Longs  # (V,): of the noise distribution, a power of two in all
    input: Reals  # (V, dim)
    output: Reals  # (V, dim)
    bias: Reals  # (V,)
    normalizer: Reals | None  # (V,), if it was learned
    calibrations: Mapping[str, npt.NDArray[Any]] | None  # named arrays, if it is calibrated


class ModelFolder(AtomicFolder):
    """A folder that a model will be written to, opened beforehand."""

    def __init__(self, target: str | Path) -> None:
        super().__init__(target, FILES)

    def save(self, model: StoredModel) -> None:
        """Write all files, and put the folder in its place.

        Raises:
            W2vNceError: if the disk does not take it.
        """
        with reporting(self.target):
            write_model(self.path, model)
        self.commit()


class CalibrationFile(AtomicFile):
    """Calibrations that will be added to a model folder, opened beforehand."""

    def __init__(self, folder: str | Path) -> None:
        super().__init__(Path(folder) / CALIBRATION)

    def save(self, calibrations: Mapping[str, npt.NDArray[Any]]) -> None:
        """Write named arrays, and put the file in its place.

        Raises:
            W2vNceError: if the disk does not take it.
        """
        self.write(_packed(calibrations))
        self.commit()


def write_model(path: Path, model: StoredModel) -> None:
    """Write the files of a model into a folder.

    Raises:
        OSError: if the disk does not take them.
    """
    description = {
        "format_version": FORMAT_VERSION,
        "program": f"w2v-nce {VERSION}",
        "config": dataclasses.asdict(model.config.resolved),  # whatever later defaults are
        "corpus": {"words": model.corpus_words, "types": model.corpus_types},
    }
    lines = [b"%b %d\n" % pair for pair in zip(model.words, model.counts.tolist(), strict=True)]
    text = json.dumps(description, indent=1) + "\n"
    (path / DESCRIPTION).write_text(text, encoding="utf-8")
    (path / VOCABULARY).write_bytes(b"".join(lines))
    write_array(path / "input.npy", model.input)
    write_array(path / "output.npy", model.output)
    write_array(path / "bias.npy", model.bias)
    write_array(path / "noise.npy", model.units)
    if model.normalizer is not None:
        write_array(path / NORMALIZER, model.normalizer)
    if model.calibrations is not None:
        (path / CALIBRATION).write_bytes(_packed(model.calibrations))


def read_model(folder: str | Path) -> StoredModel:
    """Open a model folder; its matrices are mapped into memory, read-only.

    Raises:
        FormatError: naming the file that is missing or malformed.
    """
    path = Path(folder)
    config, corpus = _read_description(path)
    words, counts = _read_vocabulary(path / VOCABULARY)
    shape = (len(words), config.dim)
    units = np.array(_read_array(path / "noise.npy", shape[:1], np.int64))
    total = int(units.sum())
    if units.min() < 1 or total.bit_count() != 1 or total >> 32 < len(units):
        raise FormatError(f"{path / 'noise.npy'}: these are not the units of a distribution")
    normalizer = None
    if config.normalizer != "one":
        normalizer = _read_array(path / NORMALIZER, shape[:1], np.float32)
    return StoredModel(
        config=config,
        words=words,
        counts=counts,
        corpus_words=corpus["words"],
        corpus_types=corpus["types"],
        units=units,
        input=_read_array(path / "input.npy", shape, np.float32),
        output=_read_array(path / "output.npy", shape, np.float32),
        bias=_read_array(path / "bias.npy", shape[:1], np.float32),
        normalizer=normalizer,
        calibrations=_read_calibrations(path / CALIBRATION),
    )


def _packed(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Return named arrays as the bytes of an .npz file."""
    buffer = io.BytesIO()
    np.savez(buffer, **cast("dict[str, Any]", dict(arrays)))
    return buffer.getvalue()


def _read_calibrations(file: Path) -> dict[str, npt.NDArray[Any]] | None:
    """Read the arrays of a calibration, or None if there is no such file.

    Raises:
        FormatError: if they cannot be read.
    """
    try:
        if not file.is_file():
            return None
        with np.load(file, allow_pickle=False) as arrays:
            return dict(arrays)
    except (OSError, ValueError, KeyError, EOFError, TypeError, AttributeError,
            zipfile.BadZipFile) as error:  # fmt: skip
        raise FormatError(f"{file} is not a calibration of this model: {error}") from error


def _is_file(file: Path) -> bool:
    """Return whether there is such a file.

    Raises:
        FormatError: if that cannot be known.
    """
    try:
        return file.is_file()
    except OSError as error:
        raise FormatError(f"{file}: {error.strerror or error}") from error


def _read_description(path: Path) -> tuple[TrainConfig, dict[str, int]]:
    file = path / DESCRIPTION
    if not _is_file(file):
        if not path.exists():
            raise FormatError(f"{path}: there is no such model folder; `Model.save` writes one")
        what = "a model folder" if path.is_dir() else "a folder"
        raise FormatError(
            f"{path} is not {what}: there is no {DESCRIPTION} in it; `Model.save` writes one"
        )
    try:
        description: dict[str, Any] = json.loads(file.read_bytes())
        version = description["format_version"]
        if version != FORMAT_VERSION:
            raise FormatError(
                f"{file}: format version {version!r}; this program reads {FORMAT_VERSION},"
                " a newer one may be needed"
            )
        totals = {key: int(description["corpus"][key]) for key in ("words", "types")}
        # Older folders do not name the combiner, since there was only one, but an optimizer.
        config = {"combiner": "mean", **description["config"]}
        config.pop("optimizer", None)
        return TrainConfig(**config), totals
    except ConfigError as error:
        raise FormatError(f"{file}: {error}") from error
    except OSError as error:
        raise FormatError(f"{file}: {error.strerror or error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError(f"{file} does not describe a model: {error!r}") from error


def _read_vocabulary(file: Path) -> tuple[list[bytes], npt.NDArray[np.int64]]:
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise FormatError(f"{file}: {error.strerror or error}") from error
    numbered = NumberedLines(file, lines)  # exact bytes: words may begin with a mark
    pairs = list(words_with("its count", numbered, lambda text: parse_count(text) or None))
    words, counts = [word for word, _ in pairs], [count for _, count in pairs]
    if len(set(words)) < len(words):
        raise FormatError(f"{file} has a word twice")
    if len(words) < 2:
        raise FormatError(f"{file} has {len(words)} words; a model has two or more")
    return words, np.array(counts, np.int64)


def _read_array(file: Path, shape: tuple[int, ...], dtype: type[np.generic]) -> npt.NDArray[Any]:
    try:
        array = np.load(file, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise FormatError(f"{file}: {error.strerror or error}") from error
    except (ValueError, EOFError) as error:
        raise FormatError(f"{file} is not a NumPy array, or only a part of one: {error}") from error
    if not isinstance(array, np.ndarray):
        raise FormatError(f"{file} is not a NumPy array")
    if array.shape != shape or array.dtype != dtype:
        raise FormatError(
            f"{file} holds {array.shape} {array.dtype}; {shape} {np.dtype(dtype)} is needed"
        )
    return cast("npt.NDArray[Any]", array)  # not asarray: it is still mapped
