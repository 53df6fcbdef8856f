"""A receiver of notices: https on the loopback, by an authority of its own."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jinding.secrets.certificates import authority, issue, new_key
from services.gateway.agencies import addresses, outward
from services.gateway.agencies.addresses import PushSettings

HOST = "receiver.test"
LOOPBACK = "127.0.0.0/8"
ENDLESS = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"ffff\r\n" + b"x" * 0xFFFF


@dataclass
class Received:
    headers: dict[str, str]
    body: bytes
    name: str | None
    """That the connection was made for."""


@dataclass
class Receiver:
    """`answers` are given one by one, then 204: a status, or the bytes of an answer, or an event to be waited for."""

    folder: Path
    port: int = 0
    answers: list[int | bytes | asyncio.Event] = field(default_factory=list)
    got: list[Received] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}/news?of=jinding"

    def settings(self, **more: Any) -> PushSettings:
        told = {"push_ports": (self.port,), "push_networks": (LOOPBACK,), "push_seconds": 0.001}
        return PushSettings(**{**told, "push_ca_file": self.folder / "ca.pem", **more})

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            told = [line.split(": ", 1) for line in head[1:] if line]
            headers = {name.lower(): value for name, value in told}
            headers["path"] = head[0].split()[1]
            body = await reader.readexactly(int(headers["content-length"]))
            self.got.append(Received(headers, body, self.names[-1]))
            answer = self.answers.pop(0) if self.answers else 204
            if isinstance(answer, asyncio.Event):
                await answer.wait()
                answer = 204
            if isinstance(answer, int):
                answer = f"HTTP/1.1 {answer} X\r\nlocation: {self.url}\r\ncontent-length: 0\r\n\r\n".encode()
            writer.write(answer)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def receiving(folder: Path, host: str = HOST) -> AsyncIterator[Receiver]:
    receiver, at = Receiver(folder), datetime.now(UTC)
    key = new_key()
    ca = authority(key, at)
    (folder / "ca.pem").write_text(ca)
    (folder / "tls.pem").write_text(issue(key, ca, "Receiver", host, at))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "tls.pem")
    context.sni_callback = lambda _, name, __: receiver.names.append(name)
    server = await asyncio.start_server(receiver._answer, "127.0.0.1", 0, ssl=context)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()


async def leads_here(name: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def reach_the_loopback(patch: pytest.MonkeyPatch) -> None:
    """The one network that no setting opens is all that a test has."""
    patch.setattr(addresses, "NEVER", [])
    patch.setattr(outward, "resolved", leads_here)
