"""What Prometheus is told, as it reads it."""

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.chassis import gauges
from services.chassis.deadlines.calendar import Calendar
from services.chassis.eventlog.port import Partition, Record, partition_of
from services.chassis.gauges import Gauges
from tests.support.grid import reported
from tests.support.running import Running

DEAD = """
    insert into dead_letter (id, consumer, topic, partition, "offset", key, headers, reason, parked_at,
                             settled_at)
    select gen_random_uuid(), 'grid-subscriptions', 't', 0, n, 'k', '{}', 'x', now(),
           case when n > 3 then now() end from generate_series(1, 5) n"""
CLOCKS = """
    insert into clock (noun, aggregate_id, kind, due_at, stopped_at)
    select 'report', gen_random_uuid(), 'k', now() + make_interval(secs => n - 700),
           case when n <= 50 then now() end from generate_series(1, 800) n"""

PLACES = """
    insert into consumer_offset select $1, 't', n, 'x', 7, case when n > 0 then now() end
    from generate_series(0, 2) n"""


def told(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


@pytest.fixture
def measuring(grid: Running, monkeypatch: pytest.MonkeyPatch) -> Gauges:
    monkeypatch.setattr(gauges, "EVERY_SECONDS", 0)
    runtime, subscriber = grid.runtime, grid.runtime.subscriber
    return Gauges("grid", runtime.database, runtime.log, subscriber.name, subscriber.topics)


async def test_the_outbox_clocks_and_dead_letters_are_counted(
    grid: Running, measuring: Gauges
) -> None:
    await reported(grid)
    await grid.fetch("update outbox set created_at = now() - interval '1 minute'")
    await grid.fetch(DEAD)
    await grid.fetch(CLOCKS)
    await measuring.run()
    (pending,) = await grid.fetch("select count(*) from outbox")
    assert told("outbox_pending") == pending[0]
    assert 60 <= (told("outbox_oldest_unpublished_age_seconds") or 0) < 90
    assert told("outbox_parked") == 0
    assert told("clocks_waiting") == 650  # not capped by a sweep's 500
    assert told("dead_letters_open", consumer="grid-subscriptions") == 3


async def test_the_lag_of_a_consumer_is_told_and_its_age_grows_meanwhile(
    grid: Running, measuring: Gauges
) -> None:
    name = {"consumer": measuring.consumer}
    await measuring.run()
    assert told("consumer_lag", **name) == 0
    assert (told("consumer_age_seconds", **name) or 0) < 1
    topic = min(measuring.topics)
    place = Partition(topic, partition_of(b"k"))
    await grid.runtime.log.append([Record(place, b"k", (), b"{}")] * 7)
    measuring.caught_up -= 100
    await measuring.run()
    assert told("consumer_lag", **name) == 7
    assert 100 <= (told("consumer_age_seconds", **name) or 0) < 110
    await grid.fetch(
        "insert into consumer_offset values ($1, $2, $3, 'x', 7)", measuring.consumer, *place
    )
    await measuring.run()
    assert told("consumer_lag", **name) == 0
    assert (told("consumer_age_seconds", **name) or 0) < 1


async def test_partitions_that_wait_for_an_operator_are_counted(
    grid: Running, measuring: Gauges
) -> None:
    await grid.fetch(PLACES, measuring.consumer)
    await measuring.run()
    assert told("consumer_stopped_partitions", consumer=measuring.consumer) == 2


async def test_how_much_of_the_pool_is_in_use_is_told_as_it_is_asked(grid: Running) -> None:
    before = told("database_pool_busy_ratio", pool="grid") or 0
    async with grid.runtime.database.connection():
        assert (told("database_pool_busy_ratio", pool="grid") or 0) > before


async def test_a_log_that_is_away_lets_the_age_grow(grid: Running, measuring: Gauges) -> None:
    await measuring.run()
    await grid.runtime.log.stop()
    measuring.caught_up -= 100
    await measuring.run()
    assert (told("consumer_age_seconds", consumer=measuring.consumer) or 0) >= 100


@pytest.mark.parametrize(("days", "warned"), [(60, True), (61, False)])
async def test_the_end_of_the_calendar_is_told_ahead_once_a_day(
    measuring: Gauges, monkeypatch: pytest.MonkeyPatch, days: int, warned: bool
) -> None:
    with capture_logs() as logged:
        for _ in range(2):  # the service's own round may fall between them, and knows other days
            measuring._tell_calendar(days)
    warnings = [line for line in logged if line["event"] == "calendar_ends_soon"]
    told_days = [line["known_days_ahead"] for line in warnings]
    assert [n for n in told_days if n == days] == [days] * warned
    monkeypatch.setattr(Calendar, "days_until_unknown", lambda *_: days)
    await measuring.run()
    assert told("calendar_known_days_ahead", service="grid") == days


def test_nothing_is_told_before_it_is_known() -> None:
    """Else an alarm on few known days would ring at every start."""
    assert told("calendar_known_days_ahead", service="none") is None
