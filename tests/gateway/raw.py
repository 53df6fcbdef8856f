"""HTTP written by hand, for what a client library would tidy up."""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


async def exchange(url: str, request: bytes) -> Answer:
    """Send `request` as it is (the connection is closed afterwards) and read the answer."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:] if line)}
        length = 0 if request.startswith(b"HEAD") else int(headers.get("content-length", 0))
        return Answer(int(head[0].split()[1]), headers, await reader.readexactly(length))
    finally:
        writer.close()


def message(method: str, target: str, headers: dict[str, Any], body: bytes = b"") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
