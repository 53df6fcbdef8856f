"""A week counted again only where something has changed equals the week counted anew, whatever has changed."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

import asyncpg
import pytest

from services.chassis.deadlines.calendar import SHANGHAI
from services.chassis.identity.caller import Caller
from services.contracts import roles
from services.grid.duty.rules import WEEK, week_of
from tests.grid.field import GRID, TOWN, made, stepped
from tests.grid.visiting import ago, household, links_of, member, new_member
from tests.support.grid import AREAS
from tests.support.people import DISTRICT, caller
from tests.support.running import Running

OTHER = f"{GRID[:12]}002"
GRIDS = (GRID, OTHER)
TODAY = datetime.now(SHANGHAI).date()
MONDAY = TODAY - timedelta(days=TODAY.weekday()) - WEEK
WEEKS = (MONDAY, MONDAY + WEEK)
NEW_VISIT = """
    insert into household_visit (id, version, area_code, correlation_id, occurred_at, created_at, updated_at,
        late_entry, status, household_id, link_id, member_id, mode, occasions, findings, is_fulfilling,
        visited_at, recorded_by)
    select gen_random_uuid(), 1, area_code, id, $2, now(), now(), false, 'RECORDED', household_id, id, member_id,
        'IN_PERSON', '[]', '', true, $2, 'somebody'
    from household_link where id = $1"""


def as_member(account: str) -> Caller:
    return caller(roles.RED_GRID_MEMBER, GRID[:12], subject=account)


@pytest.fixture
async def town(grid: Running) -> Running:
    """The township with two grids."""
    rows = {"rows": [AREAS[-1] | {"code": OTHER, "name": "示范二网格"}]}
    assert (await grid.call(DISTRICT, "PUT", "/v1/grid/areas/import", rows)).is_success
    return grid


async def counted(grid: Running, **how: Any) -> dict[str, int]:
    rows = [{"area_code": TOWN, "week": week_of(monday)} | how for monday in WEEKS]
    answer = await grid.call(DISTRICT, "PUT", "/v1/grid/duty-weeks", {"rows": rows})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def lines_of(grid: Running, monday: Any = MONDAY) -> list[dict[str, Any]]:
    query = "select lines from duty_week where area_code = $1 and starts_on = $2"
    [row] = await grid.fetch(query, TOWN, monday)
    return list(json.loads(row["lines"]))


@dataclass
class Life:
    """Of two grids: what was made so far, and the steps by which it goes on."""

    grid: Running
    random: Random
    members: list[dict[str, Any]] = field(default_factory=list)
    homes: list[dict[str, Any]] = field(default_factory=list)
    visits: list[dict[str, Any]] = field(default_factory=list)

    async def go_on(self) -> str:
        steps: list[Callable[[], Awaitable[None]]] = [self.join, self.settle, *[self.visit] * 3]
        steps += [self.void, self.unlink, *[self.hand_over] * 2, self.move]
        steps += [self.report, self.walk, self.leave]
        step = self.random.choice(steps)
        await step()
        return step.__name__

    def some_day(self) -> str:
        return ago(days=self.random.uniform(0, 12))

    async def join(self) -> None:
        home = self.random.choice(GRIDS)
        body = member(area_code=home, grids=[home], occurred_at=ago(days=25))
        self.members.append(await made(self.grid, DISTRICT, "members", **body) | body)

    async def settle(self) -> None:
        who = self.random.choice(self.members)
        facts = {"area_code": who["area_code"], "member_id": who["id"]}
        when = ago(days=self.random.uniform(0, 20))
        self.homes.append(
            await made(self.grid, DISTRICT, "households", **household(**facts, occurred_at=when))
        )

    async def _held(self) -> list[asyncpg.Record]:
        query = """select l.*, m.account from household_link l join grid_member m on m.id = l.member_id
            where until_on is null and since_on < current_date - 1 order by l.created_at, l.id"""
        return await self.grid.fetch(query)

    async def visit(self) -> None:
        if held := await self._held():
            link = self.random.choice(held)
            earliest = datetime.combine(link["since_on"], datetime.min.time(), SHANGHAI)
            hours = (datetime.now(SHANGHAI) - earliest) / timedelta(hours=1)
            when = ago(hours=self.random.uniform(0, min(hours, 300)))
            body = {"household_id": str(link["household_id"]), "occurred_at": when}
            body["mode"] = self.random.choice(["IN_PERSON", "IN_PERSON", "NOT_MET"])
            self.visits.append(await made(self.grid, as_member(link["account"]), "visits", **body))

    async def void(self) -> None:
        if self.visits:
            visit = self.visits.pop(self.random.randrange(len(self.visits)))
            await stepped(self.grid, DISTRICT, "visits", visit, "void", reason="录入有误")

    async def unlink(self) -> None:
        if self.homes:
            home = self.homes.pop(self.random.randrange(len(self.homes)))
            [tie, *_] = await links_of(self.grid, household_id=home["id"])
            body = {"tie_id": str(tie["tie_id"])}
            if tie["until_on"] is None:
                await stepped(self.grid, DISTRICT, "households", home, "unlink", **body)

    async def hand_over(self) -> None:
        held = await self._held()
        giving = self.random.choice(held)["member_id"] if held else None
        taking = self.random.choice(self.members)["id"]
        if giving and str(giving) != taking:
            body = {"from_member": str(giving), "to_member": taking, "occurred_at": self.some_day()}
            answer = await self.grid.call(DISTRICT, "POST", "/v1/grid/handovers", body)
            # both may be linked with one home, or one of them not yet on that day
            assert answer.status_code in {201, 409, 422}, answer.text

    async def move(self) -> None:
        if self.homes:
            home = self.random.choice(self.homes)
            [row] = await self.grid.fetch(
                "select area_code, version from household where id = $1::uuid", home["id"]
            )
            to = next(area for area in GRIDS if area != row["area_code"])
            body, match = {"area_code": to}, {"If-Match": f'"{row["version"]}"'}
            body["occurred_at"] = self.some_day()
            path = f"/v1/grid/households/{home['id']}/move"
            answer = await self.grid.call(DISTRICT, "POST", path, body, match)
            assert answer.status_code in {200, 422}, answer.text  # it may have moved since
            home["version"] = row["version"] + answer.is_success

    async def report(self) -> None:
        who = self.random.choice(self.members)
        facts = {"category": "ENVIRONMENT", "title": "河边堆放垃圾", "occurred_at": self.some_day()}
        answer = await self.grid.call(
            as_member(who["account"]), "POST", "/v1/grid/reports", facts | {"area_code": GRID}
        )
        assert answer.status_code == 201, answer.text

    async def walk(self) -> None:
        who, start = self.random.choice(self.members), self.random.uniform(2, 250)
        body = {"participants": [who["account"]], "area_code": GRID}
        body |= {"occurred_at": ago(hours=start), "ended_at": ago(hours=start - 0.1)}
        answer = await self.grid.call(as_member(who["account"]), "POST", "/v1/grid/patrols", body)
        assert answer.status_code in {201, 409}, answer.text  # they may walk already

    async def leave(self) -> None:
        who = self.random.choice(self.members)
        if len(self.members) > 3:
            match = {"If-Match": f'"{who["version"]}"'}
            path = f"/v1/grid/members/{who['id']}/dismiss"
            answer = await self.grid.call(DISTRICT, "POST", path, {}, match)
            assert answer.status_code in {200, 409}, answer.text  # not while households are linked
            if answer.is_success:
                self.members.remove(who)


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_has_changed_is_counted_again(town: Running, seed: int) -> None:
    life = Life(town, Random(seed))
    for _ in range(4):
        await life.join()
    for _ in range(8):
        await life.settle()
    await counted(town)
    for _ in range(25):
        step = await life.go_on()
        await counted(town)
        assert (await counted(town, whole=True))["unchanged"] == len(WEEKS), step


async def test_only_grids_that_changed_are_counted_again(town: Running) -> None:
    life = Life(town, Random(0))
    for _ in range(4):
        await life.join()
    await counted(town, whole=True)
    before = await lines_of(town)
    wrong = [line | {"due": line["due"] + 100} for line in before]
    await town.fetch("update duty_week set lines = $1::jsonb", json.dumps(wrong))
    body = member(area_code=OTHER, grids=[OTHER], occurred_at=ago(days=25))
    await made(town, DISTRICT, "members", **body)
    await counted(town)
    after = {line["area_code"]: line for line in await lines_of(town)}
    assert after[GRID]["due"] == next(w["due"] for w in wrong if w["area_code"] == GRID)
    assert after[OTHER]["due"] == next(b["due"] for b in before if b["area_code"] == OTHER)
    await counted(town, whole=True)
    assert {line["due"] for line in await lines_of(town)} == {line["due"] for line in before}


async def test_what_was_written_before_the_count_and_committed_after_it_is_not_missed(
    town: Running,
) -> None:
    life = Life(town, Random(7))
    await life.join()
    facts = {"area_code": life.members[0]["area_code"], "member_id": life.members[0]["id"]}
    home = await made(town, DISTRICT, "households", **household(**facts))
    [link] = await town.fetch(
        "select id from household_link where household_id = $1::uuid", home["id"]
    )
    await counted(town)
    done = sum(line["done"] for line in await lines_of(town))
    late = await asyncpg.connect(town.database_url.replace("+asyncpg", ""))
    try:
        noon = datetime.combine(MONDAY, datetime.min.time(), SHANGHAI) + timedelta(hours=12)
        transaction = late.transaction()
        await transaction.start()
        await late.execute(NEW_VISIT, link["id"], noon)
        await life.join()  # somebody else's change, so that the week is counted again meanwhile
        await counted(town)
        await transaction.commit()
    finally:
        await late.close()
    assert sum(line["done"] for line in await lines_of(town)) == done
    await counted(town)
    assert sum(line["done"] for line in await lines_of(town)) == done + 1


async def test_a_handover_is_counted_in_the_grid_where_the_household_was(town: Running) -> None:
    """By it that grid's member has held the link for longest."""
    begun = datetime.combine(MONDAY, time(9), SHANGHAI)
    first, second, third = [await new_member(town) for _ in range(3)]
    home = await made(town, DISTRICT, "households", **household(member_id=first["id"]))

    async def hand_on(source: dict[str, Any], target: dict[str, Any], day: int) -> None:
        when = {"occurred_at": (begun + timedelta(days=day)).isoformat()}
        pair = {"from_member": source["id"], "to_member": target["id"]}
        await made(town, DISTRICT, "handovers", **pair, **when)

    async def due() -> Counter[str]:
        await counted(town)
        return Counter({line["area_code"]: line["due"] for line in await lines_of(town)})

    when = {"occurred_at": (begun + timedelta(days=3)).isoformat()}
    whole = await due()
    await stepped(town, DISTRICT, "households", home, "move", area_code=OTHER, **when)
    await hand_on(first, second, 3)
    moved = await due()
    assert moved == whole - Counter([GRID]) + Counter([OTHER])
    await hand_on(second, third, 5)
    assert await due() == whole != moved
    assert (await counted(town, whole=True))["unchanged"] == len(WEEKS)


async def test_after_a_restore_it_is_counted_anew(town: Running) -> None:
    for _ in range(2):  # what is the same stays as it was counted first
        await counted(town, whole=True)
        right = await lines_of(town)
        await town.fetch("update duty_week set lines = '[]'")
    assert (await counted(town))["unchanged"] == len(WEEKS)
    await town.fetch("insert into epoch (number) select max(number) + 1 from epoch")
    await counted(town)
    assert await lines_of(town) == right
