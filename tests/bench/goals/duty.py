"""The weekly duty of a whole district: 60,000 links of 10,000 members, visited for five weeks. Counted for the
dashboards, shown, and counted again after one more visit, which is not of the time; against a bare scan of the same
links and visits."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import httpx
from uuid_utils.compat import uuid7

from services.chassis.deadlines.calendar import day_start, local_week
from services.chassis.identity.caller import Caller
from services.contracts import roles
from services.grid.duty.rules import WEEK, week_of
from tests.bench.bench import Bench
from tests.bench.district import GRIDS, OPERATOR, TOWNSHIPS, imported
from tests.bench.figures import Row, ratios
from tests.bench.load import Refused
from tests.bench.place import Place

MEMBERS = int(os.environ.get("ROWS") or 60_000) // 6
LINKS, SECONDS = 6 * MEMBERS, 2.0
ROW = "id, version, area_code, correlation_id, occurred_at, created_at, updated_at, late_entry"
FILL = (
    f"""insert into grid_member ({ROW}, person, account, status, kind, is_party_member, appointments, starts_on)
    select id, 1, area, id, now(), now(), now(), false, id, 'red-' || n, 'ACTIVE', 'RED', false, '[]', '2017-01-01'
    from (select n, gen_random_uuid() as id, ('{{{",".join(GRIDS)}}}'::text[])[1 + n % {len(GRIDS)}] as area
          from generate_series(0, {MEMBERS - 1}) n) made""",
    """insert into household_link (id, tie_id, household_id, member_id, area_code, is_primary, since_on, created_at)
    select id, id, id, member, area, true, '2017-01-01', now()
    from (select gen_random_uuid() as id, m.id as member, m.area_code as area
          from grid_member m, generate_series(1, 6)) made""",
    f"""insert into household ({ROW}, head, tags, ties)
    select id, 1, area_code, id, now(), now(), now(), false, id, '[]', '[]' from household_link""",
    f"""insert into household_visit ({ROW}, status, household_id, link_id, member_id, mode, occasions, findings,
        is_fulfilling, visited_at, recorded_by)
    select gen_random_uuid(), 1, area_code, id, at, at, at, false, 'RECORDED', id, id, member_id, 'IN_PERSON',
        '[]', '', true, at, 'somebody'
    from household_link, generate_series(now() - interval '35 days', now() - interval '7 days', '7 days') at
    where id::text < '8'""",
    "analyze",
)
SCAN = """
    select left(area_code, 9), count(*), count(v.link_id) from household_link l
    left join (select distinct link_id from household_visit
               where is_fulfilling and visited_at >= $1 and visited_at < $2) v on v.link_id = l.id
    where until_on is null group by 1"""
MISSED = """
    select household_id from household_link l join grid_member m on m.id = l.member_id
    where m.account = $1 and l.id not in (select link_id from household_visit where visited_at >= $2)"""


async def measure(bench: Bench) -> list[Row]:
    async with bench.fresh() as place:
        bench.say(f"duty: {LINKS:,} links")
        for statement in FILL:
            await place.execute("grid", statement)
        async with place.running([place.service("grid")]):
            await imported(place)
            async with httpx.AsyncClient(timeout=60) as client:
                monday = local_week(datetime.now(UTC)) - WEEK
                return await Duty(bench, place, client, monday).measured()


@dataclass
class Duty:
    """Of the week that begins on `monday`, the last one that is over; every measure is seconds."""

    bench: Bench
    place: Place
    client: httpx.AsyncClient
    monday: date
    members: Iterator[int] = field(default_factory=count)

    async def measured(self) -> list[Row]:
        measures = {
            "counted": self.counted,
            "again": self.again,
            "shown": self.shown,
            "scan": self.scan,
        }
        found = await self.bench.interleaved("duty", measures)
        told = self.bench.middle(found, " s")
        what = f"duty: a week of {LINKS:,} links"
        return [
            Row(f"{what} counted, in s", found["counted"], SECONDS, True, told),
            Row(f"{what} shown by township, in s", found["shown"], SECONDS, True, told),
            Row(f"{what} shown ÷ a bare scan", ratios(found["shown"], found["scan"]), told=told),
            Row(
                "duty: again after one more visit ÷ the whole",
                ratios(found["again"], found["counted"]),
                told=told,
            ),
        ]

    async def counted(self) -> float:
        """All townships, for the dashboards."""
        return await self._count(TOWNSHIPS, whole=True)

    async def again(self) -> float:
        """All townships, after one more visit by some member."""
        number = next(self.members)
        account, township = f"red-{number}", GRIDS[number % len(GRIDS)][:9]
        home = await self.place.fetch("grid", MISSED, account, day_start(self.monday))
        at = day_start(self.monday) + timedelta(days=6, hours=9)
        body = {"household_id": str(home[0][0]), "mode": "IN_PERSON", "occurred_at": at.isoformat()}
        member = Caller(account, frozenset({roles.RED_GRID_MEMBER}), (township,))
        await self._called(member, "POST", "/v1/grid/visits", body | {"id": str(uuid7())})
        return await self._count(TOWNSHIPS, changed=1)

    async def shown(self) -> float:
        began = time.perf_counter()
        told = await self._called(OPERATOR, "GET", f"/v1/grid/duty?week={week_of(self.monday)}")
        taken = time.perf_counter() - began
        if told["due"] != LINKS:
            raise Refused(f"{told['due']} links are due, not {LINKS}")
        return taken

    async def scan(self) -> float:
        began = time.perf_counter()
        week = day_start(self.monday), day_start(self.monday + WEEK)
        await self.place.fetch("grid", SCAN, *week)
        return time.perf_counter() - began

    async def _count(self, townships: list[str], changed: int = 0, **how: bool) -> float:
        rows = [{"area_code": code, "week": week_of(self.monday)} | how for code in townships]
        began = time.perf_counter()
        told = await self._called(OPERATOR, "PUT", "/v1/grid/duty-weeks", {"rows": rows})
        taken = time.perf_counter() - began
        if told["changed"] < changed:
            raise Refused("nothing has changed after a visit")
        return taken

    async def _called(self, caller: Caller, method: str, path: str, body: Any = None) -> Any:
        url = f"http://127.0.0.1:{self.place.ports['grid']}{path}"
        headers = self.place.internal(caller)
        answer = await self.client.request(method, url, json=body, headers=headers)
        if answer.is_error:
            raise Refused(answer.text)
        return json.loads(answer.content)
