"""The gate: whatever breaks a published event is found, with the field named; one plant for each kind."""

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jinding.asyncapi import files
from jinding.asyncapi.breaks import breaks, essence
from jinding.asyncapi.schemas import HEADERS, Schema, schemas
from jinding.refusal import Refusal
from services.gateway.reference.documents import FOLDER

OLD: Schema = {
    "$id": "urn:x",
    "description": "as it was",
    "type": "object",
    "x-topic": "t.v1",
    "properties": {
        "area_code": {"type": "string", "pattern": "^[0-9]{6}$"},
        "closed_at": {"type": ["string", "null"], "format": "date-time"},
        "colour": {"type": "string", "enum": ["RED", "BLUE"]},
        "title": {"type": "string", "description": "a field may be called so"},
        "heads": {"type": "integer", "minimum": 0},
        "reason": {"type": ["string", "null"], "default": None},
        "ratings": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"level": {"type": "string", "enum": ["HIGH", "LOW"]}},
                "required": ["level"],
            },
        },
    },
    "required": ["area_code", "closed_at", "colour", "title", "heads", "ratings"],
}
Change = Callable[[Any, Any], object]


def changed(change: Change) -> Schema:
    """`change` gets the fields and the whole schema."""
    new = copy.deepcopy(OLD)
    change(new["properties"], new)
    return new


def renamed(fields: Any, schema: Any) -> None:
    fields["people"] = fields.pop("heads")
    schema["required"][schema["required"].index("heads")] = "people"


def removed(fields: Any, schema: Any) -> None:
    del fields["heads"]
    schema["required"].remove("heads")


def added_and_required(fields: Any, schema: Any) -> None:
    fields["level"] = {"type": "string"}
    schema["required"].append("level")


def nested_and_required(fields: Any, _: Any) -> None:
    fields["ratings"]["items"]["properties"]["at"] = {"type": "string"}
    fields["ratings"]["items"]["required"].append("at")


PLANTS: list[tuple[Change, list[str]]] = [
    (removed, ["heads: removed"]),
    (renamed, ["heads: removed", "people: added, and required"]),
    (lambda f, _: f.pop("reason"), ["reason: removed"]),
    (added_and_required, ["level: added, and required"]),
    (lambda _, s: s["required"].append("reason"), ["reason: newly required"]),
    (lambda _, s: s["required"].remove("heads"), ["heads: no longer required"]),
    (lambda f, _: f["heads"].update(type="string"), ["heads: type was 'integer', is 'string'"]),
    (
        lambda f, _: f["heads"].update(type=["integer", "null"]),
        ["heads: type was 'integer', is ['integer', 'null']"],
    ),
    (
        lambda f, _: f["closed_at"].update(type="string"),
        ["closed_at: type was ['string', 'null'], is 'string'"],
    ),
    (
        lambda f, _: f["closed_at"].update(format="date"),
        ["closed_at: format was 'date-time', is 'date'"],
    ),
    (lambda f, _: f["colour"].update(enum=["RED"]), ["colour: code 'BLUE' removed"]),
    (
        lambda f, _: f["colour"].update(enum=["RED", "BLUE", "GREY"]),
        ["colour: code 'GREY' added"],
    ),
    (lambda f, _: f["colour"].pop("enum"), ["colour: closed before, not any more"]),
    (lambda f, _: f["title"].update(enum=["A"]), ["title: open before, not any more"]),
    (
        lambda f, _: f["area_code"].update(pattern="^[0-9]{9}$"),
        ["area_code: pattern was '^[0-9]{6}$', is '^[0-9]{9}$'"],
    ),
    (lambda f, _: f["area_code"].pop("pattern"), ["area_code: pattern was '^[0-9]{6}$', is None"]),
    (lambda f, _: f["heads"].update(minimum=1), ["heads: minimum was 0, is 1"]),
    (lambda f, _: f["heads"].update(maximum=9), ["heads: maximum was None, is 9"]),
    (lambda f, _: f["title"].update(maxLength=9), ["title: maxLength was None, is 9"]),
    (lambda f, _: f["reason"].update(default="OTHER"), ["reason: default was None, is 'OTHER'"]),
    (
        lambda f, _: f["ratings"]["items"]["properties"].pop("level"),
        ["ratings[].level: removed"],
    ),
    (nested_and_required, ["ratings[].at: added, and required"]),
    (
        lambda f, _: f["ratings"]["items"]["properties"]["level"].update(enum=["HIGH"]),
        ["ratings[].level: code 'LOW' removed"],
    ),
    (lambda f, _: f["ratings"].pop("items"), ["ratings: items are told in one of the two only"]),
    (
        lambda _, s: s.update(additionalProperties=False),
        ["schema: additionalProperties was None, is False"],
    ),
    (lambda _, s: s.update({"x-topic": "u.v1"}), ["schema: x-topic was 't.v1', is 'u.v1'"]),
]


