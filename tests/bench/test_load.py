"""The client against a server of its own: that it counts, times and tells what it should."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests.bench.client import Plan, carried_out
from tests.bench.load import UNIQUE, Refused, request, sent

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
Answering = Callable[[bytes], Awaitable[bytes]]


@asynccontextmanager
async def serving(answer: Answering) -> AsyncIterator[int]:
    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b"":
            told = await answer(head)
            writer.write(told)
            await writer.drain()
            if b"close" in told:
                break
        writer.close()

    async def until_closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await converse(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(until_closed, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_each_request_of_a_stream_is_sent_once_and_in_order() -> None:
    heads = []

    async def answer(head: bytes) -> bytes:
        heads.append(head.split(b" ")[1])
        return OK

    async with serving(answer) as port:
        stream = [request("GET", f"/{n}") for n in range(5)]
        told = await carried_out(Plan(port, [stream], once=True))
    assert heads == [b"/0", b"/1", b"/2", b"/3", b"/4"]
    assert told["statuses"] == {200: 5}


async def test_every_request_has_a_number_of_its_own() -> None:
    keys = []

    async def answer(head: bytes) -> bytes:
        keys.append(head.partition(b"Key: ")[2][:20])
        return OK

    async with serving(answer) as port:
        plan = Plan(port, [[request("GET", "/", {"Key": UNIQUE})] * 20] * 3, once=True)
        await carried_out(plan)
    assert len(set(keys)) == 60
    assert all(key.isdigit() for key in keys)


async def test_a_server_that_closes_is_called_again() -> None:
    async def answer(head: bytes) -> bytes:
        return OK.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n")

    async with serving(answer) as port:
        told = await carried_out(Plan(port, [[request("GET", "/")] * 4], once=True))
    assert told["statuses"] == {200: 4}


async def test_at_a_rate_waiting_counts_from_when_the_request_was_due() -> None:
    """A server that stops for a while delays all that are due meanwhile: none of it may be left out."""
    paused = False

    async def answer(head: bytes) -> bytes:
        nonlocal paused
        if not paused:
            paused = True
            await asyncio.sleep(0.7)
        return OK

    async with serving(answer) as port:
        plan = Plan(port, [[request("GET", "/")]], seconds=1, rate=200)
        told = await carried_out(plan)
    assert told["statuses"][200] > 150
    assert told["milliseconds"]["p999"] > 600
    assert told["milliseconds"]["p50"] > 100  # most were due during the pause


async def test_without_a_rate_the_same_pause_hits_one_request_only() -> None:
    began = time.monotonic()

    async def answer(head: bytes) -> bytes:
        if time.monotonic() - began < 0.1:
            await asyncio.sleep(0.3)
        return OK

    async with serving(answer) as port:
        told = await carried_out(Plan(port, [[request("GET", "/")]], seconds=1))
    assert told["milliseconds"]["p50"] < 50


async def test_another_status_than_expected_measures_nothing() -> None:
    async def answer(head: bytes) -> bytes:
        return b"HTTP/1.1 409 Conflict\r\ncontent-length: 6\r\n\r\ntwice!"

    async with serving(answer) as port:
        with pytest.raises(Refused, match=r"(?s)409.*twice!"):
            await sent(Plan(port, [[request("GET", "/")]], once=True), 200)
