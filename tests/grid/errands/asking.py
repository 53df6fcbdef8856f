"""The shortest ways to an errand."""

from typing import Any

from httpx import Response

from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.grid import field
from tests.support.people import DISTRICT, caller
from tests.support.running import Running

GRID = field.GRID
PATH = "errands"
RUNNER = caller(roles.RED_GRID_MEMBER, GRID, subject="runner")
NAME, PHONE, NUMBER = "朱示范", "15400000001", "330703190001011013"
ERRAND: dict[str, Any] = {
    "area_code": GRID,
    "matter": "BUILDING_PERMIT",
    "title": "办理农民建房施工牌",
    "applicant": {
        "name": NAME,
        "phone": PHONE,
        "resident_id": NUMBER,
        "address": "岭下镇示范村12号",
    },
}
TRIPS = {"resident_trips": 0, "member_trips": 3}
SAYING: dict[str, dict[str, Any]] = {
    "authorise": {"signed": "SIGNATURE"},
    "file": {"department": "330703-enforcement", "window": "综合窗口", "matter": "核发施工牌"},
    "answer": {"window_no": 1, "result": "GRANTED"},
    "take-paper": {"kind": "LAND_USE_CERTIFICATE", "form": "ORIGINAL"},
    "return-paper": {"paper_no": 1, "signed": "SIGNATURE"},
    "obtain": {"document": "农民建房施工牌"},
    "deliver": {"signed": "SIGNATURE", **TRIPS},
    "settle": {"outcome": "DIFFICULTY_RESOLVED", "note": "已帮助解决", **TRIPS},
    "give-up": {"reason": "NOT_ELIGIBLE", "route": "ADMINISTRATIVE_REVIEW", "note": "不符合条件"},
}
LIVES: dict[str, tuple[str, ...]] = {
    "SUBMITTED": (),
    "ACCEPTED": ("accept",),
    "AUTHORISED": ("accept", "authorise"),
    "IN_PROGRESS": ("accept", "authorise", "start"),
    "OBTAINED": ("accept", "authorise", "start", "file", "answer", "obtain"),
    "DELIVERED": ("accept", "authorise", "start", "file", "answer", "obtain", "deliver"),
    "CLOSED": ("accept", "settle"),
    "WITHDRAWN": ("withdraw",),
    "IMPOSSIBLE": ("give-up",),
}
"""The steps by which an errand comes to each status."""


async def submitted(grid: Running, who: Caller = RUNNER, **facts: Any) -> dict[str, Any]:
    return await field.made(grid, who, PATH, **ERRAND | facts)


async def attempt(
    grid: Running, receipt: dict[str, Any], name: str, who: Caller = RUNNER, **body: Any
) -> Response:
    """Take the step `name`, saying what it needs unless `body` says it."""
    return await field.step(grid, who, PATH, receipt, name, **SAYING.get(name, {}) | body)


async def step(
    grid: Running, receipt: dict[str, Any], name: str, who: Caller = RUNNER, **body: Any
) -> dict[str, Any]:
    answer = await attempt(grid, receipt, name, who, **body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def brought_to(grid: Running, status: str, **facts: Any) -> dict[str, Any]:
    receipt = await submitted(grid, **facts)
    for name in LIVES[status]:
        receipt = await step(grid, receipt, name)
    return receipt


async def shown(grid: Running, receipt: dict[str, Any], who: Caller = DISTRICT) -> Any:
    return await field.seen(grid, PATH, receipt, who)
