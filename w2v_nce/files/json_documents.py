"""JSON for other programs, as specified in docs/schemas."""

from __future__ import annotations

import json
import math
from typing import Any

SCHEMA_VERSION = 1  # of all documents


def json_line(**fields: Any) -> str:
    """Return an object on one line, for one of many answers."""
    return _text(fields, None)


def json_document(**fields: Any) -> str:
    """Return an indented object, for the whole output of a command."""
    return _text(fields, 2)


def _text(fields: dict[str, Any], indent: int | None) -> str:
    document = {"schema_version": SCHEMA_VERSION, **_finite(fields)}
    return json.dumps(document, indent=indent, allow_nan=False)


def _finite(value: Any) -> Any:
    """Return a value with None for numbers that JSON cannot represent."""
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
