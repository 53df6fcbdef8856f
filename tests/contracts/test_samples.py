"""A sample of every event, as it was once published, must be read for ever; a changed one is a new type."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from services.contracts.event import Event
from services.contracts.registry import by_type, read
from services.gateway.projections.registry import BY_TOPIC, UNPROJECTED

SAMPLES = Path(__file__).parents[2] / "docs" / "events" / "samples"
CODE = re.compile(r"[0-9A-Za-z_:.+-]+")


def sample(type_: str) -> Event:
    event = read({"ce_type": type_.encode()}, (SAMPLES / f"{type_}.json").read_bytes())
    assert event is not None
    return event


def texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    if isinstance(value, dict):
        return [text for key, item in value.items() if key != "name" for text in texts(item)]
    return [value] if isinstance(value, str) else []


def test_every_event_has_a_sample_and_no_event_ever_goes() -> None:
    assert {file.stem for file in SAMPLES.glob("*.json")} == by_type().keys()


@pytest.mark.parametrize("type_", by_type())
def test_a_sample_is_read_and_nothing_of_it_is_lost(type_: str) -> None:
    written = json.loads((SAMPLES / f"{type_}.json").read_bytes())
    told = sample(type_).model_dump(mode="json")
    assert told | written == told
    assert all(CODE.fullmatch(text) for text in texts(written))


@pytest.mark.parametrize("type_", by_type())
def test_what_a_newer_publisher_adds_does_no_harm(type_: str) -> None:
    written = json.loads((SAMPLES / f"{type_}.json").read_bytes())
    newer = json.dumps(written | {"added_later": {"x": 1}}).encode()
    assert read({"ce_type": type_.encode()}, newer) == sample(type_)


OF_PERSONS = {"jinding.grid.subject_request.v1", "jinding.grid.key_person.v1"} | {
    f"jinding.{service}.erasure.v1" for service in ("grid", "disputes", "inspection", "training")
}


def test_what_concerns_persons_alone_is_neither_projected_nor_archived() -> None:
    assert {topic for topic in UNPROJECTED if not topic.endswith(".audit.v1")} == OF_PERSONS


@pytest.mark.parametrize(
    "type_", [type_ for type_, event in by_type().items() if event.topic not in UNPROJECTED]
)
def test_every_event_is_applied_by_a_projection(type_: str) -> None:
    event = sample(type_)
    projection = BY_TOPIC[event.topic]
    card = projection.apply(sample(projection.snapshot.type), event)
    assert isinstance(card, projection.snapshot)
    assert card.correlation_id == event.correlation_id
