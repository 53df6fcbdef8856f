import importlib
import pkgutil
import re

import pytest

import services.contracts
from services.contracts.event import Event
from services.contracts.registry import MODULES, by_type
from services.contracts.topics import SENSITIVE as SENSITIVE_TOPICS

NAME = r"jinding\.(grid|disputes|inspection|training|gateway)\.([a-z_]+)"
TOPIC = re.compile(rf"{NAME}\.v1")
SENSITIVE = re.compile(
    r"[._](key_?person|accus|complain|petition|patient|minor|victim|track|health)"
)
"""Nouns of aggregates that no agency is ever granted: what is personal and sensitive by law, or accuses somebody."""
TYPE = re.compile(rf"{NAME}\.[a-z_]+\.v1")


def misnamed(event: type[Event]) -> bool:
    """Whether its type and its topic do not name the same aggregate of the service that tells it, or it stands
    in no module of that service."""
    topic, type_ = TOPIC.fullmatch(event.topic), TYPE.fullmatch(event.type)
    if not topic or not type_ or topic.groups() != type_.groups():
        return True
    module = event.__module__.removeprefix("services.contracts.")
    return module.partition("_")[0] != topic[1]


def test_a_type_is_named_after_its_topic() -> None:
    assert [event for event in by_type().values() if misnamed(event)] == []


@pytest.mark.parametrize(
    ("topic", "type_"),
    [
        ("jinding.grid.report.v1", "jinding.grid.report.closed"),
        ("jinding.grid.report.v1", "jinding.grid.area.closed.v1"),
        ("jinding.grid.report.v1", "jinding.disputes.report.closed.v1"),
        ("jinding.grid.report", "jinding.grid.report.closed.v1"),
        ("grid.report.v1", "grid.report.closed.v1"),
        ("jinding.gateway.report.v1", "jinding.gateway.report.closed.v1"),
    ],
)
def test_a_misnamed_event_is_found(topic: str, type_: str) -> None:
    bad = type("Bad", (Event,), {"topic": topic, "type": type_, "__module__": MODULES[0].__name__})
    assert misnamed(bad)


def test_no_contract_is_left_out() -> None:
    """Whatever is checked of every event is checked of those of every module."""
    names = [module.name for module in pkgutil.iter_modules(services.contracts.__path__)]
    declared = {
        cls
        for name in names
        for cls in vars(importlib.import_module(f"services.contracts.{name}")).values()
        if isinstance(cls, type) and issubclass(cls, Event) and "type" in vars(cls)
    }
    assert declared == set(by_type().values())


def test_no_two_events_have_one_type() -> None:
    declared = [
        cls
        for module in MODULES
        for cls in vars(module).values()
        if isinstance(cls, type) and issubclass(cls, Event) and "type" in vars(cls)
    ]
    assert len(declared) == len(by_type())


@pytest.mark.parametrize("event", by_type().values(), ids=lambda event: event.type)
def test_what_tells_of_somebody_in_particular_trouble_is_sensitive(event: type[Event]) -> None:
    assert event.sensitive or not SENSITIVE.search(event.topic)


def test_a_topic_is_sensitive_as_a_whole() -> None:
    marks = {(event.topic, event.sensitive) for event in by_type().values()}
    assert len(marks) == len({topic for topic, _ in marks})


def test_the_topic_of_what_is_sensitive_of_a_kind_is_nobody_elses_and_never_granted() -> None:
    apart = {(e.topic, e.sensitive_topic) for e in by_type().values() if e.sensitive_topic}
    assert apart == {("jinding.grid.report.v1", "jinding.grid.sensitive_report.v1")}
    for plain, sensitive in apart:
        told = [event for event in by_type().values() if event.topic == plain]
        assert {event.sensitive_topic for event in told} == {sensitive}
        assert sensitive in SENSITIVE_TOPICS
        assert plain not in SENSITIVE_TOPICS
        assert TOPIC.fullmatch(sensitive)
        assert sensitive not in {event.topic for event in by_type().values()}


@pytest.mark.parametrize("noun", ["key_person", "accusation", "patient_visit"])
def test_a_sensitive_noun_is_found(noun: str) -> None:
    assert SENSITIVE.search(f"jinding.grid.{noun}.v1")
