"""Every figure of the grid section equals a recount in the grid service's own database."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from services.contracts.codes_grid import Category, Finder, Urgency
from services.gateway.projections.rebuild import rebuild, verify
from tests.e2e.field import field_work, send_photos
from tests.e2e.visiting import visiting, weeks
from tests.support.grid import ORGANISATIONS, REPORT
from tests.support.postgres import TestServer, fresh_databases
from tests.support.recount import GRID, STOCKS
from tests.support.running import eventually
from tests.support.stack import Stack, stack

DISTRICT = "330703"
TOWNSHIPS = [f"{DISTRICT}{number}" for number in (101, 105, 106)]
VILLAGES = [f"{township}{number}" for township in TOWNSHIPS for number in (201, 202)]
GRIDS = [f"{village}{number:03}" for village in VILLAGES for number in (1, 2)]
STEPS = ("accept", "assign", "start", "resolve", "verify", "close")
REPORTS = 150
COURSE = "河边有一堆建筑垃圾，已有数日"
NOUNS = ("report", "errand", "task_item", "patrol", "demolition")
RETURNS = ("material_entry", "survey", "survey_return")
TABLES = {noun: noun for noun in (*NOUNS, *RETURNS)} | {
    "member": "grid_member",
    "household": "household",
    "handover": "link_handover",
    "visit": "household_visit",
    "duty_week": "duty_week",
}
RATES = (
    "zero_trip_share",
    "promises_kept_rate",
    "task_completion_rate",
    "on_time_closing_rate",
    *(f"{what}_rate" for what in ("self_handling", "escalation", "rework")),
    *(f"{what}_rate" for what in ("satisfaction", "extension")),
    *(f"survey_{what}_rate" for what in ("safety", "strict_safety", "awareness")),
    *(f"survey_{what}_rate" for what in ("participation", "return")),
    *("weekly_visit_rate", "member_activity_rate", "visit_task_rate"),
)


def areas() -> list[dict[str, Any]]:
    kinds = {6: "DISTRICT", 9: "TOWN", 12: "VILLAGE", 15: "GRID"}
    return [
        {
            "code": code,
            "name": code,
            "kind": kinds[len(code)],
            "parent": code[:-3] if len(code) > 6 else None,
            "valid_from": "2000-12-31",
        }
        for code in (DISTRICT, *TOWNSHIPS, *VILLAGES, *GRIDS)
    ]


def history(random: Random, number: int) -> list[dict[str, Any]]:
    """A report of 2025 that got as far as chance would have it."""
    id_ = str(UUID(int=number + 1))
    at = datetime.fromisoformat("2025-01-01T00:00:00+08:00") + timedelta(
        minutes=random.randrange(340 * 24 * 60)
    )
    facts = REPORT | {
        "area_code": random.choice(GRIDS),
        "description": COURSE,
        "category": random.choice([c for c in Category if c is not Category.DISPUTE]),
        "urgency": random.choice(list(Urgency)),
        "finder": random.choice(list(Finder)),
        "anonymous": random.random() < 0.3,
        "id": id_,
    }
    wishes: list[tuple[str, dict[str, Any]]] = [("create", facts)]
    if random.random() < 0.2:
        wishes += [
            ("return", {"reason": "补充照片"}),
            ("resubmit", {"description": f"已补充：{COURSE}"}),
        ]
    reached = random.randint(0, len(STEPS))
    wishes += lived(random, reached, facts["urgency"], facts["category"])
    if wishes[-1][0] in ("create", "resubmit", "accept") and random.random() < 0.5 and number:
        reason = random.choice(["DUPLICATE", "INVALID", "WITHDRAWN", "OUT_OF_SCOPE"])
        of = {"duplicate_of": str(UUID(int=1))} if reason == "DUPLICATE" else {}
        wishes.append(("cancel", {"reason": reason} | of))
    items = []
    for place, (step, facts) in enumerate(wishes):
        by = "create" if step == "resubmit" else step  # only the reporter reports again
        told = {"occurred_at": at.isoformat(), "on_behalf_of": f"{by}-somebody"}
        name = step if "_report_" in step else f"{step}_report"
        item = {"operation": name, "id": id_, "key": f"{id_}/{place}"}
        items.append(item | {"body": facts | told})
        at += timedelta(minutes=random.randrange(1, 60 * 24 * 3))
    return items


REWORK = ("rework", "resolve")
ESCALATION = ("escalate", "take_up")
SUSPENSION = ("request_report_suspension", "suspend", "resume")
EXTENSION = ("request_report_extension", "grant_report_extension")
WHY = {"reason": "说明理由"}
SAID: dict[str, dict[str, Any]] = {
    "assign": {"organisation": "330703-enforcement"},
    "resolve": {"opinion": "已清理"},
    "self_handle": {"opinion": "已清理"},
    "request_report_extension": WHY | {"allowance": "1wd"},
    **dict.fromkeys(("rework", "escalate", "request_report_suspension"), WHY),
}


def lived(
    random: Random, reached: int, urgency: Urgency, category: Category
) -> list[tuple[str, dict[str, Any]]]:
    """The first steps of the usual way, with what may come between; or one that the grid handles itself, unless it is
    an emergency."""
    steps: list[str] = []
    usual = random.random() < 0.9 or Urgency.EMERGENCY in (urgency, category)
    between = [(), (), SUSPENSION, SUSPENSION[:2]]
    if urgency is not Urgency.EMERGENCY:  # whose limit is in hours
        between.append(EXTENSION)
    for step in STEPS[:reached] if usual else ["self_handle"]:
        steps.append(step)
        if step == "accept" and random.random() < 0.2:
            steps += ESCALATION
        if step == "start":
            steps += random.choice(between)
        if steps[-1] == "suspend":
            break
        if step == "resolve" and random.random() < 0.2:
            steps += REWORK
        if step in ("close", "self_handle") and random.random() < 0.7:
            steps.append("evaluate")
    satisfied = {"satisfied": random.random() < 0.8}
    return [(step, satisfied if step == "evaluate" else SAID.get(step, {})) for step in steps]


@pytest.fixture(scope="module")
async def year(
    postgres_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stack]:
    async with (
        fresh_databases(postgres_server) as fresh,
        stack(fresh, tmp_path_factory.mktemp("year"), ["grid"]) as system,
    ):
        await play(system, Random(2025))
        await eventually(lambda: settled(system), 30)
        yield system


async def play(system: Stack, random: Random) -> None:
    token = await system.token("data_importer")
    for noun, rows in (("areas", areas()), ("organisations", ORGANISATIONS)):
        answer = await system.call(token, "PUT", f"/v1/grid/{noun}/import", {"rows": rows})
        assert answer.status_code == 200, answer.text
    opened = await system.call(token, "POST", "/v1/grid/imports", {"source": "2025"})
    items = [item for number in range(REPORTS) for item in history(random, number)]
    batches = [items[start : start + 500] for start in range(0, len(items), 500)]
    for some in (*batches, *field_work(random, GRIDS), *visiting(random, GRIDS)):
        body = {"import_batch": opened.json()["id"], "items": some}
        answer = await system.call(token, "POST", "/v1/grid/batch", body)
        results = answer.json()["results"]
        assert [
            (i["operation"], r, i["body"])
            for i, r in zip(some, results, strict=True)
            if r["outcome"] != "applied"
        ][:2] == []
        await send_photos(system, token, some)
    answer = await system.call(token, "PUT", "/v1/grid/duty-weeks", {"rows": weeks(TOWNSHIPS)})
    assert answer.status_code == 200, answer.text
    await system.call(token, "POST", f"/v1/grid/imports/{opened.json()['id']}/complete")


async def settled(system: Stack) -> bool:
    """Every deadline that has passed is recorded, published and folded."""
    due = "select 1 from clock where due_at < now() and fired_at is null and stopped_at is null"
    for noun, table in TABLES.items():
        written = await system.fetch("grid", f"select id, version from {table} order by id")
        known = await system.fetch(
            "gateway", "select id, version from card where noun = $1 order by id", noun
        )
        if written != known:
            return False
    return not await system.fetch("grid", due)


async def recount(system: Stack, area: str, first: date, last: date) -> dict[str, Any]:
    [row] = await system.fetch("grid", GRID, area, first, last)
    [stocks] = await system.fetch("grid", STOCKS, area, last)
    counted = {**row, **stocks}
    parts = ("numerator", "denominator")
    return counted | {
        name: tuple(counted.pop(f"{name}_{part}") for part in parts) for name in RATES
    }


async def shown(system: Stack, area: str, first: date, last: date) -> dict[str, Any]:
    token = await system.token("district_operator")
    path = f"/v1/areas/{area}/dashboard"
    period: dict[str, Any] = {"from": first, "to": last}
    answer = await system.call(token, "GET", path, **period)
    figures = answer.json()["sections"]["grid"]["figures"]
    rates = {name: told for name, told in figures.items() if told["denominator"] is not None}
    values = {name: told["value"] for name, told in figures.items() if name not in rates}
    values["reports_filed_by_red_member"] = figures["reports_filed"]["by"].get("RED_MEMBER", 0)
    return values | {name: (rates[name]["numerator"], rates[name]["denominator"]) for name in RATES}


@pytest.mark.parametrize("area", [DISTRICT, *TOWNSHIPS, *VILLAGES[:2], *GRIDS[::4]])
async def test_figures_equal_a_recount_in_the_service(year: Stack, area: str) -> None:
    random = Random(area)
    starts = [
        date(2025, 1, 1),
        *(date(2025, 1, 1) + timedelta(random.randrange(300)) for _ in "ab"),
    ]
    for first in starts:
        last = first + timedelta(random.randrange(1, 365))
        assert await shown(year, area, first, last) == await recount(year, area, first, last)


async def test_the_year_holds_every_kind_of_end(year: Stack) -> None:
    counted = await recount(year, DISTRICT, date(2025, 1, 1), date(2026, 6, 30))
    on_time, due = counted["on_time_closing_rate"]
    assert 0 < on_time < due
    assert counted["demolished_m2"] > 0 < counted["demolished_unconfirmed_m2"]
    assert 0 < counted["reports_closed"] < counted["reports_accepted"] < counted["reports_filed"]


async def test_a_rebuild_changes_nothing(year: Stack) -> None:
    tallies = "select * from tally where n <> 0 order by area_code, metric, day, dimension"
    before = await year.fetch("gateway", tallies)
    held = year.apps["gateway"].state.gateway
    await rebuild(held.database, held.services, "grid")
    assert await year.fetch("gateway", tallies) == before
    assert await verify(held.database, held.services, "grid") == []
