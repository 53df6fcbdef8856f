"""The week over HTTP equals the rules on the rows, however it is told."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.chassis.deadlines.calendar import SHANGHAI
from services.grid.duty.rules import (
    Made,
    Span,
    has_extra,
    monday_of,
    month_of,
    tally,
    week_of,
    weekly,
)
from tests.grid.field import GRID, TOWN, imported, listed, made, seen
from tests.grid.people import AUDITOR, RESIDENT
from tests.grid.visiting import red
from tests.support.grid import batch, refusal
from tests.support.people import DISTRICT, IMPORTER, OTHER_TOWNSHIP, TOWNSHIP
from tests.support.running import Running

WEEKS = ("2017-W11", "2017-W12", "2017-W13", "2017-W14")
MONDAY = monday_of("2017-W12")
HANDED = ((0, 1, 10), (1, 2, 11), (3, 4, 16))
"""From whom to whom, and how many days after that Monday: entered when the visits are."""


async def asked(grid: Running, who: Any = DISTRICT, **query: Any) -> dict[str, Any]:
    answer = await grid.call(who, "GET", "/v1/grid/duty", **query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def at(day: date, hour: int = 9) -> str:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI).isoformat()


def history(random: Random) -> Iterator[dict[str, Any]]:
    """Members with households whose links begin and end around the week, their visits, and handovers of theirs."""

    def item(operation: str, id_: str, **body: Any) -> dict[str, Any]:
        return {"operation": operation, "id": id_, "key": str(uuid4()), "body": body}

    early = {"occurred_at": at(MONDAY - timedelta(days=60))}
    members = [str(uuid4()) for _ in range(6)]
    for source, target, after in HANDED:
        pair = {"from_member": members[source], "to_member": members[target]}
        when = at(MONDAY + timedelta(days=after))
        yield item("hand_over_links", str(uuid4()), occurred_at=when, **pair)
    for person, member in enumerate(members):
        account = f"duty-{person}"
        identity = {"name": "朱跃建", "phone": "15400000001"}
        facts = {"area_code": GRID, "identity": identity, "account": account, "kind": "RED"}
        yield item("register_member", member, **early, **facts, grids=[GRID])
        for _ in range(5):
            home, begins = str(uuid4()), MONDAY + timedelta(days=random.randrange(-12, 10))
            tags = random.choice([[], ["AWAY"], ["B1"]])
            told = {"area_code": GRID, "head": {"name": "朱锡牛"}, "tags": tags}
            yield item("register_household", home, occurred_at=at(begins), **told, member_id=member)
            for _ in range(random.randrange(5)):
                day = begins + timedelta(days=random.randrange(12))
                yield item(
                    "record_visit",
                    str(uuid4()),
                    occurred_at=at(day, random.randrange(24)),
                    on_behalf_of=account,
                    household_id=home,
                    mode=random.choice(["IN_PERSON", "PHONE", "NOT_MET"]),
                )


@pytest.fixture(scope="module")
async def played(grid: Running) -> Running:
    batch_id = await imported(grid)
    random = Random(52)
    items = list(history(random))
    for kind in ("register_member", "register_household", "record_visit", "hand_over_links"):
        some = [item for item in items if item["operation"] == kind]
        results = await batch(grid, IMPORTER, *some, import_batch=batch_id)
        assert {told["outcome"] for told in results} == {"applied"}, results
    rows = await grid.fetch("select id, ties from household order by id")
    ends = [
        {
            "operation": "unlink_household",
            "id": str(row["id"]),
            "key": str(uuid4()),
            "body": {
                "tie_id": json.loads(row["ties"])[0]["id"],
                "occurred_at": at(MONDAY + timedelta(days=random.randrange(20, 30))),
            },
        }
        for row in rows[:3]
    ]
    results = await batch(grid, IMPORTER, *ends, import_batch=batch_id)
    assert {told["outcome"] for told in results} == {"applied"}, results
    await grid.fetch("update household_visit set late_entry = true where id::text < '8'")
    return grid


async def rows_of(grid: Running) -> tuple[list[Span], list[Made]]:
    """Links and visits, from the tables."""
    links = await grid.fetch("select tie_id, member_id, since_on, until_on from household_link")
    visits = await grid.fetch(
        "select tie_id, visited_at, is_fulfilling, late_entry "
        "from household_visit v join household_link l on l.id = link_id where status = 'RECORDED'"
    )
    return [Span(*row) for row in links], [Made(*row) for row in visits]


@pytest.mark.parametrize("week", WEEKS)
async def test_a_week_equals_the_rules(played: Running, week: str) -> None:
    owed = [*weekly(*await rows_of(played), monday_of(week), 4)]
    told = await asked(played, week=week, by="member", limit=200)
    found = {row["key"]: (row["due"], row["done"], row["late"]) for row in told["items"]}
    members = {line.member for line in owed}
    assert found == {str(m): tally(line for line in owed if line.member == m) for m in members}
    whole_week = tally(owed)
    assert whole_week.done > 0
    for by in ("grid", "township"):
        whole = await asked(played, week=week, by=by)
        (row,) = whole["items"]
        assert row["key"] == (GRID if by == "grid" else TOWN)
        for name in ("due", "done", "late"):
            assert row[name] == whole[name] == told[name] == getattr(whole_week, name)
        assert row["missing"] == row["due"] - row["done"]


@pytest.mark.parametrize("month", ["2017-03", "2017-04"])
async def test_what_is_owed_besides_each_month_equals_the_rules(
    played: Running, month: str
) -> None:
    first, next_ = month_of(month)
    _, visits = await rows_of(played)
    tagged = await played.fetch(
        "select tie_id, min(since_on), max(coalesce(until_on, 'infinity')) from household_link l "
        "join household h on h.id = l.household_id where h.tags ? 'B1' group by tie_id"
    )
    owed = {tie for tie, since, until in tagged if since <= first and until >= next_}
    made = [v for v in visits if v.is_fulfilling]
    inside = [v for v in made if first <= v.visited_at.astimezone(SHANGHAI).date() < next_]
    done = [i for i in owed if has_extra(v.visited_at for v in inside if v.tie == i)]
    answer = await played.call(DISTRICT, "GET", "/v1/grid/duty/extra", month=month)
    told = answer.json()
    assert (told["due"], told["done"]) == (len(owed), len(done))
    assert (told["first_on"], told["month"]) == (first.isoformat(), month)
    assert owed or month == "2017-03"  # the first links begin in it


async def test_pages_of_members_go_on_where_the_last_ended(played: Running) -> None:
    whole = await asked(played, week=WEEKS[1], by="member", limit=200)
    found, after = [], dict[str, str]()
    while True:
        page = await asked(played, week=WEEKS[1], by="member", limit=2, **after)
        found += page["items"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert found == whole["items"]


async def test_members_see_their_own_week_and_townships_theirs(played: Running) -> None:
    mine = await asked(played, red("duty-0"), week=WEEKS[1], by="member")
    assert len(mine["items"]) <= 1
    everybody = await asked(played, week=WEEKS[1], by="member", limit=200)
    assert mine["items"][0] in everybody["items"]
    assert mine["due"] < everybody["due"]
    assert (await asked(played, OTHER_TOWNSHIP, week=WEEKS[1]))["items"] == []
    elsewhere = await asked(played, week=WEEKS[1], area="330703101")
    assert (elsewhere["due"], elsewhere["items"]) == (0, [])
    assert (await asked(played, AUDITOR, week=WEEKS[1]))["due"] == everybody["due"]
    answer = await played.call(RESIDENT, "GET", "/v1/grid/duty", week=WEEKS[1])
    assert refusal(answer) == (403, "permission_missing")


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ({}, (422, "invalid_request", "/query/week")),
        ({"week": "2017"}, (422, "invalid_request", "/query/week")),
        ({"week": "2017-W54"}, (422, "no_such_week", "/query/week")),
        ({"week": "0000-W01"}, (422, "no_such_week", "/query/week")),
        ({"week": "2017-W12", "by": "house"}, (422, "invalid_request", "/query/by")),
        ({"week": "2017-W12", "area": "x"}, (422, "invalid_request", "/query/area")),
        ({"week": "2017-W12", "limit": 201}, (422, "invalid_request", "/query/limit")),
        ({"week": "2017-W12", "month": 1}, (422, "unknown_parameter", "/query/month")),
    ],
)
async def test_what_is_no_question(
    grid: Running, query: dict[str, Any], refused: tuple[Any, ...]
) -> None:
    assert refusal(await grid.call(DISTRICT, "GET", "/v1/grid/duty", **query)) == refused


async def counted(grid: Running, who: Any, *rows: dict[str, str]) -> Any:
    return await grid.call(who, "PUT", "/v1/grid/duty-weeks", {"rows": rows})


async def test_a_week_is_counted_for_the_dashboards(played: Running) -> None:
    row = {"area_code": TOWN, "week": WEEKS[1]}
    for created in (1, 0):
        answer = await counted(played, TOWNSHIP, row)
        assert answer.json() == {"created": created, "changed": 0, "unchanged": 1 - created}
    (week,) = await listed(played, "duty-weeks")
    told = await asked(played, week=WEEKS[1])
    (line,) = week["lines"]
    assert (line["area_code"], week["starts_on"]) == (GRID, MONDAY.isoformat())
    assert (line["due"], line["done"], line["late"]) == (told["due"], told["done"], told["late"])
    rows = await played.fetch(
        "select member_id, (visited_at at time zone 'Asia/Shanghai')::date as day "
        "from household_visit where status = 'RECORDED'"
    )
    days = [MONDAY + timedelta(days=n) for n in range(7)]
    daily = [len({r["member_id"] for r in rows if r["day"] == day}) for day in days]
    assert line["active_daily"] == daily
    assert line["active"] == len({r["member_id"] for r in rows if r["day"] in days})
    assert line["members"] == 6
    assert (await seen(played, "duty-weeks", week, TOWNSHIP))["recount_at"] is None
    hidden = await played.call(OTHER_TOWNSHIP, "GET", f"/v1/grid/duty-weeks/{week['id']}")
    assert refusal(hidden) == (404, "not_found")


@pytest.mark.parametrize(
    ("who", "row", "refused"),
    [
        (AUDITOR, {}, (403, "permission_missing")),
        (OTHER_TOWNSHIP, {}, (403, "outside_scope", "/rows/0/area_code")),
        (DISTRICT, {"week": "2017-W60"}, (422, "no_such_week", "/rows/0/week")),
        (DISTRICT, {"area_code": "330703"}, (422, "invalid_request", "/rows/0/area_code")),
        (DISTRICT, {"area_code": "330703999"}, (422, "area_unknown", "/rows/0/area_code")),
        (DISTRICT, {"week": "1999-W10"}, (422, "area_unknown", "/rows/0/area_code")),
        (DISTRICT, {"week": "2199-W10"}, (422, "week_ahead", "/rows/0/week")),
    ],
)
async def test_what_is_not_counted(
    grid: Running, who: Any, row: dict[str, str], refused: tuple[Any, ...]
) -> None:
    usual = {"area_code": TOWN, "week": WEEKS[0]}
    assert refusal(await counted(grid, who, usual | row))[: len(refused)] == refused


async def test_reports_and_patrols_are_records_too(grid: Running) -> None:
    monday = datetime.now(SHANGHAI).date() - timedelta(days=datetime.now(SHANGHAI).weekday() + 7)
    now, early = datetime.now(UTC), {"occurred_at": (datetime.now(UTC) - timedelta(days=20))}
    identity = {"name": "朱跃建", "phone": "15400000001"}
    for account in ("reports-1", "patrols-1", "idle-1"):
        facts = {"area_code": GRID, "identity": identity, "account": account, "kind": "RED"}
        body = facts | {"grids": [GRID], "occurred_at": early["occurred_at"].isoformat()}
        await made(grid, DISTRICT, "members", **body)
    when = {"occurred_at": at(monday)}
    facts = {"area_code": GRID, "category": "ENVIRONMENT", "title": "河边堆放垃圾"}
    await made(grid, red("reports-1"), "reports", **facts, **when)
    walk = {"participants": ["patrols-1"], "ended_at": at(monday, 11)}
    await made(grid, red("patrols-1"), "patrols", area_code=GRID, **walk, **when)
    await counted(grid, TOWNSHIP, {"area_code": TOWN, "week": week_of(monday)})
    weeks = await listed(grid, "duty-weeks", limit=200)
    (week,) = (week for week in weeks if week["starts_on"] == monday.isoformat())
    (line,) = week["lines"]
    assert (line["active"], line["active_daily"]) == (2, [2, 0, 0, 0, 0, 0, 0])
    assert line["members"] >= 3
    assert datetime.fromisoformat(week["recount_at"]) > now
    assert UUID(week["id"])