@pytest.mark.parametrize(("change", "found"), PLANTS, ids=[found[0] for _, found in PLANTS])
def test_what_breaks_is_found_and_nothing_else(change: Change, found: list[str]) -> None:
    assert sorted(breaks(OLD, changed(change))) == found
    assert list(breaks(OLD, OLD)) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda f, _: f.update(level={"type": "string"}),
        lambda f, _: f["ratings"]["items"]["properties"].update(at={"type": "string"}),
    ],
)
def test_a_field_that_may_be_absent_may_be_added(change: Change) -> None:
    new = changed(change)
    assert list(breaks(OLD, new)) == []
    assert essence(new) != essence(OLD)


def test_words_may_change() -> None:
    new = changed(
        lambda f, s: [s.update(description="x", title="y"), f["title"].pop("description")]
    )
    assert list(breaks(OLD, new)) == []
    assert essence(new) == essence(OLD)
    assert "title" in essence(new)["properties"]


def test_nothing_published_is_broken_and_all_there_is_is_published() -> None:
    files.check()
    kept = files.published()
    assert list(files.broken(kept, schemas())) == []
    assert kept.keys() == schemas().keys()


def test_every_version_counts_and_no_type_may_go() -> None:
    type_ = "jinding.grid.report.closed.v1"
    first: Schema = {"properties": {"a": {"type": "string"}}}
    second: Schema = {"properties": {"b": {"type": "string"}}}
    told = list(files.broken({type_: [first, second], "gone.v1": [first]}, {type_: second}))
    assert told == [f"{type_} (1) a: removed", "gone.v1: the type is gone"]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "events")
    return tmp_path / "events"


def edit(file: Path, change: Callable[[Any], object]) -> None:
    schema = json.loads(file.read_bytes())
    change(schema)
    file.write_text(json.dumps(schema), encoding="utf-8")


def test_a_break_is_refused_by_both_commands(copied: Path) -> None:
    name = "jinding.grid.report.cancelled.v1"
    file = copied / "published" / name / "1.json"
    edit(file, lambda schema: schema["properties"]["category"]["enum"].append("WEATHER"))
    for command in (files.check, files.write):
        with pytest.raises(Refusal, match=rf"{name} \(1\) category: code 'WEATHER' removed"):
            command(copied)


def test_what_may_change_becomes_the_next_version(copied: Path) -> None:
    name = "jinding.disputes.case.terminated.v1"
    folder = copied / "published" / name
    edit(folder / "1.json", lambda schema: schema["properties"].pop("reason"))
    with pytest.raises(Refusal, match="make asyncapi"):
        files.check(copied)
    files.write(copied)
    assert json.loads((folder / "2.json").read_bytes()) == schemas()[name]
    files.check(copied)


@pytest.mark.parametrize(
    "stale",
    [
        lambda folder: (folder / "asyncapi.yaml").write_text("asyncapi: 3.0.0\n"),
        lambda folder: (folder / "schemas" / "headers.json").unlink(),
        lambda folder: (folder / "schemas" / "astray.json").write_text("{}"),
        lambda folder: shutil.rmtree(folder / "published" / HEADERS),
    ],
)
def test_files_that_lag_behind_are_refused_until_written(
    copied: Path, stale: Callable[[Path], object]
) -> None:
    stale(copied)
    with pytest.raises(Refusal, match="make asyncapi"):
        files.check(copied)
    files.write(copied)
    files.check(copied)
