"""The file of a model folder that has its calibrations."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from w2v_nce.calibration import Calibration, Calibrations
from w2v_nce.errors import FormatError
from w2v_nce.formats.atomic import AtomicFile
from w2v_nce.log_normalizer import LogNormalizer, Quadratic
from w2v_nce.sharpness import Sharpness

CALIBRATION = "calibration.npz"


class CalibrationFile(AtomicFile):
    """Calibrations that will be added to a model folder, opened beforehand."""

    def __init__(self, folder: str | Path) -> None:
        super().__init__(Path(folder) / CALIBRATION)

    def save(self, calibrations: Calibrations) -> None:
        """Write the calibrations, and put the file in its place.

        Raises:
            W2vNceError: if the disk does not take it.
        """
        self.write(packed(calibrations))
        self.commit()


def packed(calibrations: Calibrations) -> bytes:
    """Return calibrations as the bytes of an .npz file."""
    buffer = io.BytesIO()
    arrays: dict[str, Any] = {}
    for name, calibration in calibrations._asdict().items():
        arrays[f"{name}_bias"] = calibration.bias
        arrays[f"{name}_sharpness"] = np.array(calibration.sharpness)
        functions = {"untouched": calibration.untouched, "sharpened": calibration.sharpened}
        for which, function in functions.items():
            parts = {"head": function.head, "offset": function.offset, **function.tail._asdict()}
            arrays |= {f"{name}_{which}_{part}": value for part, value in parts.items()}
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def read_calibrations(file: Path, words: int, dim: int) -> Calibrations | None:
    """Read the calibrations of a model with so many words and this size of hidden vectors.

    Returns None if it has none.

    Raises:
        FormatError: if the file is not such.
    """
    try:
        if not file.is_file():
            return None
        with np.load(file, allow_pickle=False) as arrays:
            names = Calibrations._fields
            return Calibrations(*(_calibration(arrays, name, words, dim) for name in names))
    except (OSError, ValueError, KeyError, EOFError, TypeError, AttributeError,
            zipfile.BadZipFile) as error:  # fmt: skip
        raise FormatError(f"{file} is not a calibration of this model: {error}") from error


def _calibration(arrays: Mapping[str, Any], name: str, words: int, dim: int) -> Calibration:
    def function(which: str) -> LogNormalizer:
        start = f"{name}_{which}_"
        head = arrays[start + "head"].reshape(-1, dim)
        tail = Quadratic(
            float(arrays[start + "constant"]),
            arrays[start + "linear"].reshape(dim),
            arrays[start + "quadratic"].reshape(dim, dim),
        )
        return LogNormalizer(head, arrays[start + "offset"].reshape(len(head)), tail)

    level, slope = arrays[f"{name}_sharpness"].tolist()
    bias = arrays[f"{name}_bias"].reshape(words).astype(np.float32)
    return Calibration(function("untouched"), Sharpness(level, slope), bias, function("sharpened"))
