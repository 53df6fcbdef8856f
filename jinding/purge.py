"""`jinding purge`: whoever is kept longer than the rules allow, or was left by an erasure that nothing holds any more."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from rich.console import Console

from jinding.beside import beside
from jinding.deadletters import PLAIN, whoever
from jinding.plainly import load_settings, plainly, until_told
from jinding.settings import Settings
from services.chassis.audit import Action, Entry
from services.chassis.audit.chain import Chain
from services.chassis.audit.entry import record_of
from services.chassis.erasure import retention
from services.chassis.erasure.retention import Due
from services.chassis.identity.caller import Caller
from services.chassis.privacy import keyring
from services.chassis.session import dsn
from services.gateway.projections.registry import SERVICES, Projected

console = Console()
Url = Callable[[Projected], str]


@plainly
def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说明 · only tell")] = False,
    subject: Annotated[str | None, typer.Option(help="以谁的名义 · in whose name")] = None,
) -> None:
    """删除超过保存期限的个人信息 · Erase people who are kept longer than the rules allow."""
    until_told(_beside(load_settings(), subject or whoever(), dry=dry_run))


async def _beside(settings: Settings, by: str, *, dry: bool) -> None:
    async with beside(settings) as databases:
        await purged(databases.url, settings.keyring, by, console, dry=dry)


async def purged(url: Url, keys: Path, by: str, console: Console, *, dry: bool) -> None:
    """With the rules of every service, and how many people it was in all."""
    await tell_rules(url, console)
    number = await purge_all(url, keys, by, console, dry=dry)
    console.print(f"{number} 人 · people", **PLAIN)


async def tell_rules(url: Url, console: Console) -> None:
    """The table of every service."""
    async for service, connection in _services(url):
        for noun, least, most, basis in await retention.rules(connection):
            days = f"≥ {least or '-'} d, ≤ {most or '-'} d"
            console.print(f"{service} {noun}: {days} {basis}", **PLAIN)


async def purge_all(url: Url, keys: Path, by: str, console: Console, *, dry: bool) -> int:
    """Say what is due, and unless it is a `dry` run erase it; how many people."""
    number = 0
    async for service, connection in _services(url):
        due = await retention.due(connection)
        for each in due:
            console.print(f"{service} {each.noun}: {each.people} {each.basis}", **PLAIN)
        number += sum(each.people for each in due)
        if due and not dry:
            await _purged(service, connection, keys, by, due, console)
    return number


async def _purged(
    service: Projected,
    connection: asyncpg.Connection,
    keys: Path,
    by: str,
    due: list[Due],
    console: Console,
) -> None:
    done = 0
    async for number in retention.purge(connection):
        done += number
        console.print(f"{service}: 已删除 · erased {done}", **PLAIN)
    entries = [
        Entry(Action.ERASED, d.noun, None, purpose=d.basis, outcome=f"purged {d.people}")
        for d in due
    ]
    async with connection.transaction():
        chain = Chain(service, keyring.load(keys).audit)
        await chain.append(connection, [record_of(Caller(by), entry) for entry in entries])


async def _services(url: Url) -> AsyncIterator[tuple[Projected, asyncpg.Connection]]:
    for service in SERVICES:
        connection = await asyncpg.connect(dsn(url(service)))
        try:
            yield service, connection
        finally:
            await connection.close()
