"""The whole system after the founding article's year, as `make demo` leaves it, and how to ask it."""

import asyncio
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from jinding.embedded.place import find_place
from jinding.embedded.programs import postmaster
from services.chassis.identity.caller import Caller
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER, Signer
from tests.bench.processes import megabytes, services
from tests.proof.played import Played, playing

# Many thousand requests a second come from few subjects here; they are counted all the same.
LIMITS = {f"RATE_LIMIT_{kind}": "100000000" for kind in ("READ", "WRITE")}


@dataclass
class Year:
    """`seconds`: from the start of `make demo` on nothing until the year was played and its figures read."""

    played: Played
    seconds: float
    told: Mapping[str, Any]

    @property
    def ports(self) -> dict[str, int]:
        return self.played.ports

    def pids(self) -> dict[str, int]:
        return services(self.played.process.pid) | {
            "postgres": postmaster(find_place(self.played.data)) or 0
        }

    def memory(self) -> dict[str, float]:
        """Megabytes (PSS) of each service, its relay within."""
        return {name: megabytes(pid) for name, pid in services(self.played.process.pid).items()}

    async def bearer(self, *roles: str, areas: tuple[str, ...]) -> dict[str, str]:
        return await self.played.token(*roles, areas=areas)

    def internal(self, caller: Caller) -> dict[str, str]:
        key = self.played.data / "keys" / "internal.private.json"
        return {INTERNAL_TOKEN_HEADER: Signer(key).sign(caller)}

    async def jinding(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command beside the running system."""
        return await asyncio.to_thread(self.played.jinding, *arguments)

    async def fetch(self, database: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
        return await self.played.fetch(database, query, *arguments)

    async def grids(self, count: int) -> list[str]:
        rows = await self.fetch(
            "grid",
            "select area_code from area where length(area_code) = 15 order by 1 limit $1",
            count,
        )
        return [row["area_code"] for row in rows]


@asynccontextmanager
async def played() -> AsyncIterator[Year]:
    with tempfile.TemporaryDirectory(prefix="jinding-bench-", dir=Path.cwd() / "build") as folder:
        began = time.monotonic()
        async with playing(Path(folder), **LIMITS) as system:
            told = await system.finished()
            yield Year(system, time.monotonic() - began, told)
