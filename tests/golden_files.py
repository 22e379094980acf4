"""Texts that are compared to the letter with files of the checkout."""

from __future__ import annotations

import os
from pathlib import Path

UPDATE = os.environ.get("W2VNCE_TEST_UPDATE_GOLDEN") == "1"


def assert_golden(path: Path, text: str) -> None:
    """The text is that of the file, or is written there."""
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8"), f"{path.name}: if this is meant, run 'make golden'"
