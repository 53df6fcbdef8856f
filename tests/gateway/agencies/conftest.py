from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.chassis.eventlog.port import EventLog
from services.gateway.agencies.partners import Partners
from tests.chassis.eventlog.adapters import Adapter
from tests.gateway.agencies.feeding import Fed, feeding
from tests.gateway.agencies.pushing import Pushing, pushing
from tests.gateway.agencies.receiving import Receiver, reach_the_loopback, receiving
from tests.gateway.agencies.streaming import Streaming
from tests.gateway.projections.projecting import Projecting
from tests.support.auditing import audit_of
from tests.support.postgres import FreshDatabases


@pytest.fixture
async def fed(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Fed]:
    async with feeding(fresh_database, tmp_path) as made:
        yield made


@pytest.fixture
async def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Receiver]:
    reach_the_loopback(monkeypatch)
    async with receiving(tmp_path) as made:
        yield made


@pytest.fixture
def push(gateway: Projecting, receiver: Receiver) -> Pushing:
    return pushing(gateway, receiver)


@pytest.fixture
async def streaming(gateway: Projecting, adapter: Adapter, log: EventLog) -> Streaming:
    url = gateway.database.engine.url.render_as_string(hide_password=False)
    return Streaming(url, gateway, Partners(audit_of(gateway.database), "tester"), adapter, log)
