"""The sections of a dashboard: how old each is, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.chassis.database import DriverConnection
from services.gateway.projections.registry import BY_TOPIC, SERVICES

FRESH = timedelta(seconds=10)
SILENT = timedelta(seconds=15)
"""Longer than a round of the watermark ever takes."""


@dataclass(frozen=True)
class Age:
    """`status` fresh, stale (with the reason) or unavailable (never read)."""

    status: str
    reason: str | None
    as_of: datetime | None


async def ages(connection: DriverConnection, now: datetime) -> dict[str, Age]:
    rows = await connection.fetch("select service, as_of, reason, checked_at from watermark")
    known = {row["service"]: row for row in rows}
    letters = await connection.fetch(
        "select distinct topic from dead_letter where settled_at is null"
    )
    incomplete = {BY_TOPIC[row["topic"]].service for row in letters}
    return {service: _age(known.get(service), now, service in incomplete) for service in SERVICES}


def _age(row: Any, now: datetime, has_letters: bool) -> Age:
    """Something that was put aside is missing in the figures, however new they are."""
    if row is None or row["as_of"] is None:
        return Age("unavailable", "never_read", None)
    if now - row["as_of"] <= FRESH:
        status, reason = ("stale", "dead_letters") if has_letters else ("fresh", None)
        return Age(status, reason, row["as_of"])
    silent = now - row["checked_at"] > SILENT
    reason = "watermark_not_running" if silent else row["reason"] or "service_behind"
    return Age("stale", reason, row["as_of"])
