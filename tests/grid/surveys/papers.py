"""Questionnaires on paper: opened, handed out, filled in."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from services.chassis.identity.caller import Caller
from tests.grid.field import GRID, MEMBER, made
from tests.support.people import DISTRICT
from tests.support.running import Running

SURVEYS, ISSUES, RETURNS = "surveys", "survey-issues", "survey-returns"
ACTIVITIES = [
    {"code": "PATROL", "name": "义务巡防", "name_en": "Patrols"},
    {"code": "DRILL", "name": "消防演练", "name_en": "Fire drills"},
]


def day(days: int) -> str:
    """A day of the district, so many after today."""
    return str((datetime.now(UTC) + timedelta(days=days, hours=8)).date())


def round_of(**facts: Any) -> dict[str, Any]:
    usual = {"area_code": "330703", "name": "平安三率测评", "name_en": "Three rates"}
    return usual | {"starts_on": day(-5), "ends_on": day(5), "activities": ACTIVITIES} | facts


async def opened(grid: Running, **facts: Any) -> dict[str, Any]:
    return await made(grid, DISTRICT, SURVEYS, **round_of(**facts))


def tokens(count: int) -> list[str]:
    return [uuid4().hex for _ in range(count)]


def issue(survey: dict[str, Any], some: Sequence[str], **facts: Any) -> dict[str, Any]:
    usual = {
        "survey_id": survey["id"],
        "area_code": GRID,
        "households": [str(uuid4()) for _ in some],
        "digests": [sha256(token.encode()).hexdigest() for token in some],
    }
    return usual | facts


async def housed(grid: Running, body: dict[str, Any]) -> dict[str, Any]:
    """The same, once its households are registered in its area."""
    await grid.fetch(
        "insert into household (id, version, area_code, correlation_id, occurred_at, created_at, updated_at, "
        "late_entry, head, tags, ties) select id, 1, $2, id, now(), now(), now(), false, "
        "coalesce((select h.head from household h join person p on p.id = h.head limit 1), id), '[]', '[]' "
        "from unnest($1::uuid[]) id on conflict do nothing",
        [UUID(id) for id in body["households"]],
        body["area_code"],
    )
    return body


async def handed_out(
    grid: Running, survey: dict[str, Any], count: int = 20, **facts: Any
) -> list[str]:
    """The tokens of so many households."""
    some = tokens(count)
    await made(grid, DISTRICT, ISSUES, **await housed(grid, issue(survey, some, **facts)))
    return some


def sheet(token: str, **facts: Any) -> dict[str, Any]:
    usual = {"feeling": "SAFE", "aware": ["PATROL"], "took_part": [], "seconds": 90}
    return {"token": token} | usual | facts


def back(survey: dict[str, Any], *sheets: dict[str, Any], **facts: Any) -> dict[str, Any]:
    usual = {"survey_id": survey["id"], "area_code": GRID, "channel": "PAPER"}
    return usual | {"sheets": list(sheets)} | facts


async def returned(
    grid: Running,
    survey: dict[str, Any],
    *sheets: dict[str, Any],
    who: Caller = MEMBER,
    **facts: Any,
) -> dict[str, Any]:
    return await made(grid, who, RETURNS, **back(survey, *sheets, **facts))
