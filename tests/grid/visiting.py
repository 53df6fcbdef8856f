"""The shortest ways to members, households and visits."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.grid.field import GRID, made
from tests.support.people import DISTRICT, caller
from tests.support.running import Running

COUNT: Iterator[int] = count(1)
VILLAGE_CADRE = caller(roles.VILLAGE_OPERATOR, GRID[:12])


def ago(**time: float) -> str:
    return (datetime.now(UTC) - timedelta(**time)).isoformat()


def somebody() -> str:
    """An account that nobody has."""
    return f"somebody-{next(COUNT)}"


def red(account: str) -> Caller:
    return caller(roles.RED_GRID_MEMBER, GRID, subject=account)


def member(**facts: Any) -> dict[str, Any]:
    usual = {
        "area_code": GRID,
        "identity": {"name": "朱跃建", "phone": "15400000001"},
        "account": somebody(),
        "kind": "RED",
        "grids": [GRID],
        "occurred_at": ago(days=20),
    }
    return usual | facts


def household(**facts: Any) -> dict[str, Any]:
    head = {"name": "朱锡牛", "phone": "15400000002", "address": "岭下镇柿树塘村1号"}
    return {"area_code": GRID, "head": head, "occurred_at": ago(days=20)} | facts


async def new_member(grid: Running, who: Caller = DISTRICT, **facts: Any) -> dict[str, Any]:
    """The receipt of a member, with the account."""
    body = member(**facts)
    return await made(grid, who, "members", **body) | {"account": body["account"]}


async def new_household(grid: Running, who: Caller = DISTRICT, **facts: Any) -> dict[str, Any]:
    return await made(grid, who, "households", **household(**facts))


async def linked(grid: Running, **facts: Any) -> tuple[Caller, dict[str, Any], dict[str, Any]]:
    """A member as a caller and their receipt, and that of a household linked with them."""
    person = await new_member(grid)
    home = await new_household(grid, member_id=person["id"], **facts)
    return red(person["account"]), person, home


async def links_of(grid: Running, **which: Any) -> list[dict[str, Any]]:
    columns = "tie_id, household_id, member_id, is_primary, since_on, until_on"
    (name, value), *_ = which.items()
    query = f"select {columns} from household_link where {name} = $1 order by since_on, until_on"
    return [dict(row) for row in await grid.fetch(query, value)]
