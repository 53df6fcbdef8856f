"""The grid service as a process of its own, on the database of one in this process: to be cut off and killed."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinding.processes import serving_process
from services.chassis.http.edge import PART
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER
from tests.gateway.raw import Answer, exchange, message
from tests.support.people import RED_MEMBER
from tests.support.ports import free_ports
from tests.support.running import Running, eventually


@dataclass
class Served:
    grid: Running
    port: int
    process: subprocess.Popen[bytes]

    def request(self, method: str, file: str, offset: int = 0, content: bytes = b"") -> bytes:
        headers: dict[str, Any] = {INTERNAL_TOKEN_HEADER: self.grid.signer.sign(RED_MEMBER)}
        if method == "PATCH":
            told = {"Upload-Offset": offset, "Content-Type": PART, "Content-Length": len(content)}
            headers |= told
        return message(method, f"/v1/grid/attachments/{file}", headers, content)

    async def told(self, request: bytes) -> Answer:
        return await exchange(f"http://127.0.0.1:{self.port}", request)

    async def send(self, file: str, offset: int, content: bytes) -> Answer:
        return await self.told(self.request("PATCH", file, offset, content))

    async def state(self, file: str) -> dict[str, Any]:
        answer = await self.told(self.request("GET", file))
        assert answer.status == 200, answer.body
        found: dict[str, Any] = json.loads(answer.body)
        assert answer.headers["upload-offset"] == str(found["received"])
        return found

    async def ready(self) -> None:
        async def listens() -> bool:
            assert self.process.poll() is None
            with suppress(OSError):
                probe = message("GET", "/readyz", {})
                return (await self.told(probe)).status == 200
            return False

        await eventually(listens, 60)

    def recoding(self) -> bool:
        """Whether it makes a photo anew just now."""
        with suppress(OSError):
            children = Path(
                f"/proc/{self.process.pid}/task/{self.process.pid}/children"
            ).read_text()
            told = [Path(f"/proc/{child}/cmdline").read_bytes() for child in children.split()]
            return any(b"photo.py" in command for command in told)
        return False

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def served(grid: Running) -> Iterator[Served]:
    [port] = free_ports(1)
    settings = grid.runtime.settings
    environment = {
        "ENVIRONMENT": "development",
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "EVENT_LOG_URL": settings.event_log_url.get_secret_value(),
        "INTERNAL_JWKS_FILE": str(settings.internal_jwks_file),
        "KEYRING_FILE": str(settings.keyring_file),
        "ATTACHMENTS": settings.attachments,
        "RUN_UPKEEP": "0",
        "RUN_RELAY": "0",
        "RUN_CONSUMERS": "0",
    }
    process = serving_process("grid", "services.grid.main:create", port, environment)
    told = os.environ | dict(process.environment)
    with subprocess.Popen(process.command, env=told, stdin=subprocess.PIPE) as running:
        try:
            yield Served(grid, port, running)
        finally:
            running.kill()


async def cut(port: int, request: bytes, at: int) -> None:
    """Send so many bytes of it, and be gone."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request[:at])
    with suppress(ConnectionError):
        await writer.drain()
    writer.transport.abort()
