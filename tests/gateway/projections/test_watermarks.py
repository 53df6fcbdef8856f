"""What is written down of a service that does not answer, or whose log does not."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from prometheus_client import REGISTRY

from services.chassis.eventlog.port import Partition
from services.chassis.identity.internal_token import Signer
from services.gateway.projections import snapshots, watermarks
from services.gateway.projections.registry import SERVICES
from services.gateway.projections.snapshots import Services
from services.gateway.projections.watermarks import Watermarks
from tests.gateway.projections.histories import START
from tests.gateway.projections.projecting import Projecting
from tests.support.running import Keys

TOPIC = "jinding.grid.report.v1"
STORED = "select as_of, reason from watermark where service = 'grid'"

DEAD = """
    insert into dead_letter (id, consumer, topic, partition, "offset", key, headers, reason, parked_at,
                             settled_at)
    select gen_random_uuid(), 'gateway-projection', 'jinding.grid.report.v1', 0, n, 'k', '{}', 'x', now(),
           case when n > 3 then now() end from generate_series(1, 5) n"""


def told(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


class Log:
    """Ends nowhere, or never says where."""

    def __init__(self, hangs: bool) -> None:
        self.hangs = hangs

    async def ends(self, topics: Iterable[str]) -> dict[Partition, int]:
        if self.hangs:
            await asyncio.Event().wait()
        return {}


@pytest.mark.parametrize(
    ("service_hangs", "log_hangs", "stopped", "reason"),
    [
        (False, False, False, None),
        (True, False, False, "service_unreachable"),
        (False, True, False, "event_log_unreachable"),
        (False, False, True, "reading_stopped"),
    ],
)
async def test_a_round_ends_in_time_and_says_what_hung(
    gateway: Projecting,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    service_hangs: bool,
    log_hangs: bool,
    stopped: bool,
    reason: str | None,
) -> None:
    async def answer(_: web.Request) -> web.Response:
        if service_hangs:
            await asyncio.sleep(5)
        return web.json_response({"published_through": START.isoformat(), "epoch": 1})

    if stopped:
        await gateway.fetch(
            "update consumer_offset set stopped_at = $1 where topic = $2", START, TOPIC
        )
    monkeypatch.setattr(snapshots, "WATERMARK", aiohttp.ClientTimeout(total=0.3))
    monkeypatch.setattr(watermarks, "LOG_SECONDS", 0.3)
    app = web.Application()
    app.router.add_get("/internal/watermark", answer)
    log: Any = Log(log_hangs)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        urls: dict[str, str] = dict.fromkeys(SERVICES, str(server.make_url("")).rstrip("/"))
        services = Services(session, Signer(Keys.at(tmp_path).private), urls)
        async with asyncio.timeout(3):
            await Watermarks(gateway.database, log, services)._advance("grid")
    assert await gateway.fetch(STORED) == [(None if reason else START, reason)]
    assert told("consumer_stopped_partitions", consumer="gateway-projection-grid") == 12 * stopped
    assert told("dead_letters_open", consumer="gateway-projection-grid") == 0
    if not reason:
        assert told("projection_as_of_timestamp_seconds", of="grid") == START.timestamp()


async def test_open_dead_letters_are_told_by_the_service_that_published_them(
    gateway: Projecting,
) -> None:
    await gateway.fetch(DEAD)
    marks: Any = Watermarks(gateway.database, Log(False), None)  # type: ignore[arg-type]
    for service in SERVICES:
        await marks._store(service, None, "projection_behind")
    counts = [told("dead_letters_open", consumer=f"gateway-projection-{s}") for s in SERVICES]
    assert counts == [3.0 if service == "grid" else 0.0 for service in SERVICES]
