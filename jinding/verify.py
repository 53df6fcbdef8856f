"""Whether the gateway knows what the services say, and how to make it know that again."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
from rich.console import Console
from rich.table import Table

from jinding.beside import Addresses, beside, services_of
from jinding.erased import still_open
from jinding.refusal import Refusal
from jinding.settings import Settings
from services.chassis.database import Database
from services.chassis.errors import Refusal as Refused
from services.chassis.identity.internal_token import Signer
from services.gateway.projections import rebuild as projection
from services.gateway.projections.rebuild import Difference, RebuildSource
from services.gateway.projections.registry import SERVICES
from services.gateway.projections.snapshots import Services

SHOWN = 50


async def verify(settings: Settings, console: Console) -> int:
    """Compare every card with its service's snapshot, every tally with a recount and every whole file with what the
    store has, and see that nobody who was erased opens; how much is wrong."""
    async with _beside(settings) as (database, services, databases):
        wrong = await compare(database, services, console)
        return wrong + await still_open(databases.url, console)


async def compare(database: Database, services: Services, console: Console) -> int:
    table = Table("服务 service", "种类 kind", "什么 what", "网关 gateway", "应为 should be")
    wrong = 0
    for service in SERVICES:
        found = await projection.verify(database, services, service)
        found += [
            Difference("attachment", f"{noun} {of}: {id}", f"{size or '—'} B", f"{should_be} B")
            async for id, noun, of, should_be, size in services.lost_files(service)
        ]
        wrong += len(found)
        for difference in found[:SHOWN]:
            table.add_row(service, *difference)
        console.print(f"{service}: {len(found)} 处不符 · differences", highlight=False)
    if wrong:
        console.print(table)
    return wrong


async def rebuild(
    settings: Settings,
    console: Console,
    names: Sequence[str],
    source: RebuildSource = RebuildSource.SNAPSHOTS,
    by: str = "cli",
) -> None:
    """Make the gateway's cards and tallies of the named services, or of all, anew."""
    if unknown := set(names) - set(SERVICES):
        told = ", ".join(sorted(unknown))
        raise Refusal(f"没有这样的服务：{told}。", f"There is no such service: {told}.")
    async with _beside(settings) as (database, services, _):
        for service in names or SERVICES:
            found = await projection.rebuild(database, services, service, source, by)
            console.print(f"{service}: 已重建 · rebuilt", highlight=False)
            for kind, what, _, truth in found:
                left_out = f"未计入 · left out: {what}: {truth}"
                told = left_out if kind == "snapshot" else f"已更正 · corrected: {what}"
                console.print(f"  {told}", highlight=False)


@asynccontextmanager
async def _beside(settings: Settings) -> AsyncIterator[tuple[Database, Services, Addresses]]:
    """What is needed beside the running system: the gateway's database, and the services by HTTP."""
    async with beside(settings) as databases, aiohttp.ClientSession() as session:
        database = Database(databases.url("gateway"), 2)
        try:
            urls, key = services_of(settings)
            yield database, Services(session, Signer(key), urls), databases
        except Refused as refused:
            raise Refusal(refused.zh, refused.en) from refused
        finally:
            await database.close()
