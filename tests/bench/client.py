"""Sends load from a process of its own: `python -m tests.bench.client`, a plan on standard input, what was
measured on standard output."""

import asyncio
import itertools
import json
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import uvloop

from tests.bench.answers import first_answer
from tests.bench.figures import arrivals, percentile

HOST = "127.0.0.1"
UNIQUE = "@" * 20
"""Stands in a request for a number that no other request has."""
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Plan:
    """Each connection sends the requests of its stream, one after the other: until `seconds` are over, or
    (`once`) each of them once. With `rate`, requests are due at a rate instead, whatever the server does, and
    their time counts from when they were due."""

    port: int
    streams: Sequence[Sequence[str]]
    seconds: float = 0.0
    once: bool = False
    rate: float | None = None


@dataclass
class Run:
    """What the connections share."""

    plan: Plan
    numbers: Iterator[int]
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    refused: str = ""

    def answered(self, status: int, seconds: float, content: bytes) -> None:
        self.latencies.append(seconds)
        self.statuses[status] += 1
        if status >= 400 and not self.refused:
            self.refused = content.decode(errors="replace")[-500:]


def requests_of(stream: Sequence[str], run: Run) -> Iterator[bytes]:
    parts = [text.encode().split(UNIQUE.encode()) for text in stream]
    if run.plan.once:
        parts_in_order: Iterator[list[bytes]] = iter(parts)
    else:
        parts_in_order = itertools.cycle(parts)
    for pieces in parts_in_order:
        yield pieces[0] if len(pieces) == 1 else (b"%020d" % next(run.numbers)).join(pieces)


class Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way; a server that closes is called again."""

    def __init__(self, run: Run, stream: Sequence[str]) -> None:
        self.run, self.requests = run, requests_of(stream, run)
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received, self.since, self.closing = b"", 0.0, False

    async def open(self) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, HOST, self.run.plan.port)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        if not self.ready.done():
            self.ready.set_result(None)
        else:
            self.next()

    def next(self) -> None:
        """Send the next request, if there is one."""
        request = next(self.requests, None)
        if request is None or (not self.run.plan.once and time.perf_counter() >= self.until):
            self.done.set_result(None)
        else:
            self.send(request, time.perf_counter())

    def send(self, request: bytes, due: float) -> None:
        self.since = due
        self.transport.write(request)

    def start(self, until: float) -> None:
        self.until = until
        self.next()

    def data_received(self, data: bytes) -> None:
        self.received = self.received + data if self.received else data
        answer = first_answer(self.received)
        if answer is None:
            return
        now = time.perf_counter()
        self.run.answered(answer.status, now - self.since, self.received)
        self.received, self.closing = self.received[answer.size :], answer.closes
        if not answer.closes:
            self.free()

    def free(self) -> None:
        self.next()

    def close(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
        self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if self.closing:
            self.closing = False
            self.opening = asyncio.ensure_future(self.open())
        elif not self.done.done():
            self.done.set_exception(ConnectionError(f"closed in the middle: {error}"))


class Due(Connection):
    """Takes what is due as soon as it is free; what waits meanwhile, waits on its own time."""

    waiting: deque[float]
    idle: deque["Due"]

    def free(self) -> None:
        if self.waiting:
            self.send(next(self.requests), self.waiting.popleft())
        else:
            self.idle.append(self)

    def next(self) -> None:
        self.free()


async def at_rate(run: Run, rate: float, connections: Sequence[Due]) -> None:
    waiting, idle = deque[float](), deque(connections)
    for connection in connections:
        connection.waiting, connection.idle = waiting, idle
    began, schedule = time.perf_counter(), arrivals(rate, run.plan.seconds, seed=1)
    for due in schedule:
        moment = began + due
        if (wait := moment - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        if idle:
            free = idle.popleft()
            free.send(next(free.requests), moment)
        else:
            waiting.append(moment)
    while len(run.latencies) < len(schedule):
        if time.perf_counter() > began + run.plan.seconds + PATIENCE_SECONDS:
            raise TimeoutError("not answered in time")
        await asyncio.sleep(0.01)


async def carried_out(plan: Plan) -> dict[str, Any]:
    run = Run(plan, itertools.count(time.time_ns()))
    kind = Connection if plan.rate is None else Due
    connections = [kind(run, stream) for stream in plan.streams]
    await asyncio.gather(*(connection.open() for connection in connections))
    began, used = time.perf_counter(), time.process_time()
    if plan.rate is None:
        for connection in connections:
            connection.start(began + plan.seconds)
        await asyncio.gather(*(connection.done for connection in connections))
    else:
        await at_rate(run, plan.rate, cast(Sequence[Due], connections))
    seconds = time.perf_counter() - began
    for connection in connections:
        connection.close()
    shares = {"p50": 0.5, "p99": 0.99, "p999": 0.999}
    return {
        "seconds": seconds,
        "statuses": run.statuses,
        "refused": run.refused,
        "cpu_share": (time.process_time() - used) / seconds,
        "milliseconds": {
            name: 1000 * percentile(run.latencies, share) for name, share in shares.items()
        },
    }


if __name__ == "__main__":
    print(json.dumps(uvloop.run(carried_out(Plan(**json.load(sys.stdin))))))
