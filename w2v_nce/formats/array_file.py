"""NumPy's array files, written so that a full disk is noticed.

``numpy.save`` leaves the writing to C's buffered output, and does not look whether the last of it
went through: on a full disk it leaves an incomplete file and says nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt


class Writes:
    """A file of which NumPy knows nothing but that it can be written to."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def write(self, data: bytes) -> int:
        """Write some bytes."""
        return self.file.write(data)


def write_array(path: Path, array: npt.NDArray[Any]) -> None:
    """Write an ``.npy`` file.

    Raises:
        OSError: if the disk does not take it.
    """
    with path.open("wb") as file:
        np.lib.format.write_array(Writes(file), np.asarray(array), allow_pickle=False)
