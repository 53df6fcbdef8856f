"""The grid service with a small district, and the shortest ways to its reports."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from httpx import Response
from uuid_utils.compat import uuid7

from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Operation
from services.grid.main import create_app
from tests.support.people import DISTRICT, HANDLER, RED_MEMBER, TOWNSHIP, VERIFIER
from tests.support.postgres import FreshDatabases
from tests.support.running import Running, running

AREAS: list[dict[str, Any]] = [
    {"code": "330703", "name": "金东区", "kind": "DISTRICT", "valid_from": "2000-12-31"},
    {
        "code": "330703105",
        "name": "岭下镇",
        "kind": "TOWN",
        "parent": "330703",
        "valid_from": "2000-12-31",
    },
    {
        "code": "330703101",
        "name": "孝顺镇",
        "kind": "TOWN",
        "parent": "330703",
        "valid_from": "2000-12-31",
    },
    {
        "code": "330703105291",
        "name": "示范村",
        "kind": "VILLAGE",
        "parent": "330703105",
        "valid_from": "2000-12-31",
        "demo": True,
    },
    {
        "code": "330703105291001",
        "name": "示范网格",
        "kind": "GRID",
        "parent": "330703105291",
        "valid_from": "2016-01-01",
        "demo": True,
    },
]
ORGANISATIONS: list[dict[str, Any]] = [
    {
        "code": code,
        "name": name,
        "kind": kind,
        "area_code": area,
        "valid_from": "2000-12-31",
        "valid_to": end,
    }
    for code, name, kind, area, end in (
        ("330703-enforcement", "区综合行政执法局", "DEPARTMENT", "330703", None),
        ("330703-market-supervision", "区市场监督管理局", "DEPARTMENT", "330703", None),
        ("330703-planning", "市规划局分局", "DEPARTMENT", "330703", "2019-01-01"),
        ("330703101-command-room", "孝顺镇指挥室", "COMMAND_ROOM", "330703101", None),
    )
]
REPORT: dict[str, Any] = {
    "area_code": "330703105291001",
    "category": "ENVIRONMENT",
    "title": "河边堆放垃圾",
    "description": "河边有一堆建筑垃圾",
}
REPORTS = "/v1/grid/reports"
BATCH = "/v1/grid/batch"


@asynccontextmanager
async def running_grid(
    fresh_database: FreshDatabases, folder: Path, **settings: Any
) -> AsyncIterator[Running]:
    async with running("grid", create_app, fresh_database, folder, **settings) as service:
        answer = await service.call(DISTRICT, "PUT", "/v1/grid/areas/import", {"rows": AREAS})
        assert answer.json() == {"created": 5, "changed": 0, "unchanged": 0}, answer.text
        rows = {"rows": ORGANISATIONS}
        answer = await service.call(DISTRICT, "PUT", "/v1/grid/organisations/import", rows)
        assert answer.json() == {"created": 4, "changed": 0, "unchanged": 0}, answer.text
        yield service


LIVES: dict[str, tuple[str, ...]] = {
    "REPORTED": (),
    "RETURNED": ("return",),
    "ACCEPTED": ("accept",),
    "ASSIGNED": ("accept", "assign"),
    "PROCESSING": ("accept", "assign", "start"),
    "RESOLVED": ("accept", "assign", "start", "resolve"),
    "VERIFIED": ("accept", "assign", "start", "resolve", "verify"),
    "CLOSED": ("accept", "assign", "start", "resolve", "verify", "close"),
    "CANCELLED": ("cancel",),
    "ESCALATED": ("accept", "escalate"),
    "TRANSFER_REQUESTED": ("accept", "assign", "request-transfer"),
    "SUSPENDED": ("accept", "assign", "start", "request-suspension", "suspend"),
    "EVALUATED": ("accept", "assign", "start", "resolve", "verify", "close", "evaluate"),
}
"""The steps by which a report comes to each status."""
BY: dict[str, Caller] = {
    "resubmit": RED_MEMBER,
    "start": HANDLER,
    "resolve": HANDLER,
    "verify": VERIFIER,
    "rework": VERIFIER,
    "evaluate": RED_MEMBER,
    "reopen": RED_MEMBER,
    "suspend": DISTRICT,
    "refuse-suspension": DISTRICT,
    "reset-deadline": DISTRICT,
    "take-up": DISTRICT,
    "send-down": DISTRICT,
    "supervise": DISTRICT,
    **dict.fromkeys(("request-transfer", "request-extension", "request-suspension"), HANDLER),
    **dict.fromkeys(("receive", "resume"), HANDLER),
}
SAYING: dict[str, dict[str, Any]] = {
    "merge": {"master": "0191d7a0-0000-7000-8000-0000000000ff"},
    "return": {"reason": "地点不清"},
    "resubmit": {"description": "村口桥边"},
    "assign": {"organisation": "330703-enforcement"},
    "resolve": {"opinion": "已清理"},
    "cancel": {"reason": "INVALID"},
    "escalate": {"reason": "须上级协调"},
    "send-down": {"reason": "属乡镇职责"},
    "receive": {"purpose": "现场处置需要"},
    "decline": {"reason": "与本单位无关"},
    "request-transfer": {"reason": "不属本单位职责"},
    "grant-transfer": {"organisation": "330703-market-supervision"},
    "refuse-transfer": {"answer": "属该单位职责"},
    "request-extension": {"reason": "须现场勘察", "allowance": "5wd"},
    "refuse-extension": {"answer": "时间足够"},
    "request-suspension": {"reason": "等待司法鉴定"},
    "refuse-suspension": {"answer": "不必等待"},
    "reset-deadline": {"reason": "区级重新核定", "allowance": "10wd"},
    "supervise": {"demand": "限期办结", "due_at": "2030-01-01T09:00:00+08:00"},
    "rework": {"reason": "未清理完"},
    "self-handle": {"opinion": "已当场清理"},
    "pass-self-check": {"findings": "属实"},
    "fail-self-check": {"findings": "现场仍有垃圾"},
    "evaluate": {"satisfied": True},
    "call-back": {"findings": "已说明情况"},
    "reopen": {"reason": "又出现"},
}


async def reported(grid: Running, caller: Caller = RED_MEMBER, **facts: Any) -> dict[str, Any]:
    """The receipt of a new report."""
    answer = await grid.call(caller, "POST", REPORTS, REPORT | facts)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def attempt(
    grid: Running, caller: Caller, receipt: dict[str, Any], name: str, **body: Any
) -> Response:
    """Take the step `name`, saying what it needs unless `body` says it."""
    path = f"{REPORTS}/{receipt['id']}/{name}"
    said = SAYING.get(name, {}) | body
    return await grid.call(caller, "POST", path, said, {"If-Match": f'"{receipt["version"]}"'})


async def step(
    grid: Running, caller: Caller, receipt: dict[str, Any], name: str, **body: Any
) -> dict[str, Any]:
    """The receipt after the step `name`."""
    answer = await attempt(grid, caller, receipt, name, **body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def brought_to(
    grid: Running, status: str, caller: Caller = RED_MEMBER, **facts: Any
) -> dict[str, Any]:
    """The receipt of a report that has come to `status`, as things usually go."""
    receipt = await reported(grid, caller, **facts)
    for name in LIVES[status]:
        receipt = await step(grid, BY.get(name, TOWNSHIP), receipt, name)
    return receipt


async def run_at(
    grid: Running,
    at: datetime,
    operation: Operation,
    caller: Caller,
    id: UUID | None = None,
    **body: Any,
) -> Any:
    """What the unit of work makes of one operation when it is `at`."""
    if operation.creates:
        body = REPORT | body
    item = Item(operation, id or uuid7(), operation.body.model_validate(body))
    (result,) = await grid.runtime.unit.run([item], caller, at=at)
    return result


async def shown(grid: Running, receipt: dict[str, Any], caller: Caller = DISTRICT) -> Any:
    """The report as `caller` sees it."""
    answer = await grid.call(caller, "GET", f"{REPORTS}/{receipt['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def refusal(answer: Response) -> tuple[Any, ...]:
    """Status, code and, where a field is to blame, the pointer to it."""
    assert answer.is_error, answer.text
    problem = answer.json()
    return (answer.status_code, problem["code"], *(e["pointer"] for e in problem["errors"]))


async def batch(grid: Running, caller: Caller, *items: dict[str, Any], **more: Any) -> list[Any]:
    """The results of a batch."""
    answer = await grid.call(caller, "POST", BATCH, {"items": items, **more})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["results"])


def creation(key: str, **facts: Any) -> dict[str, Any]:
    id_ = {"id": facts.pop("id")} if "id" in facts else {}
    return {"operation": "create_report", "key": key, "body": REPORT | facts, **id_}


def acceptance(key: str, id: str, **more: Any) -> dict[str, Any]:
    return {"operation": "accept_report", "key": key, "id": id, **more}
