"""A whole system in processes of its own, and all that it writes, sends or tells."""

import asyncio
import io
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from httpx import AsyncClient, Response
from rich.console import Console

from jinding import embedded
from jinding.databases import NAMES
from jinding.deploy.databases import connected
from jinding.embedded.place import find_place
from jinding.passwords import SUPERUSER, Passwords
from jinding.processes import SERVICES
from jinding.settings import METRICS_OFFSET, Settings
from jinding.system import System, running
from services.chassis.eventlog.embedded import EmbeddedLog
from services.chassis.privacy.vault import Vault
from services.chassis.session import dsn
from services.contracts.topics import TOPICS
from tests.jinding.deploy.test_inside import let_in
from tests.support.ports import free_ports

RECORDS = ("grid", "disputes", "inspection", "training")
DISTRICT, VILLAGE = "330703", "330703105291"
CASES, REQUESTS = "/v1/disputes/cases", "/v1/grid/subject-requests"


@dataclass
class Cage:
    """A running system, everything that it lets out, and how to call it."""

    system: System
    client: AsyncClient
    spans: list[bytes] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)

    async def call(
        self, role: str, method: str, path: str, body: Any = None, **how: Any
    ) -> Response:
        if role not in self.tokens:
            told = {"roles": role.split("+"), "areas": [DISTRICT], "subject": f"canary-{role}"}
            answer = await self.client.post("/dev/token", json=told)
            self.tokens[role] = answer.json()["access_token"]
        bearer = {"Authorization": f"Bearer {self.tokens[role]}"}
        headers = bearer | how.pop("headers", {})
        return await self.client.request(method, path, json=body, headers=headers, **how)

    async def done(self, role: str, method: str, path: str, body: Any = None, **how: Any) -> Any:
        answer = await self.call(role, method, path, body, **how)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    @property
    def server(self) -> embedded.Server:
        folder = self.system.settings.folder
        return embedded.Server(find_place(folder), Passwords(folder), adopted=True)

    def superuser(self, database: str) -> str:
        return self.server.url(SUPERUSER).replace("@/postgres?", f"@/{database}?")

    async def places(self, backup: Path) -> dict[str, bytes]:
        """Whatever could hold a trace, by its name."""
        folder, found = self.system.settings.folder, {}
        for name in NAMES:
            found[f"dump of {name}"] = await asyncio.to_thread(self._dump, name)
        found |= {f"topic {topic}": content for topic, content in (await self._topics()).items()}
        for file in (folder / "logs").glob("*.log"):
            found[f"log {file.name}"] = file.read_bytes()
        found["log of PostgreSQL"] = (self.server.place.data / "server.log").read_bytes()
        for service in SERVICES:
            port = self.system.settings.ports[service] + METRICS_OFFSET
            async with AsyncClient() as client:
                answer = await client.get(f"http://127.0.0.1:{port}/metrics")
            found[f"metrics of {service}"] = answer.content
        found["spans"] = b"".join(self.spans)
        await asyncio.to_thread(self._base_backup, backup)
        for file in backup.rglob("*"):
            if file.is_file():
                found[f"backup {file.relative_to(backup)}"] = file.read_bytes()
        return found

    def _dump(self, database: str) -> bytes:
        program = str(self.server.place.binaries / "pg_dump")
        done = subprocess.run([program, self.superuser(database)], check=True, capture_output=True)
        return done.stdout

    def _base_backup(self, to: Path) -> None:
        server = self.server
        program = str(server.place.binaries / "pg_basebackup")
        known = to.with_suffix(".pass")
        known.write_text(f"*:*:*:*:{server.passwords[SUPERUSER]}\n")
        known.chmod(0o600)
        how = ["-h", str(server.place.socket), "-U", SUPERUSER, "-w", "--checkpoint=fast"]
        environment = {"PGPASSFILE": str(known)}
        done = subprocess.run([program, *how, "-D", str(to)], check=False, env=environment)
        assert done.returncode == 0

    async def _topics(self) -> dict[str, bytes]:
        log = EmbeddedLog(dsn(self.system.databases.url("log")))
        await log.start()
        ends = {at: end for at, end in (await log.ends(TOPICS)).items() if end}
        reader, found = log.reader(), dict.fromkeys(TOPICS, b"")
        await reader.assign(dict.fromkeys(ends, 0))
        left = sum(ends.values())
        while left:
            for record in await reader.poll(1000, 5.0):
                headers = b"".join(name.encode() + value for name, value in record.headers)
                found[record.partition.topic] += record.key + headers + (record.value or b"")
                left -= 1
        await reader.close()
        await log.stop()
        return found

    async def opened(self) -> list[str]:
        """Every value that any person's row opens to."""
        vault, found = Vault(self.system.settings.keyring), list[str]()
        for service in RECORDS:
            async with connected(self.superuser(service)) as connection:
                rows = await connection.fetch(
                    "select p.*, k.key from person p left join person_key k on person_id = p.id"
                )
            for row in rows:
                found += vault.opened(row["id"], dict(row)).values()
        return found

    async def fetch(self, database: str, query: str, *arguments: Any) -> list[Any]:
        async with connected(self.superuser(database)) as connection:
            return list(await connection.fetch(query, *arguments))

    async def execute(self, database: str, statement: str, *arguments: Any) -> None:
        async with connected(self.superuser(database)) as connection:
            await connection.execute(statement, *arguments)

    async def kill(self, service: str) -> None:
        pid = self.system.supervisor.pid(service)
        assert pid
        os.kill(pid, signal.SIGKILL)


@asynccontextmanager
async def caged(folder: Path) -> AsyncIterator[Cage]:
    spans: list[bytes] = []

    async def take(request: web.Request) -> web.Response:
        spans.append(await request.read())
        return web.Response()

    collector = web.Application()
    collector.router.add_post("/v1/traces", take)
    ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
    async with TestServer(collector) as server:
        endpoint = f"http://127.0.0.1:{server.port}"
        named = {f"{name}_port": port for name, port in ports.items()}
        settings = Settings.model_validate(
            {"data_folder": folder, "otel_exporter_otlp_endpoint": endpoint, **named}
        )
        async with (
            running(settings, Console(file=io.StringIO())) as system,
            AsyncClient(base_url=settings.gateway_url, timeout=30) as client,
        ):
            cage = Cage(system, client, spans)
            async with connected(cage.superuser("postgres")) as connection:
                await let_in(connection, SUPERUSER)
            yield cage
