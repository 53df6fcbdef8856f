"""Services and gateway whose databases go back to an earlier instant, while the log goes on or is lost as well."""

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from jinding.deploy.databases import PUBLISHING, connected, prepare
from jinding.deploy.restored import MARKER, begin_epoch
from jinding.refusal import Refusal
from services.chassis.eventlog.embedded import EmbeddedLog
from services.chassis.session import dsn
from services.contracts.disputes import case_id_of
from services.gateway.projections.rebuild import verify
from tests.gateway.district import GRID
from tests.support.grid import AREAS, REPORT
from tests.support.postgres import FreshDatabases, running_test_server
from tests.support.running import eventually, fresh_log
from tests.support.stack import Stack, stack

NAMES = "grid", "disputes"
RESTORE = "20261129T000000Z"


async def referred(system: Stack, id_: UUID) -> None:
    """A dispute is reported and accepted, which makes a case; it is published."""
    token = await system.token("district_operator", "red_grid_member")
    body = REPORT | {"id": str(id_), "area_code": GRID, "category": "DISPUTE"}
    filed = await system.call(token, "POST", "/v1/grid/reports", body)
    assert filed.status_code == 201, filed.text
    path, match = f"/v1/grid/reports/{id_}/accept", {"If-Match": filed.headers["etag"]}
    answer = await system.call(token, "POST", path, {}, match)
    assert answer.status_code == 200, answer.text

    async def published() -> bool:
        return not await system.fetch("grid", "select 1 from unpublished")

    await eventually(published)


async def cases_are_of(system: Stack, *reports: UUID) -> None:
    async def known() -> bool:
        rows = await system.fetch("disputes", "select id from dispute_case")
        return {row["id"] for row in rows} >= {case_id_of(id_) for id_ in reports}

    await eventually(known, 20)
    [(count,)] = await system.fetch("disputes", "select count(*) from dispute_case")
    assert count == len(reports)


async def begun(databases: Mapping[str, str], log_url: str) -> list[int]:
    log, epochs = EmbeddedLog(dsn(log_url)), []
    await log.start()
    for name in NAMES:
        async with connected(dsn(databases[name])) as connection:
            epochs.append((await begin_epoch(connection, log, RESTORE, {})).epoch)
    await log.stop()
    return epochs


@pytest.mark.proof
@pytest.mark.parametrize("log_survives", [True, False])
async def test_what_was_under_way_arrives_once_and_what_came_after_the_backup_not_at_all(
    fresh_database: FreshDatabases, tmp_path: Path, log_survives: bool
) -> None:
    before, under_way, after, again = (uuid4() for _ in range(4))
    every = {"event_log_url": await fresh_log(fresh_database)}
    async with stack(fresh_database, tmp_path, NAMES, every) as system:
        importer = await system.token("data_importer")
        await system.call(importer, "PUT", "/v1/grid/areas/import", {"rows": AREAS})
        await referred(system, before)
        await cases_are_of(system, before)
        await system.stop("disputes")
        await referred(system, under_way)
    backup = {name: await fresh_database.copy(url) for name, url in system.databases.items()}
    async with stack(fresh_database, tmp_path, NAMES, every, system.databases) as system:
        await referred(system, after)
        await cases_are_of(system, before, under_way, after)
    if not log_survives:
        every = {"event_log_url": await fresh_log(fresh_database)}
    assert await begun(backup, every["event_log_url"]) == [2, 2]
    assert await begun(backup, every["event_log_url"]) == [2, 2]
    async with stack(fresh_database, tmp_path, NAMES, every, backup) as system:
        await referred(system, again)
        await cases_are_of(system, before, under_way, again)
        held = system.apps["gateway"].state.gateway
        for service in NAMES:
            assert await verify(held.database, held.services, service, looks=60) == []
        known = "select epoch from watermark where service = 'grid'"
        assert [row["epoch"] for row in await system.fetch("gateway", known)] == [2]
        for name in (*NAMES, "gateway"):
            assert await system.fetch(name, "select 1 from dead_letter") == []

        async def archived() -> bool:
            query = "select 1 from archive where key = $1"
            return bool(await system.fetch("gateway", query, str(after).encode()))

        if log_survives:
            await eventually(archived, 20)
        else:
            assert not await archived()


@pytest.mark.proof
async def test_no_service_starts_before_every_epoch_has_begun() -> None:
    def password(role: str) -> str:
        return f"of-{role}"

    async with running_test_server() as server:
        url = dsn(server.url("postgres"))
        await prepare(url, password, Path("unused"))
        async with connected(url) as connection:
            marker = Path(await connection.fetchval("show data_directory")) / MARKER
        marker.write_text(RESTORE)
        marker.chmod(0o644)
        with pytest.raises(Refusal, match="was not finished"):
            await prepare(url, password, Path("unused"))
        log = EmbeddedLog("unused")
        for name in PUBLISHING:
            async with connected(dsn(server.url(name))) as connection:
                assert await begin_epoch(connection, log, RESTORE, {}) == (2, 0)
        await prepare(url, password, Path("unused"))
