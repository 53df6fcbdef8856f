"""`jinding audit verify`, with what the gateway has heard of the chains."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.console import Console

from jinding.auditing.command import compare
from services.chassis.privacy import keyring
from services.chassis.settings import Service
from tests.gateway.district import District, district
from tests.support.postgres import FreshDatabases
from tests.support.running import eventually

BOTH: tuple[Service, ...] = ("grid", "gateway")
AS_SUPERUSER = "set session_replication_role = replica"


@pytest.fixture
async def made(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[District]:
    async with district(fresh_database, tmp_path) as made:
        yield made


async def verified(made: District, folder: Path, services: tuple[Service, ...] = BOTH) -> str:
    """What is told; the last line tells how many chains are broken."""
    out = io.StringIO()
    console, urls = Console(file=out, width=200), made.system.databases
    keys = keyring.load(folder / "keyring.json").audit
    broken = await compare(urls, keys, console, services)
    return f"{out.getvalue()}\n{broken}"


async def anchored(made: District, path: str, service: str) -> int:
    """The row that was told; the gateway has it."""
    answer = await made.post(path, "auditor")
    assert answer.status_code == 200, answer.text
    seq = int(answer.json()["seq"])

    async def arrived() -> bool:
        heard = "select from audit_anchor where service = $1 and seq = $2"
        return bool(await made.system.fetch("gateway", heard, service, seq))

    await eventually(arrived)
    return seq


async def cut(made: District, service: str, where: str) -> None:
    statement = f"with c as (delete from audit where {where} returning 1) select count(*) from c"
    await made.system.fetch(service, "alter table audit disable trigger all")
    assert await made.system.fetch(service, statement)


async def test_what_was_cut_off_a_service_is_found_by_what_the_gateway_has_heard(
    made: District, tmp_path: Path
) -> None:
    seq = await anchored(made, "/v1/grid/audit/anchors", "grid")
    whole = await verified(made, tmp_path, ("grid",))
    assert f"grid: {seq} 行 rows · 完好 whole" in whole
    assert "尚未锚定" not in whole
    assert whole.endswith("0")
    await cut(made, "grid", f"seq > {seq - 3}")
    told = await verified(made, tmp_path, ("grid",))
    assert f"{seq - 2}–{seq}" in told
    assert "末尾被截断 cut off" in told
    assert told.endswith("1")


async def test_the_gateway_has_a_chain_of_its_own(made: District, tmp_path: Path) -> None:
    assert (await made.get("/v1/dead-letters", "auditor")).status_code == 403

    async def noted() -> bool:
        return bool(
            await made.system.fetch("gateway", "select from audit where action = 'REFUSED'")
        )

    await eventually(noted)
    refused = await made.get("/v1/audit", "auditor", action="REFUSED")
    (line,) = refused.json()["items"]
    assert (line["noun"], line["fields"]) == ("deadletter", ["deadletter.manage"])
    assert (await made.get("/v1/audit", "operator")).status_code == 403
    seq = await anchored(made, "/v1/audit/anchors", "gateway")
    await cut(made, "gateway", f"seq = {seq - 1}")
    told = await verified(made, tmp_path)
    assert "│ gateway" in told
    assert "被删除 removed" in told
    assert told.endswith("1")


async def test_without_the_gateway_it_is_told_what_cannot_be_checked(
    made: District, tmp_path: Path
) -> None:
    out = io.StringIO()
    urls = {
        "grid": made.system.databases["grid"],
        "gateway": "postgresql://nobody@127.0.0.1:9/gateway",
    }
    keys = keyring.load(tmp_path / "keyring.json").audit
    assert await compare(urls, keys, Console(file=out, width=200), ("grid",)) == 0
    assert "读不到网关所存的锚点" in out.getvalue()
    assert "尚未锚定" in out.getvalue()
