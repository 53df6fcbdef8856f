"""What partner agencies are told of the events is valid, complete, and true of what the outbox writes."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from jinding.asyncapi import files
from jinding.asyncapi.schemas import HEADERS, Schema, schemas
from services.chassis import outbox
from services.contracts.registry import by_type, topics
from services.contracts.words import FIELDS, TOPICS
from services.contracts.words_events import EVENTS
from services.gateway.reference.documents import FOLDER
from tests.support.asyncapi.parser import faults

ID = UUID("0191d7a0-0000-7000-8000-000000000001")
AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
FORMATS = FormatChecker(["uuid", "date"])
SAMPLES = files.samples()


@FORMATS.checks("date-time", raises=ValueError)
def is_an_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def complaints(schema: Schema, value: Any) -> list[str]:
    validator = Draft202012Validator(schema, format_checker=FORMATS)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def committed(name: str) -> Schema:
    found: Schema = json.loads((FOLDER / "schemas" / f"{name}.json").read_bytes())
    return found


def frozen(type_: str) -> dict[str, Any]:
    event = by_type()[type_].model_validate(SAMPLES[type_])
    row = outbox.frozen(event, event.topic, ID, 1, epoch=1, at=AT, trace="00-0af7-b7ad-01")
    return dict(zip(outbox.COLUMNS, row, strict=True))


@pytest.mark.proof
def test_the_document_is_valid_for_asyncapis_own_parser() -> None:
    assert faults(FOLDER / "asyncapi.yaml") == []


@pytest.mark.proof
def test_the_parser_finds_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    text = (FOLDER / "asyncapi.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("action: send", "action: shout", 1), encoding="utf-8")
    assert any("operations" in fault for fault in faults(file))
    file.write_text(text.replace("type: boolean", "type: truth", 1), encoding="utf-8")
    assert any("schemas" in fault for fault in faults(file))


@pytest.mark.parametrize("name", schemas())
def test_a_schema_is_valid(name: str) -> None:
    Draft202012Validator.check_schema(committed(name))


@pytest.mark.parametrize("type_", by_type())
def test_a_sample_is_valid_for_its_schema(type_: str) -> None:
    schema, sample = committed(type_), SAMPLES[type_]
    assert complaints(schema, sample) == []
    for field in schema["required"]:
        assert complaints(schema, {k: v for k, v in sample.items() if k != field}), field
        assert complaints(schema, {**sample, field: {"x": 1}}), field


@pytest.mark.parametrize("type_", by_type())
def test_what_the_outbox_writes_is_valid_for_the_schemas(type_: str) -> None:
    row = frozen(type_)
    headers, body = row["headers"], json.loads(row["body"])
    assert complaints(committed(HEADERS), headers) == []
    assert headers.keys() == committed(HEADERS)["properties"].keys()
    assert headers["ce_dataschema"] == committed(type_)["$id"]
    assert row["topic"] == committed(type_)["x-topic"]
    assert complaints(committed(type_), body) == []
    assert body.keys() == committed(type_)["properties"].keys()


def test_the_words_are_of_what_there_is() -> None:
    fields = {name for schema in schemas().values() for name in names(schema)}
    assert fields - committed(HEADERS)["properties"].keys() == FIELDS.keys()
    assert EVENTS.keys() == by_type().keys()
    assert TOPICS.keys() == set(topics())


def names(schema: Schema) -> set[str]:
    """Of every field, at any depth."""
    found = set(schema.get("properties", ()))
    for inner in (schema.get("items", {}), *schema.get("properties", {}).values()):
        found |= names(inner) if inner else set()
    return found


@pytest.mark.parametrize("words", [TOPICS, FIELDS, EVENTS])
def test_everything_is_told_in_chinese_first(words: dict[str, Any]) -> None:
    for label in words.values():
        assert any("\u4e00" <= character <= "\u9fff" for character in label.zh), label
        assert label.en.isascii() or "…" in label.en, label


def test_what_is_wrong_with_a_value_is_told() -> None:
    type_ = "jinding.grid.report.reported.v1"
    schema, sample = committed(type_), copy.deepcopy(SAMPLES[type_])
    for field, value in {
        "area_code": "33",
        "category": "WEATHER",
        "occurred_at": "2026-03-01T09:30:00",
        "correlation_id": "somebody",
        "number": None,
    }.items():
        assert complaints(schema, {**sample, field: value}), field
