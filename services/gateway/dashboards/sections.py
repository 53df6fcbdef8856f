"""The sections of a dashboard: how old each is, and why."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from services.chassis.database import DriverConnection
from services.gateway.projections.registry import BY_TOPIC, SERVICES

FRESH = timedelta(seconds=10)
SILENT = timedelta(seconds=15)
"""Longer than a round of the watermark ever takes."""

LOOK = """
    select service, f.version, w.as_of, w.reason, w.checked_at,
           array(select distinct topic from dead_letter where settled_at is null) as letters
    from folded f left join watermark w using (service)"""


class Age(NamedTuple):
    """`status` fresh, stale (with the reason) or unavailable (never read)."""

    status: str
    reason: str | None
    as_of: datetime | None


class Seen(NamedTuple):
    """How often each service's figures have changed, and what is known of their age."""

    versions: Mapping[str, int]
    marks: Mapping[str, Any]
    incomplete: frozenset[str]

    def ages(self, now: datetime) -> dict[str, Age]:
        return {
            service: _age(self.marks[service], now, service in self.incomplete)
            for service in SERVICES
        }


async def look(connection: DriverConnection) -> Seen:
    rows = {row["service"]: row for row in await connection.fetch(LOOK)}
    letters = next(iter(rows.values()))["letters"]
    incomplete = frozenset(BY_TOPIC[topic].service for topic in letters)
    return Seen({service: row["version"] for service, row in rows.items()}, rows, incomplete)


def _age(row: Any, now: datetime, has_letters: bool) -> Age:
    """Something that was put aside is missing in the figures, however new they are."""
    if row["as_of"] is None:
        return Age("unavailable", "never_read", None)
    if now - row["as_of"] <= FRESH:
        status, reason = ("stale", "dead_letters") if has_letters else ("fresh", None)
        return Age(status, reason, row["as_of"])
    silent = now - row["checked_at"] > SILENT
    reason = "watermark_not_running" if silent else row["reason"] or "service_behind"
    return Age("stale", reason, row["as_of"])
