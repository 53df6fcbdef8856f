"""The sections of a dashboard: how old each is, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.chassis.database import DriverConnection
from services.gateway.projections.registry import SERVICES

FRESH = timedelta(seconds=10)


@dataclass(frozen=True)
class Age:
    """`status` fresh, stale (with the reason) or unavailable (never read)."""

    status: str
    reason: str | None
    as_of: datetime | None


async def ages(connection: DriverConnection, now: datetime) -> dict[str, Age]:
    rows = await connection.fetch("select service, as_of, reason, checked_at from watermark")
    known = {row["service"]: row for row in rows}
    return {service: _age(known.get(service), now) for service in SERVICES}


def _age(row: Any, now: datetime) -> Age:
    if row is None or row["as_of"] is None:
        return Age("unavailable", "never_read", None)
    if now - row["as_of"] <= FRESH:
        return Age("fresh", None, row["as_of"])
    return Age("stale", row["reason"] or "watermark_not_running", row["as_of"])
