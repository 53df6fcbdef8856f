"""Where a scanner is named, nothing is whole that it has not seen."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tests.support.files import PDF, declaring, part, sent
from tests.support.grid import reported
from tests.support.people import RED_MEMBER
from tests.support.running import Running

VIRUS = b"%PDF- EICAR startxref 0 %%EOF"


@asynccontextmanager
async def clamd(answer: bytes | None = None) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Speaks as ClamAV's daemon does; the socket, and all that it was told. `answer`: what it always says."""
    heard: list[bytes] = []

    async def scan(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(length)
        heard.append(content)
        found = b"stream: Eicar FOUND\0" if b"EICAR" in content else b"stream: OK\0"
        writer.write(found if answer is None else answer)
        writer.close()

    path = str(Path(mkdtemp()) / "clamd")
    async with await asyncio.start_unix_server(scan, path):
        yield path, heard


async def told_of(grid: Running, content: bytes) -> dict[str, Any]:
    file = declaring(content, "application/pdf")
    await reported(grid, attachments=[file])
    return await sent(grid, RED_MEMBER, file["id"], content)


async def test_the_scanner_sees_every_byte(grid: Running) -> None:
    async with clamd() as (path, heard):
        grid.runtime.settings.clamd = path
        assert (await told_of(grid, PDF))["state"] == "COMPLETE"
        assert heard == [PDF]


async def test_what_it_finds_something_in_is_refused(grid: Running) -> None:
    async with clamd() as (path, _):
        grid.runtime.settings.clamd = path
        told = await told_of(grid, VIRUS)
    assert (told["state"], told["reason"]) == ("REFUSED", "infected")


async def test_without_its_word_nothing_is_whole(grid: Running) -> None:
    grid.runtime.settings.clamd = "/nowhere/clamd"
    content = PDF
    file = declaring(content, "application/pdf")
    await reported(grid, attachments=[file])
    for address in ("/nowhere/clamd", "127.0.0.1:9", "nonsense"):
        grid.runtime.settings.clamd = address
        told = await sent(grid, RED_MEMBER, file["id"], content)
        assert (told["state"], told["reason"]) == ("DECLARED", "waits_for_scan"), address
    for answer in (b"", b"INSTREAM size limit exceeded. ERROR\0"):
        async with clamd(answer) as (path, _):
            grid.runtime.settings.clamd = path
            told = (await part(grid, RED_MEMBER, file["id"], len(content), b"")).json()
            assert (told["state"], told["reason"]) == ("DECLARED", "waits_for_scan")
    async with clamd() as (path, _):
        grid.runtime.settings.clamd = path
        answered = await part(grid, RED_MEMBER, file["id"], len(content), b"")
        assert answered.json()["state"] == "COMPLETE"
