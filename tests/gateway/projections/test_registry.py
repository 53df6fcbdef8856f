from typing import Any

from services.contracts.registry import by_type
from services.contracts.topics import TOPICS
from services.gateway import anchors
from services.gateway.dashboards.figures import SECTIONS
from services.gateway.projections.registry import ALL, AUDITS, BY_TOPIC, SERVICES, UNPROJECTED


def test_every_topic_has_one_projection() -> None:
    told = [topic for projection in ALL for topic in projection.topics]
    assert sorted([*told, *UNPROJECTED]) == sorted(TOPICS)


def test_every_projection_keeps_what_its_service_publishes() -> None:
    for topic, projection in BY_TOPIC.items():
        assert topic.split(".")[1] == projection.service
        assert by_type()[projection.snapshot.type] is projection.snapshot


def test_every_service_has_a_section() -> None:
    assert tuple(SECTIONS) == SERVICES
    assert {projection.service for projection in ALL} == set(SERVICES)


def test_of_what_tells_of_persons_the_gateway_reads_the_audits_ends_alone() -> None:
    nothing: Any = None
    wanted = anchors.reader(nothing, "", nothing).wanted
    assert {partition.topic for partition in wanted} == AUDITS
    assert {f"jinding.{service}.audit.v1" for service in (*SERVICES, "gateway")} == AUDITS
