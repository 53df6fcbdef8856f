"""The watcher: each day once its figures are complete, each subject once while it is open, whoever works."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.chassis.database import DriverConnection, driver
from services.chassis.identity.caller import Caller
from services.contracts.codes_gateway import WarningStep
from services.contracts.grid import AreaSnapshot
from services.gateway.projections.fold import Fact
from services.gateway.projections.registry import BY_TOPIC
from services.gateway.warnings import store
from services.gateway.warnings.watcher import LOCK, Watcher
from tests.gateway.drilldown.cards import kept
from tests.gateway.projections.projecting import Projecting
from tests.support.running import eventually

TOWNSHIP, OTHER = "330703105", "330703101"
GRIDS = ("330703105291001", "330703105291002", "330703105291003")
NOW = datetime(2026, 3, 19, 2, tzinfo=UTC)  # ten in the morning
DAY = date(2026, 3, 18)
HANDLER = Caller("handler", areas=("330703",))


def area(code: str, since: date = date(2016, 1, 1), until: date | None = None) -> Fact:
    kind = "GRID" if len(code) == 15 else "TOWNSHIP"
    event = AreaSnapshot(
        area_code=code,
        occurred_at=NOW,
        correlation_id=UUID(int=int(code)),
        name=code,
        kind=kind,
        parent=code[:-3],
        valid_from=since,
        valid_to=until,
        demo=False,
        predecessors=[],
    )
    return Fact(BY_TOPIC[event.topic], UUID(int=int(code)), 1, 1, event)


@pytest.fixture
async def district(gateway: Projecting) -> Projecting:
    """Two townships of which nothing is told, read until now."""
    await kept(gateway, [area(TOWNSHIP), area(OTHER)])
    for service in ("grid", "disputes"):
        await gateway.fetch(
            "insert into watermark (service, epoch, as_of, checked_at) values ($1, 1, $2, $2) "
            "returning 1",
            service,
            NOW,
        )
    return gateway


@asynccontextmanager
async def raw(made: Projecting) -> AsyncIterator[DriverConnection]:
    async with made.database.connection() as connection:
        yield await driver(connection)


async def rounds(made: Projecting, *times: datetime) -> list[tuple[str, str, date, str]]:
    """What there is after a round at each of these times."""
    async with raw(made) as connection:
        for now in times:
            await Watcher("").round(connection, now)
    found = await made.fetch("select rule, subject, day, state from work_warning order by id")
    return [(str(rule), str(subject), day, str(state)) for rule, subject, day, state in found]


async def told(
    made: Projecting, metric: str, day: date, n: int, code: str = TOWNSHIP, dimension: str = ""
) -> None:
    await made.fetch(
        "insert into tally values ($1, $2, $3, $4, 'grid', $5) returning 1",
        code,
        metric,
        day,
        dimension,
        n,
    )


async def configured(
    made: Projecting, rule: str, version: int, since: date, **changes: Any
) -> None:
    [[settings]] = await made.fetch(
        "select settings::text from warning_rule where rule = $1 and version = 1", rule
    )
    await made.fetch(
        "insert into warning_rule values ($1, $2, $3, 'RED', $4::text::jsonb) returning 1",
        rule,
        version,
        since,
        json.dumps(json.loads(settings) | changes),
    )


async def stepped(made: Projecting, now: datetime, *steps: WarningStep) -> None:
    [[id_]] = await made.fetch("select id from work_warning where ended_at is null")
    async with raw(made) as connection:
        for step in steps:
            await store.step(connection, HANDLER, id_, step, None, now, "已处置完毕")


RESOLVED = (WarningStep.ACK, WarningStep.HANDLE, WarningStep.RESOLVE)


async def test_overdue_reports_raise_one_with_its_evidence_and_its_first_step(
    district: Projecting,
) -> None:
    await told(district, "reports_due", DAY, 10)
    await told(district, "reports_due_closed_on_time", DAY, 9)
    assert await rounds(district, NOW) == [("W1", TOWNSHIP, DAY, "RAISED")]
    [row] = await district.fetch(
        "select level, evidence::text, raised_at, ack_due_at, expires_at, version from work_warning"
    )
    level, evidence, *times = row
    assert (level, times) == (
        "ORANGE",
        [NOW, NOW + timedelta(hours=2), NOW + timedelta(days=30), 1],
    )
    [figure] = json.loads(evidence)
    assert (figure["n"], figure["d"], figure["period"]["to"]) == (1, 10, "2026-03-18")
    assert datetime.fromisoformat(figure["as_of"]) == NOW
    steps = await district.fetch("select step, state, by, version from work_warning_step")
    assert steps == [("raise", "RAISED", "svc:warnings", 1)]


async def test_open_reports_are_overdue(district: Projecting) -> None:
    await told(district, "reports_due", DAY, 3)
    assert await rounds(district, NOW) == [("W1", TOWNSHIP, DAY, "RAISED")]


async def test_the_same_day_judged_again_raises_nothing_new(district: Projecting) -> None:
    await told(district, "reports_due", DAY, 3)
    later = [NOW + timedelta(hours=hours) for hours in (0, 2, 4)]
    assert len(await rounds(district, *later)) == 1


async def test_work_that_came_late_is_seen_when_yesterday_is_judged_again(
    district: Projecting,
) -> None:
    assert await rounds(district, NOW) == []
    await told(district, "reports_due", DAY, 3)
    assert await rounds(district, NOW + timedelta(minutes=5)) == []
    assert len(await rounds(district, NOW + timedelta(minutes=65))) == 1


async def test_while_one_is_open_the_next_day_raises_none(district: Projecting) -> None:
    await told(district, "reports_due", DAY, 3)
    tomorrow = NOW + timedelta(days=1)
    await district.fetch("update watermark set as_of = $1 returning 1", tomorrow)
    assert len(await rounds(district, NOW, tomorrow)) == 1
    assert (DAY + timedelta(days=1),) in await district.fetch(
        "select day from warning_judged where rule = 'W1'"
    )


async def test_a_resolved_one_is_not_raised_again_for_the_day_on_which_it_ended(
    district: Projecting,
) -> None:
    await configured(district, "W1", 2, date(2026, 1, 1), rest_days=1)
    await told(district, "reports_due", DAY, 3)
    await district.fetch("update watermark set as_of = $1 returning 1", NOW + timedelta(days=9))
    await rounds(district, NOW)
    await stepped(district, NOW + timedelta(hours=1), *RESOLVED)
    once = [("W1", TOWNSHIP, DAY, "RESOLVED")]
    assert await rounds(district, NOW + timedelta(hours=3)) == once  # the same day judged again
    assert await rounds(district, NOW + timedelta(days=1)) == once  # the day on which it ended
    again = ("W1", TOWNSHIP, DAY + timedelta(days=2), "RAISED")
    assert await rounds(district, NOW + timedelta(days=2)) == [*once, again]


async def test_no_day_is_judged_before_all_of_it_is_read(district: Projecting) -> None:
    await told(district, "reports_due", DAY, 3)
    midnight = datetime(2026, 3, 18, 16, tzinfo=UTC)
    read = "update watermark set as_of = $1 where service = 'grid' returning 1"
    await district.fetch(read, midnight - timedelta(seconds=1))
    assert await rounds(district, NOW) == []
    await district.fetch(read, midnight)
    assert len(await rounds(district, NOW)) == 1


async def test_a_sudden_rise_is_caught_up_after_a_pause(district: Projecting) -> None:
    first = DAY - timedelta(days=3)
    await district.fetch("insert into warning_judged values ('W7', $1, $2) returning 1", first, NOW)
    await told(district, "reports_filed", DAY - timedelta(days=90), 1, dimension="RESIDENT")
    spike = DAY - timedelta(days=2)
    await told(district, "reports_filed", spike, 5, dimension="RESIDENT")
    subject = f"{TOWNSHIP}/reports_filed/RESIDENT"
    assert await rounds(district, NOW) == [("W7", subject, spike, "RAISED")]


async def test_only_grids_that_were_there_all_the_time_are_silent(district: Projecting) -> None:
    reporting, young, gone = GRIDS
    silent = "330703105291009"
    await kept(
        district,
        [
            area(reporting),
            area(silent, DAY - timedelta(days=13)),
            area(young, DAY - timedelta(days=12)),
            area(gone, until=DAY),
        ],
    )
    await told(district, "reports_filed", DAY - timedelta(days=13), 1, reporting)
    assert await rounds(district, NOW) == [("W9", silent, DAY, "RAISED")]


async def test_a_version_holds_from_its_day(district: Projecting) -> None:
    await told(district, "reports_due", DAY, 100)
    await told(district, "reports_due_closed_on_time", DAY, 95)
    await configured(district, "W1", 2, DAY + timedelta(days=1), at_least="0.01")
    assert await rounds(district, NOW) == []
    await configured(district, "W1", 3, DAY, at_least="0.05")
    assert len(await rounds(district, NOW + timedelta(hours=2))) == 1
    assert await district.fetch("select rule_version, level from work_warning") == [(3, "RED")]


async def test_a_rule_that_cannot_be_read_keeps_no_other_from_its_work(
    district: Projecting,
) -> None:
    await configured(district, "W1", 2, DAY, at_least="much")
    await kept(district, [area(GRIDS[0])])
    assert await rounds(district, NOW) == [("W9", GRIDS[0], DAY, "RAISED")]


async def test_one_that_nobody_ends_expires(district: Projecting) -> None:
    await told(district, "reports_due", DAY, 3)
    await rounds(district, NOW)
    last = NOW + timedelta(days=30)
    [(*_, state)] = await rounds(district, last - timedelta(seconds=1))
    assert state == "RAISED"
    [(*_, state)] = await rounds(district, last)
    assert state == "EXPIRED"
    steps = await district.fetch("select step, by from work_warning_step order by version")
    assert steps == [("raise", "svc:warnings"), ("expire", "svc:warnings")]


async def test_three_reports_that_name_one_household_raise_one_of_it(district: Projecting) -> None:
    for place, days in (("household/8", 0), ("household/8", 29), ("enterprise/9", 0)):
        n = 2 if days == 0 else 1
        day = DAY - timedelta(days=days)
        await told(district, "reports_of_place", day, n, dimension=place)
    subject = f"{TOWNSHIP}/household/8"
    assert await rounds(district, NOW) == [("W3", subject, DAY, "RAISED")]
    await configured(district, "W3", 2, DAY, at_least=2)
    found = await rounds(district, NOW + timedelta(hours=1))
    assert found[1:] == [("W3", f"{TOWNSHIP}/enterprise/9", DAY, "RAISED")]


async def test_two_workers_at_once_raise_it_once(district: Projecting) -> None:
    await kept(district, [area(code) for code in GRIDS])
    async with raw(district) as one, raw(district) as other:
        await asyncio.gather(Watcher("").round(one, NOW), Watcher("").round(other, NOW))
    found = await district.fetch("select subject from work_warning order by 1")
    assert found == [(code,) for code in GRIDS]
    assert len(await district.fetch("select 1 from work_warning_step")) == len(GRIDS)


async def test_a_worker_waits_for_the_other_to_end(district: Projecting) -> None:
    await told(district, "reports_due", datetime.now(UTC).date() - timedelta(days=2), 3)
    await district.fetch("update watermark set as_of = now() + interval '1 day' returning 1")
    url = district.database.engine.url.render_as_string(hide_password=False)

    async def waits() -> bool:
        query = "select 1 from pg_stat_activity where application_name = 'jinding-warnings' "
        query += "and datname = current_database() and state = 'idle' "
        query += "and starts_with(query, 'select pg_try_advisory')"
        return bool(await district.fetch(query))

    async def raised() -> bool:
        return bool(await district.fetch("select 1 from work_warning"))

    async with raw(district) as first:
        await first.execute("select pg_advisory_lock($1)", LOCK)
        worker = asyncio.create_task(Watcher(url).run())
        try:
            await eventually(waits)
            assert not await raised()
            await first.execute("select pg_advisory_unlock($1)", LOCK)
            await eventually(raised)
        finally:
            worker.cancel()
            await asyncio.wait({worker})


@pytest.mark.parametrize(
    "statement",
    [
        "delete from work_warning",
        "truncate work_warning cascade",
        "delete from work_warning_step",
        "update work_warning_step set by = 'nobody'",
        "truncate work_warning_step",
    ],
)
async def test_nothing_is_ever_deleted(district: Projecting, statement: str) -> None:
    await told(district, "reports_due", DAY, 3)
    await rounds(district, NOW)
    async with raw(district) as connection:
        with pytest.raises(asyncpg.RaiseError, match="are kept"):
            await connection.execute(statement)
