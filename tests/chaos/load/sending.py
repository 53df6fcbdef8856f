"""Requests to the gateway, each written down before it is sent and when it is answered."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import aiohttp

from services.contracts import roles
from tests.chaos.history import Journal, Reply, Wish
from tests.chaos.load.lives import BUREAU, Person, Step

DISTRICT = "330703"
CLERK = (
    roles.DISTRICT_OPERATOR,
    roles.SAFETY_OFFICER,
    roles.TRAINING_OFFICER,
    roles.OPERATOR,
    roles.GRID_LEADER,
)
SUBJECTS: dict[Person, str] = {
    "first": "chaos-first",
    "second": "chaos-second",
    "bureau": "chaos-bureau",
}
SINGLE_SECONDS, BATCH_SECONDS = 20.0, 75.0
AGAIN_SECONDS = 0.3


@dataclass
class Sender:
    session: aiohttp.ClientSession
    url: str
    journal: Journal
    tokens: Mapping[Person, str]

    def __post_init__(self) -> None:
        self._numbers = count(1)

    async def step(self, step: Step, if_match: int | None) -> Reply:
        """One step by a request of its own."""
        told = {"id": str(step.id)} if step.creates else {}
        headers = {"Idempotency-Key": step.key}
        if if_match is not None:
            headers["If-Match"] = f'"{if_match}"'
        path = step.route.to(step.id)
        wishes = [_wish(step, if_match)]
        body = {**step.body, **told}
        [reply] = await self._recorded(
            wishes, step.route.method, path, step.by, body, headers, SINGLE_SECONDS
        )
        return reply

    async def batch(self, steps: Sequence[tuple[Step, int | None]]) -> list[Reply]:
        """Up to 500 steps of one person at one service; each with the version it asks for, if any."""
        first = steps[0][0]
        items = [_item(step, if_match) for step, if_match in steps]
        wishes = [_wish(step, if_match) for step, if_match in steps]
        path = f"/v1/{first.route.service}/batch"
        return await self._recorded(
            wishes, "POST", path, first.by, {"items": items}, {}, BATCH_SECONDS
        )

    async def version(self, step: Step) -> int | None:
        """Of the step's aggregate as it is now; None where it cannot be seen."""
        url = f"{self.url}{step.route.collection}/{step.id}"
        try:
            async with self.session.get(
                url, headers=self._bearer(step.by), timeout=aiohttp.ClientTimeout(SINGLE_SECONDS)
            ) as answer:
                return int(answer.headers["ETag"].strip('"')) if answer.status == 200 else None
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None

    async def _recorded(
        self,
        wishes: Sequence[Wish],
        method: str,
        path: str,
        by: Person,
        body: Any,
        headers: Mapping[str, str],
        seconds: float,
    ) -> list[Reply]:
        n = next(self._numbers)
        about = {"service": wishes[0].service, "subject": wishes[0].subject}
        told = [(w.operation, w.key, w.id, w.if_match) for w in wishes]
        self.journal.write("sent", n=n, **about, wishes=told)
        try:
            async with self.session.request(
                method,
                f"{self.url}{path}",
                json=body,
                headers=self._bearer(by) | dict(headers),
                timeout=aiohttp.ClientTimeout(seconds),
            ) as answer:
                replies = _replies(answer.status, await answer.json(), len(wishes))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            replies = [Reply("unknown", code=type(error).__name__)] * len(wishes)
        self.journal.write("answered", n=n, replies=[reply[:3] for reply in replies])
        return replies

    def _bearer(self, by: Person) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[by]}"}


def _wish(step: Step, if_match: int | None) -> Wish:
    who = step.route.service, SUBJECTS[step.by]
    return Wish(*who, step.operation, step.key, str(step.id), if_match)


def _item(step: Step, if_match: int | None) -> dict[str, Any]:
    item: dict[str, Any] = {"operation": step.operation, "id": str(step.id), "key": step.key}
    item["body"] = dict(step.body)
    return item | ({"if_match": if_match} if if_match else {})


def _replies(status: int, told: Any, count: int) -> list[Reply]:
    if status == 200 and "results" in told:
        return [Reply.of(status, result) for result in told["results"]]
    return [Reply.of(status, told)] * count


async def token_of(session: aiohttp.ClientSession, url: str, person: Person) -> str:
    if person == "bureau":
        return await token(session, url, SUBJECTS[person], [roles.DEPARTMENT_HANDLER], BUREAU)
    return await token(session, url, SUBJECTS[person], CLERK)


async def token(
    session: aiohttp.ClientSession,
    url: str,
    subject: str,
    wanted: Sequence[str],
    org: str | None = None,
) -> str:
    """From the development issuer, as soon as it answers."""
    body = {"subject": subject, "roles": list(wanted), "areas": [DISTRICT], "org": org}
    while True:
        try:
            async with session.post(f"{url}/dev/token", json=body) as answer:
                if answer.status == 200:
                    return str((await answer.json())["access_token"])
        except (aiohttp.ClientError, OSError, TimeoutError):
            pass
        await asyncio.sleep(AGAIN_SECONDS)
