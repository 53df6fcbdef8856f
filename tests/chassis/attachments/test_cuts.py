"""The connection is cut again and again, and the service is killed: a file is whole, or openly missing."""

import asyncio
import json
import random
from typing import Any

import pytest

from tests.chassis.attachments.serving import Served, cut, served
from tests.support.files import MAKER, PDF, asked, declaring, photo
from tests.support.grid import reported, shown
from tests.support.people import RED_MEMBER
from tests.support.running import Running, eventually

pytestmark = pytest.mark.proof

CUTS = 200
LENGTH = 1 << 16
Sent = dict[str, tuple[dict[str, Any], bytes]]


async def declared(grid: Running, contents: list[tuple[bytes, str]]) -> tuple[Any, Sent]:
    """The receipt of a report, and its files by id."""
    files = [declaring(content, media_type) for content, media_type in contents]
    receipt = await reported(grid, attachments=files)
    pairs = zip(files, contents, strict=True)
    return receipt, {file["id"]: (file, content) for file, (content, _) in pairs}


async def on(server: Served, file: str, content: bytes) -> dict[str, Any]:
    """Send what is left of it, asking first where to go on, as an app does."""
    state = await server.state(file)
    while state["state"] in ("DECLARED", "REFUSED"):
        offset = state["received"]
        answer = await server.send(file, offset, content[offset : offset + LENGTH])
        assert answer.status == 200, answer.body
        state = json.loads(answer.body)
        assert state["state"] != "REFUSED", state
    return state


async def require_whole(grid: Running, receipt: Any, sent: Sent) -> None:
    """Every file is exactly what was sent, but that a photo says no longer who made it."""
    assert (await shown(grid, receipt))["missing"] == []
    for id, (file, content) in sent.items():
        answer = await asked(grid, RED_MEMBER, id, "/content")
        if file["kind"] == "DOCUMENT":
            assert answer.content == content
        assert MAKER.encode() not in answer.content


async def test_two_hundred_cuts_leave_each_file_whole_or_openly_missing(grid: Running) -> None:
    chance = random.Random(20)
    documents = [(PDF * chance.randint(1, 3), "application/pdf") for _ in range(10)]
    photos = [(photo(size=(900, 700), noise=n), "image/jpeg") for n in range(1, 5)]
    receipt, sent = await declared(grid, documents + photos)
    with served(grid) as server:
        await server.ready()
        for _ in range(CUTS):
            file = chance.choice([*sent])
            content = sent[file][1]
            offset = (await server.state(file))["received"]
            part = content[offset : offset + chance.choice((LENGTH, LENGTH + 9_999, 2 * LENGTH))]
            request = server.request("PATCH", file, offset, part)
            if chance.random() < 0.2:
                await server.told(request)
            await cut(server.port, request, chance.randint(0, len(request)))
        detail = await shown(grid, receipt)
        states = {told["id"]: told["state"] for told in detail["attachments"]}
        assert set(states.values()) <= {"DECLARED", "COMPLETE"}
        assert {*detail["missing"]} == {id for id, told in states.items() if told == "DECLARED"}
        assert detail["missing"] != []
        for id, (_, content) in sent.items():
            assert (await on(server, id, content))["state"] == "COMPLETE"
    await require_whole(grid, receipt, sent)


async def test_a_service_that_is_killed_while_parts_come_goes_on_after_it(grid: Running) -> None:
    chance = random.Random(21)
    receipt, sent = await declared(grid, [(PDF * 4, "application/pdf")])
    [(file, (_, content))] = sent.items()
    for _ in range(3):
        with served(grid) as server:
            await server.ready()
            state = await server.state(file)
            for _ in range(chance.randint(1, 3)):
                offset = state["received"]
                part = content[offset : offset + LENGTH]
                state = json.loads((await server.send(file, offset, part)).body)
            offset = state["received"]
            request = server.request("PATCH", file, offset, content[offset : offset + LENGTH])
            await cut(server.port, request, chance.choice((len(request) // 2, len(request))))
            server.kill()
    with served(grid) as server:
        await server.ready()
        assert (await on(server, file, content))["state"] == "COMPLETE"
    await require_whole(grid, receipt, sent)


async def test_a_service_that_is_killed_while_it_makes_a_photo_anew_does_so_after_it(
    grid: Running,
) -> None:
    content = photo(size=(4_400, 4_400))
    assert len(content) < 1 << 20
    receipt, sent = await declared(grid, [(content, "image/jpeg")])
    [file] = sent
    with served(grid) as server:
        await server.ready()
        sending = asyncio.create_task(server.send(file, 0, content))

        async def recoding() -> bool:
            return server.recoding()

        await eventually(recoding, 20)
        server.kill()
        await asyncio.wait([sending])
        assert sending.exception() is not None
    state = (await asked(grid, RED_MEMBER, file)).json()
    assert (state["state"], state["received"]) == ("DECLARED", len(content))
    assert (await shown(grid, receipt))["missing"] == [file]
    with served(grid) as server:
        await server.ready()
        answer = await server.send(file, len(content), b"")
        assert json.loads(answer.body)["state"] == "COMPLETE"
    await require_whole(grid, receipt, sent)
