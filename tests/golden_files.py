"""Texts that are compared to the letter with files of the checkout."""

from __future__ import annotations

import os
from pathlib import Path

UPDATE = "W2V_NCE_UPDATE_GOLDEN"  # set to 1, it makes tests write the files instead


def assert_golden(path: Path, text: str) -> None:
    """The text is that of the file."""
    if os.environ.get(UPDATE) == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8"), f"if that is as it should be, set {UPDATE}=1"
