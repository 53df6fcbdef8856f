"""How old a section is, and why."""

from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.database import driver
from services.gateway.dashboards.sections import SILENT, Age, look
from services.gateway.projections import watermarks
from services.gateway.projections.snapshots import WATERMARK
from tests.gateway.projections.histories import History
from tests.gateway.projections.projecting import Projecting

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
INSERT = "insert into watermark (service, as_of, reason, checked_at) values ('grid', $1, $2, $3)"


async def age(gateway: Projecting) -> Age:
    async with gateway.database.connection() as connection:
        return (await look(await driver(connection))).ages(NOW)["grid"]


@pytest.mark.parametrize(
    ("as_of_ago", "stored", "checked_ago", "status", "reason"),
    [
        (10, None, 2, "fresh", None),
        (11, None, 2, "stale", "service_behind"),
        (11, "projection_behind", 15, "stale", "projection_behind"),
        (3600, "service_unreachable", 2, "stale", "service_unreachable"),
        (3600, "service_unreachable", 16, "stale", "watermark_not_running"),
        (3600, None, 16, "stale", "watermark_not_running"),
        (None, "service_unreachable", 2, "unavailable", "never_read"),
    ],
)
async def test_a_section_that_is_not_fresh_says_why(
    gateway: Projecting,
    as_of_ago: int | None,
    stored: str | None,
    checked_ago: int,
    status: str,
    reason: str | None,
) -> None:
    as_of = None if as_of_ago is None else NOW - timedelta(seconds=as_of_ago)
    await gateway.fetch(INSERT, as_of, stored, NOW - timedelta(seconds=checked_ago))
    assert await age(gateway) == Age(status, reason, as_of)


async def test_what_was_put_aside_is_missing_in_the_figures(gateway: Projecting) -> None:
    await gateway.fetch(INSERT, NOW, None, NOW)
    [fact, *_] = History([]).facts
    await gateway.runner().settle([gateway.record(fact, value=b"{}")])
    assert await age(gateway) == Age("stale", "dead_letters", NOW)
    await gateway.fetch("update dead_letter set settled_at = $1", NOW)
    assert await age(gateway) == Age("fresh", None, NOW)


def test_a_round_of_the_watermark_never_looks_as_if_it_had_stopped() -> None:
    seconds = [WATERMARK.total or 0, watermarks.LOG_SECONDS, watermarks.PATIENCE_SECONDS]
    assert sum(seconds) + watermarks.EVERY_SECONDS < SILENT.total_seconds()
