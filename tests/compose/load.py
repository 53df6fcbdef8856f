"""Clients that file reports through the gateway, and try each again until it is answered."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import httpx

from services.contracts import roles
from tests.bench.district import DISTRICT, GRIDS, REPORT, areas
from tests.compose.stack import Stack
from tests.support.waiting import until

CLIENTS = 8
PAUSE_SECONDS = 0.05
ANSWER_SECONDS = 20.0
AGAIN_SECONDS = 0.3


@dataclass
class Load:
    """`answered`: the reports that were acknowledged, each once. `failures`: attempts that were not."""

    answered: set[UUID] = field(default_factory=set)
    failures: int = 0
    refused: list[str] = field(default_factory=list)
    ending: bool = False

    async def goes_on(self, seconds: float) -> None:
        """Wait until reports are acknowledged again, ten from now on."""
        known = len(self.answered)
        await until(lambda: len(self.answered) >= known + 10, seconds)

    async def client(self, http: httpx.AsyncClient) -> None:
        while not self.ending:
            await self._file(http, uuid4())
            await asyncio.sleep(PAUSE_SECONDS)

    async def _file(self, http: httpx.AsyncClient, id_: UUID) -> None:
        body = REPORT | {"id": str(id_), "area_code": random.choice(GRIDS)}
        while True:
            try:
                answer = await http.post(
                    "/v1/grid/reports", json=body, headers={"Idempotency-Key": str(id_)}
                )
            except httpx.HTTPError:
                answer = None
            if answer is not None and answer.status_code == 201:
                self.answered.add(id_)
                return
            if answer is not None and answer.status_code < 500 and answer.status_code != 409:
                self.refused.append(f"{answer.status_code} {answer.text[:200]}")
                return
            self.failures += 1
            await asyncio.sleep(AGAIN_SECONDS)


@asynccontextmanager
async def loaded(stack: Stack) -> AsyncIterator[Load]:
    """Load until the block ends; what is under way then is still answered."""
    token = stack.token([roles.DISTRICT_OPERATOR, roles.RED_GRID_MEMBER], [DISTRICT], "load")
    headers = {"Authorization": f"Bearer {token}"}
    load = Load()
    async with httpx.AsyncClient(
        base_url=stack.url, headers=headers, timeout=ANSWER_SECONDS, trust_env=False
    ) as http:
        imported = await http.put("/v1/grid/areas/import", json={"rows": areas()})
        imported.raise_for_status()
        clients = [asyncio.create_task(load.client(http)) for _ in range(CLIENTS)]
        try:
            yield load
        finally:
            load.ending = True
            await asyncio.gather(*clients)
