"""`jinding demo` as a person runs it: a process of its own, its data kept in a folder of the test."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from httpx import AsyncClient

from jinding import embedded
from jinding.demo.year import CODE
from jinding.demo.year import SERVICES as RECORDS
from jinding.embedded.place import find_place
from jinding.passwords import Passwords
from jinding.processes import SERVICES
from tests.support.ports import free_ports
from tests.support.waiting import until

SCALE = float(os.environ.get("PROOF_SCALE", "1"))
PLAY_SECONDS = 300.0
JINDING = Path(sys.executable).with_name("jinding")


@dataclass
class Played:
    """A demo that runs in `folder`; its result is there as soon as the year is played."""

    folder: Path
    ports: dict[str, int]
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    client: AsyncClient

    @property
    def data(self) -> Path:
        return self.folder / "data" / ("demo" if SCALE == 1 else f"demo-{SCALE:g}")

    @property
    def result(self) -> Path:
        return self.folder / "build" / "demo.json"

    def pid(self, service: str) -> int | None:
        """The process that serves `service` now."""
        pattern = f"services.{service}.main:create --host 127.0.0.1 --port {self.ports[service]} "
        found = subprocess.run(["pgrep", "-f", pattern], capture_output=True, check=False)
        return int(found.stdout.split()[0]) if found.stdout.strip() else None

    def processes(self) -> list[int]:
        return [pid for service in SERVICES if (pid := self.pid(service))]

    async def finished(self) -> dict[str, Any]:
        def done() -> bool:
            assert self.process.poll() is None, (self.folder / "out").read_text()[-2000:]
            return self.result.exists() and self.result.stat().st_size > 0

        await until(done, PLAY_SECONDS)
        told: dict[str, Any] = json.loads(self.result.read_text())
        return told

    async def fetch(self, database: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
        url = self.database_url(database)
        connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(url)
        try:
            return list(await connection.fetch(query, *arguments))
        finally:
            await connection.close()

    def database_url(self, database: str) -> str:
        server = embedded.Server(find_place(self.data), Passwords(self.data), adopted=True)
        return server.url("postgres").replace("@/postgres?", f"@/{database}?")

    async def written(self) -> int:
        """How many operations the services have done."""
        try:
            counts = [await self.fetch(name, "select count(*) from answer") for name in RECORDS]
        except (OSError, asyncpg.PostgresError):
            return 0
        return sum(rows[0][0] for rows in counts)

    async def token(self, *roles: str, areas: tuple[str, ...] = (CODE,)) -> dict[str, str]:
        body = {"roles": list(roles), "areas": list(areas), "subject": f"proof-{roles[0]}"}
        answer = await self.client.post("/dev/token", json=body)
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    async def dashboard(self, headers: Mapping[str, str], area: str, **query: Any) -> Any:
        path = f"/v1/areas/{area}/dashboard"
        answer = await self.client.get(path, headers=headers, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def jinding(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command beside the running system."""
        return self.jinding_with({"DATA_FOLDER": str(self.data)}, *arguments)

    def jinding_with(
        self, settings: Mapping[str, str], *arguments: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [JINDING, *arguments],
            cwd=self.folder,
            env=self.environment | dict(settings),
            capture_output=True,
            text=True,
            check=False,
        )

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


@asynccontextmanager
async def playing(folder: Path, **settings: str) -> AsyncIterator[Played]:
    """A demo that has been started, and is stopped at the end."""
    ports: dict[str, int] = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
    named = {f"{name.upper()}_PORT": str(port) for name, port in ports.items()}
    scale = {"SCALE": f"{SCALE:g}", "KEEP": "1", "DATA_FOLDER": str(folder / "data")}
    environment = {**os.environ, **named, **scale, **settings}
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(
            [JINDING, "demo"], cwd=folder, env=environment, stdout=out, stderr=out
        )
    url = f"http://127.0.0.1:{ports['gateway']}"
    try:
        async with AsyncClient(base_url=url, timeout=30, trust_env=False) as client:
            yield Played(folder, ports, environment, process, client)
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 60)
        settings_of_clean = environment | {"DATA_FOLDER": str(folder / "data")}
        subprocess.run([JINDING, "clean"], cwd=folder, env=settings_of_clean, check=True)
