"""That it is not the client that is measured: what it takes from a server that only answers."""

import asyncio
import sys

from tests.bench.bench import Bench
from tests.bench.figures import Row
from tests.bench.load import UNIQUE, Plan, request, sent
from tests.support.ports import free_ports
from tests.support.waiting import listening

CONNECTIONS = 16


async def measure(bench: Bench) -> list[Row]:
    (port,) = free_ports(1)
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.baselines.sockets", str(port)
    )
    text = request("GET", "/", {"Idempotency-Key": UNIQUE})

    async def answers() -> float:
        return (await sent(Plan(port, [[text]] * CONNECTIONS, bench.seconds), 200)).rate

    try:
        await listening(port)
        found = await bench.interleaved("client", {"answers": answers})
    finally:
        server.kill()
        await server.wait()
    told = "answers a second from a server that only answers; one core each"
    return [Row("client: what it can take at most", found["answers"], told=told)]
