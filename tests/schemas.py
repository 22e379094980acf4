"""The JSON schemas of what the commands print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

FOLDER = Path(__file__).parent.parent / "docs" / "schemas"
SCHEMAS: dict[str, Any] = {
    path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.iterdir())
}
REGISTRY: Registry = Registry().with_resources(
    (schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS.values()
)


def validator(name: str) -> Draft202012Validator:
    """Return what checks documents against the schema of this name."""
    return Draft202012Validator(SCHEMAS[name], registry=REGISTRY)
