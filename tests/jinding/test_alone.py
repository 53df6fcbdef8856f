"""A part of a service as a process of its own, in production, with nothing but the service's settings."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from jinding.alone import run_alone
from jinding.refusal import Refusal
from services.chassis.eventlog.port import Partition
from services.chassis.migrations import upgrade
from services.chassis.session import dsn
from services.contracts.disputes import CaseEnded
from services.contracts.grid import ReportFact
from services.gateway.projections.registry import SERVICES
from services.training.main import DEFINITION
from tests.support.grid import reported, running_grid
from tests.support.postgres import FreshDatabases
from tests.support.running import Keys, Running, eventually, fresh_log


@contextmanager
def alone(part: str, service: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "jinding", part, service]
    with subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
async def log_url(fresh_database: FreshDatabases) -> str:
    return await fresh_log(fresh_database)


def environment(url: str, log_url: str, folder: Path) -> dict[str, str]:
    return {
        "ENVIRONMENT": "production",
        "DATABASE_URL": url,
        "EVENT_LOG_URL": log_url,
        "INTERNAL_JWKS_FILE": str(Keys.at(folder).public),
        "KEYRING_FILE": str(Keys.at(folder).keyring),
    }


def with_a_password_file(given: dict[str, str], folder: Path) -> dict[str, str]:
    """As in a container: no password is in the address."""
    address = given["DATABASE_URL"]
    password = str(make_url(address).password)
    (folder / "password").write_text(password)
    return given | {
        "DATABASE_URL": address.replace(f":{password}@", "@"),
        "DATABASE_PASSWORD_FILE": str(folder / "password"),
    }


async def none_left(grid: Running) -> bool:
    return await grid.fetch("select from unpublished") == []


@pytest.mark.proof
async def test_a_relay_of_its_own_publishes_until_it_is_told_to_end(
    fresh_database: FreshDatabases, log_url: str, tmp_path: Path
) -> None:
    async with running_grid(fresh_database, tmp_path, log_url=log_url) as grid:
        given = environment(grid.database_url, log_url, tmp_path)
        with alone("relay", "grid", **with_a_password_file(given, tmp_path)) as process:
            await reported(grid)
            await eventually(lambda: none_left(grid), 30)
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        ends = await grid.runtime.log.ends([ReportFact.topic])
        assert sum(ends.values()) == 1
        await reported(grid)
        assert not await none_left(grid)


@pytest.mark.proof
async def test_a_consumer_of_its_own_reads(
    fresh_database: FreshDatabases, log_url: str, tmp_path: Path
) -> None:
    async with running_grid(fresh_database, tmp_path, log_url=log_url) as grid:
        given = environment(grid.database_url, log_url, tmp_path)
        with alone("consume", "grid", **given):

            async def owned() -> bool:
                rows = await grid.fetch("select topic, partition from consumer_offset")
                return Partition(CaseEnded.topic, 11) in [tuple(row) for row in rows]

            await eventually(owned, 30)


@pytest.mark.proof
async def test_the_gateways_reader_of_its_own_folds_until_it_is_told_to_end(
    fresh_database: FreshDatabases, tmp_path: Path
) -> None:
    log_url = await fresh_log(fresh_database)
    async with running_grid(fresh_database, tmp_path, log_url=log_url, run_relay=True) as grid:
        url = await _gateway_database(fresh_database)
        given = environment(url, log_url, tmp_path) | {
            "INTERNAL_KEY_FILE": str(Keys.at(tmp_path).private),
            "SERVICE_URLS": json.dumps(dict.fromkeys(SERVICES, "http://127.0.0.1:9")),
            "OIDC_ISSUER": "https://issuer.example",
        }
        connection = await asyncpg.connect(dsn(url))
        with alone("consume", "gateway", **given) as process:
            await reported(grid)

            [(published,)] = await grid.fetch("select count(*) from outbox")

            async def read() -> bool:  # by two readers, each its own partitions
                found = await connection.fetchval("select count(*) from archive")
                return int(found) == int(published)

            await eventually(read, 30)
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        assert await connection.fetch("select from card where noun = 'report'")
        await connection.close()


async def _gateway_database(fresh_database: FreshDatabases) -> str:
    async def prepare(url: str) -> None:
        await upgrade("gateway", url)

    return await fresh_database(template="template_gateway", prepare=prepare)


async def test_what_runs_alone_needs_the_settings_of_its_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(Refusal, match="settings are wrong: DATABASE_URL"):
        await run_alone("grid", "relay")
    with pytest.raises(Refusal, match="no events to publish"):
        await run_alone("gateway", "relay")
    monkeypatch.setattr(DEFINITION, "subscriptions", {})
    with pytest.raises(Refusal, match="training reads no events"):
        await run_alone("training", "consume")
