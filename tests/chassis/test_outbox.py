"""Events are frozen when they are recorded."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.chassis import outbox
from services.chassis.eventlog.port import partition_of
from services.contracts.grid import ReportAssigned
from tests.support.grid import REPORT, REPORTS
from tests.support.people import RED_MEMBER
from tests.support.running import Running

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
ID = UUID("0191d7a0-0000-7000-8000-000000000001")
EVENT = ReportAssigned(
    area_code="330703105", occurred_at=AT, correlation_id=ID, organisation="330703-enforcement"
)


def frozen(trace: str | None = None) -> dict[str, object]:
    values = outbox.frozen(EVENT, EVENT.topic, ID, 3, epoch=2, at=AT, trace=trace)
    return dict(zip(outbox.COLUMNS, values, strict=True))


def test_the_envelope_is_cloudevents_in_headers() -> None:
    row = frozen("00-trace-01")
    headers: Any = row["headers"]
    assert UUID(headers.pop("ce_id")).version == 7
    assert headers == {
        "ce_specversion": "1.0",
        "ce_source": "/jinding/grid",
        "ce_type": "jinding.grid.report.assigned.v1",
        "ce_subject": str(ID),
        "ce_time": "2026-11-24T08:00:00+00:00",
        "ce_dataschema": "urn:jinding:event:jinding.grid.report.assigned.v1",
        "ce_partitionkey": str(ID),
        "ce_aggregateversion": "3",
        "ce_epoch": "2",
        "ce_traceparent": "00-trace-01",
        "content-type": "application/json",
    }
    assert row["topic"] == "jinding.grid.report.v1"
    assert row["partition"] == partition_of(str(ID).encode())


def test_the_body_is_the_payload_and_nothing_else() -> None:
    body = frozen()["body"]
    assert isinstance(body, bytes)
    assert json.loads(body) == {
        "area_code": "330703105",
        "occurred_at": "2026-11-24T08:00:00Z",
        "correlation_id": str(ID),
        "organisation": "330703-enforcement",
        "assisting": [],
        "sign_due_at": None,
    }


def test_a_lane_never_changes_and_lanes_are_used_evenly() -> None:
    assert outbox.lane_of(ID) == 1
    lanes = Counter(outbox.lane_of(UUID(int=n)) for n in range(16_000))
    assert set(lanes) == set(range(outbox.LANES))
    assert max(lanes.values()) < 1.3 * min(lanes.values())


async def test_an_event_holds_no_word_of_what_was_written(grid: Running) -> None:
    trace = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    receipt = (await grid.call(RED_MEMBER, "POST", REPORTS, REPORT, trace)).json()
    (row,) = await grid.fetch("select * from outbox where aggregate_id = $1", receipt["id"])
    assert REPORT["title"].encode() not in row["body"]
    assert json.loads(row["headers"])["ce_traceparent"] == trace["traceparent"]
    assert (row["lane"], row["version"]) == (outbox.lane_of(UUID(receipt["id"])), 1)
    assert await grid.fetch("select from unpublished where id = $1", row["id"])
