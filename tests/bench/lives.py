"""Outbox rows of reports that were reported, handled and closed: seven events each, as the grid service records
them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from uuid_utils.compat import uuid7

from services.chassis import outbox
from services.contracts import grid as contract
from services.contracts.event import Event
from tests.bench.district import GRIDS

STEPS = 7
AT_ONCE = 500
"""Lives that go on side by side."""


def events(area: str, number: int, at: datetime) -> list[Event]:
    """One report's life."""
    facts = {"area_code": area, "occurred_at": at, "correlation_id": uuid7()}
    about = {
        "category": "ENVIRONMENT",
        "urgency": "NORMAL",
        "finder": "RED_MEMBER",
        "enterprise_id": None,
    }
    due = at + timedelta(days=7)
    return [
        contract.ReportReported(**facts, **about, number=f"GE{number}", accept_due_at=due),
        contract.ReportAccepted(**facts, **about, resolve_due_at=due),
        contract.ReportAssigned(**facts, organisation=f"{area[:9]}-office"),
        contract.ReportProcessingStarted(**facts),
        contract.ReportResolved(**facts, by_case=False),
        contract.ReportVerified(**facts),
        contract.ReportClosed(**facts),
    ]


def rows(count: int) -> Iterator[tuple[Any, ...]]:
    """The outbox rows of `count` lives, spread over grids and over a year."""
    now = datetime.now(UTC)
    for first in range(0, count, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, count))
        lives = [
            (uuid7(), events(GRIDS[n % len(GRIDS)], n, now - timedelta(days=n % 365)))
            for n in numbers
        ]
        for version in range(1, STEPS + 1):
            for id_, life in lives:
                event = life[version - 1]
                told = event.topic, id_, version
                yield outbox.frozen(event, *told, epoch=1, at=now, trace=None)


async def recorded(url: str, count: int) -> tuple[int, int]:
    """Put the rows of `count` lives into the outbox; the id before the first, and how many."""
    headers = list(outbox.COLUMNS).index("headers")
    records = [
        (*row[:headers], json.dumps(row[headers]), *row[headers + 1 :]) for row in rows(count)
    ]
    connection = await asyncpg.connect(url)
    try:
        last = await connection.fetchval("select coalesce(max(id), 0) from outbox")
        await connection.copy_records_to_table(
            "outbox", records=records, columns=list(outbox.COLUMNS)
        )
        queued = "insert into unpublished select lane, id from outbox where id > $1"
        await connection.execute(queued, last)
        await connection.execute("analyze outbox, unpublished")
    finally:
        await connection.close()
    return last, len(records)
