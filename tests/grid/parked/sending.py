"""A device that sends batches, and what of them is not done."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.support.grid import batch, creation
from tests.support.people import TOWNSHIP, caller
from tests.support.running import Running

PARKED = "/v1/grid/parked-items"
GRID, VILLAGE = "330703105291001", "330703105291"
LEADER = caller(roles.GRID_LEADER, VILLAGE, subject="leader")


def member(role: str = roles.RED_GRID_MEMBER, *areas: str) -> Caller:
    """Whose items are nobody else's."""
    return caller(role, *(areas or (GRID,)), subject=f"m-{uuid4()}")


def said(**ago: float) -> str:
    """By the device's clock."""
    return (datetime.now(UTC) - timedelta(**ago)).isoformat()


def ahead(key: str = "k", **facts: Any) -> dict[str, Any]:
    """A report by a clock that goes two hours fast."""
    return creation(key, occurred_at=said(hours=-2), **facts)


async def parked(
    grid: Running, who: Caller = TOWNSHIP, of: Caller | None = None, **query: Any
) -> list[dict[str, Any]]:
    """What `who` is shown, of the items of `of`."""
    found, after = [], {}  # type: ignore[var-annotated]
    while True:
        answer = await grid.call(who, "GET", PARKED, **query, **after)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        if page["next"] is None:
            return [item for item in found if of is None or item["subject"] == of.subject]
        after = {"after": page["next"]}


async def held(grid: Running, who: Caller, **facts: Any) -> str:
    """The id of an item that waits for a review."""
    (result,) = await batch(grid, who, ahead(**facts))
    assert result["outcome"] == "parked"
    return str(result["parked"])


async def decide(grid: Running, who: Caller, id: str, how: str, **body: Any) -> Any:
    said = {"reason": "经电话核实"} | body
    return await grid.call(who, "POST", f"{PARKED}/{id}/{how}", said)
