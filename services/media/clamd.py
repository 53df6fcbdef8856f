"""The scan by ClamAV's daemon, where one is named: its command INSTREAM over a socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

SECONDS = 60.0


class ScannerUnavailable(Exception):
    """It does not answer, or not as it should."""


async def infected(address: str, content: AsyncIterator[bytes]) -> bool:
    """Whether the daemon at `address` (a socket's path, or host:port) finds something in it."""
    try:
        async with asyncio.timeout(SECONDS):
            answer = await _answer(address, content)
    except (OSError, ValueError, asyncio.IncompleteReadError) as error:
        raise ScannerUnavailable from error
    if not answer.endswith((b" FOUND\0", b": OK\0")):
        raise ScannerUnavailable(answer)
    return answer.endswith(b" FOUND\0")


async def _answer(address: str, content: AsyncIterator[bytes]) -> bytes:
    host, _, port = address.rpartition(":")
    unix = asyncio.open_unix_connection(address) if "/" in address else None
    reader, writer = await (unix or asyncio.open_connection(host, int(port)))
    try:
        with suppress(ConnectionError):  # it may have heard enough; its answer says so
            writer.write(b"zINSTREAM\0")
            async for chunk in content:
                writer.write(len(chunk).to_bytes(4, "big") + chunk)
                await writer.drain()
            writer.write(bytes(4))
            await writer.drain()
        return await reader.readuntil(b"\0")
    finally:
        writer.close()
