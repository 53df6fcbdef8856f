"""Those who use a deployment beside the load: a person who refers disputes, and an agency that reads events."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx

from jinding.door import Gateway
from jinding.erase import Desk
from services.contracts import roles
from services.contracts.grid import ReportSnapshot
from tests.bench.district import DISTRICT, GRIDS, REPORT
from tests.compose.stack import Stack


async def refer(stack: Stack, count: int) -> set[str]:
    """Disputes that were reported and accepted: each becomes a case."""
    made = [uuid4() for _ in range(count)]
    async with _client(stack) as http:
        for number, id_ in enumerate(made):
            await _accepted(http, id_, GRIDS[number % len(GRIDS)])
    return {str(id_) for id_ in made}


async def _accepted(http: httpx.AsyncClient, id_: UUID, grid: str) -> None:
    body = REPORT | {"id": str(id_), "area_code": grid, "category": "DISPUTE"}
    filed = await http.post("/v1/grid/reports", json=body)
    filed.raise_for_status()
    match = {"If-Match": filed.headers["etag"]}
    answer = await http.post(f"/v1/grid/reports/{id_}/accept", json={}, headers=match)
    answer.raise_for_status()


async def enter(stack: Stack, phone: str) -> str:
    """A case of which somebody with this telephone is a party; its id."""
    party = {"side": "APPLICANT", "name": "演练人", "phone": phone}
    body = {
        "area_code": GRIDS[0],
        "case_type": "NEIGHBOUR",
        "title": "演练用纠纷",
        "description": "备份之前登记",
        "parties": [party],
    }
    async with _client(stack) as http:
        answer = await http.post("/v1/disputes/cases", json=body)
        answer.raise_for_status()
        return str(answer.json()["id"])


async def erase(stack: Stack, phone: str) -> None:
    """Everybody with this telephone, until every service has confirmed it."""
    token = stack.token([roles.DISTRICT_OPERATOR, roles.PRIVACY_OFFICER], [DISTRICT], "desk")
    desk = Desk(Gateway(stack.url, token))
    request = await asyncio.to_thread(desk.received, DISTRICT, name="演练人", phone=phone)
    await asyncio.to_thread(desk.erase, request, 120.0, print)


async def opens(stack: Stack, case: str) -> bool:
    """Whether the party of the case is still somebody."""
    async with _client(stack) as http:
        answer = await http.get(f"/v1/disputes/cases/{case}")
        answer.raise_for_status()
        return not answer.json()["parties"][0]["erased"]


def _client(stack: Stack) -> httpx.AsyncClient:
    token = stack.token([roles.DISTRICT_OPERATOR, roles.RED_GRID_MEMBER], [DISTRICT], "drill")
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=30, trust_env=False)


def agency(stack: Stack) -> str:
    """The key of an agency that may read the reports."""
    names = "--name-zh", "演练", "--name-en", "Drill", "--why", "drill", "--subject", "drill"
    grant = "add", "drill", "--topics", ReportSnapshot.topic, *names
    told = stack.compose("run", "--rm", "--no-deps", "-T", "operations", "partners", *grant)
    return next(line.split()[-1] for line in told.splitlines() if line.startswith("key: "))


def readmitted(stack: Stack) -> list[str]:
    """The agencies that Kafka knew no more: they get a new password, and what they may read as before."""
    told = stack.compose(
        *("run", "--rm", "--no-deps", "-T", "operations"),
        *("partners", "sync", "--subject", "drill"),
    )
    return [line for line in told.splitlines() if line.startswith("kafka user: ")]


async def read_feed(
    stack: Stack, key: str, after: str | None = None
) -> tuple[str, list[dict[str, Any]]]:
    """All that is there behind a cursor, and where to go on."""
    events: list[dict[str, Any]] = []
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        base_url=stack.url, headers=headers, timeout=60, trust_env=False
    ) as http:
        while True:
            asked = {"limit": "1000"} | ({"after": after} if after else {})
            answer = await http.get("/v1/events", params=asked)
            answer.raise_for_status()
            events += answer.json()
            after = answer.headers["jinding-cursor"]
            if answer.headers["jinding-caught-up"] == "true":
                return after, events
