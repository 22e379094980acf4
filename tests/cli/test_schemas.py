"""The schemas themselves; what the commands print is validated in test_output.py."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from tests.golden_files import assert_golden
from tests.schemas import FOLDER, SCHEMAS, validator
from w2v_nce.files.json_documents import SCHEMA_VERSION, json_document, json_line
from w2v_nce.settings.train_config import TrainConfig

#: JSON's names for the types of settings.
TYPES: dict[str, dict[str, Any]] = {
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "str": {"type": "string"},
    "tuple[str, ...]": {"type": "array", "items": {"type": "string"}},
}


def config_schema() -> dict[str, Any]:
    """The schema that the settings of a run amount to."""
    properties = {item.name: setting_schema(item) for item in dataclasses.fields(TrainConfig)}
    return {
        "$schema": Draft202012Validator.META_SCHEMA["$id"],
        "$id": "config.json",
        "title": "The settings of a run",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def setting_schema(item: dataclasses.Field[Any]) -> dict[str, Any]:
    kind, _, null = str(item.type).partition(" | ")
    schema: dict[str, Any] = {"description": item.metadata["help"], **TYPES[kind]}
    if null:
        schema["type"] = [schema["type"], "null"]
    if item.metadata["choices"]:
        schema["enum"] = [*item.metadata["choices"], *([None] if null else [])]
    for bound in ("minimum", "maximum"):
        if item.metadata[bound] is not None:
            schema[bound] = item.metadata[bound]
    return schema


def test_config_schema() -> None:
    text = json.dumps(config_schema(), indent=2, ensure_ascii=False) + "\n"
    assert_golden(FOLDER / "config.json", text)
    settings = dataclasses.asdict(TrainConfig(heldout="0.1", max_vocab=9, noise_power=0))
    Draft202012Validator(config_schema()).validate(json.loads(json.dumps(settings)))


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """All objects that a schema speaks of."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for each in schema.values():
            yield from objects(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from objects(each)


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_allow_nothing_that_they_do_not_mention(name: str) -> None:
    schema = SCHEMAS[name]
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"{name}.json"
    found = list(objects(schema))
    assert found
    for each in found:
        assert each["additionalProperties"] is False or "properties" not in each
        assert set(each.get("required", ())) <= each.get("properties", {}).keys()


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_documentation_names_all_schemas(name: str) -> None:
    assert f"(schemas/{name}.json)" in (FOLDER.parent / "json.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(SCHEMAS.keys() - {"config"}))
def test_all_documents_have_the_version(name: str) -> None:
    found = [
        each for each in objects(SCHEMAS[name]) if "schema_version" in each.get("properties", {})
    ]
    assert found
    for each in found:
        assert each["properties"]["schema_version"] == {"const": SCHEMA_VERSION}
        assert "schema_version" in each["required"]


EVENTS: list[dict[str, Any]] = [
    {"event": "start", "version": "0.1.0", "config": dataclasses.asdict(TrainConfig()),
     "processes": 1, "vocabulary": 37863, "words": 67723400},
    {"event": "tick", "seconds": 1.5, "epoch": 0.11, "words": 7683151,
     "words_per_second": 7635045.0, "learning_rate": 0.066, "loss": None},
    {"event": "heldout", "seconds": 9.0, "epoch": 1.0, "words": 13544680, "loss": 2.1,
     "log_z_mean": -0.01, "log_z_sd": 0.3},
    {"event": "eval", "seconds": 9.0, "epoch": 1.0, "words": 13544680, "file": "questions.txt",
     "task": "analogies", "score": 0.31, "coverage": 0.8},
    {"event": "end", "seconds": 11.0, "words": 67723400, "loss": 1.8, "stopped": "interrupted"},
]  # fmt: skip


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["event"])
def test_lines_of_the_log(event: dict[str, Any]) -> None:
    line = json.loads(json_line(**event))
    validator("log").validate(line)
    for name in line:
        with pytest.raises(ValidationError):
            validator("log").validate({key: line[key] for key in line.keys() - {name}})
    for wrong in ({"odd": 1}, {"schema_version": 2}, {"words": -1}, {"event": "tock"}):
        with pytest.raises(ValidationError):
            validator("log").validate(line | wrong)


def test_numbers_that_json_does_not_have_are_null() -> None:
    odd = {"a": float("inf"), "b": [float("nan"), 1.5, {"c": (-float("inf"), 2)}]}
    for text in (json_line(**odd), json_document(**odd)):
        assert json.loads(text) == {
            "schema_version": 1,
            "a": None,
            "b": [None, 1.5, {"c": [None, 2]}],
        }
    assert "\n" not in json_line(**odd)
