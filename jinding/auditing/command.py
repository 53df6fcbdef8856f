"""`jinding audit`: whether anybody has tampered with who did what."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated

import asyncpg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from jinding.auditing.keys import keys_of
from jinding.auditing.prune import USUAL, prune
from jinding.auditing.verify import Anchor, Kind, Verified, verify
from jinding.beside import beside
from jinding.deadletters import whoever
from jinding.deploy.databases import connected
from jinding.plainly import load_settings, plainly, until_told
from jinding.processes import SERVICES
from jinding.refusal import Refusal
from jinding.settings import Settings
from services.chassis.audit.chain import Chain
from services.chassis.session import dsn

app = typer.Typer(help="审计 · the audit", no_args_is_help=True)
console = Console()
SHOWN = 50
WORDS = {
    Kind.CHANGED: "被改动 changed",
    Kind.REMOVED: "被删除 removed",
    Kind.REORDERED: "被调换 moved",
    Kind.TRUNCATED: "末尾被截断 cut off",
    Kind.RESTORED: "随备份恢复而失去 lost with a restore",
    Kind.UNCHECKED: "缺少密钥，无法核对 its key is gone",
}
ANCHORS = "select seq, hash, epoch, at from audit_anchor where service = $1"
Named = Annotated[list[str] | None, typer.Option("--service", help="默认全部 · all, if none")]


@app.command("verify")
@plainly
def verify_audit(service: Named = None) -> None:
    """核对审计链：逐行指出改动、删除、调换与截断 · Verify the chains; names each row that was tampered with."""
    named = service or SERVICES
    if unknown := set(named) - set(SERVICES):
        told = ", ".join(sorted(unknown))
        raise Refusal(f"没有这样的服务：{told}。", f"There is no such service: {told}.")
    if until_told(verified(load_settings(), console, named)) != 0:
        raise typer.Exit(1)


async def verified(settings: Settings, console: Console, services: Sequence[str]) -> int:
    """How many chains are broken."""
    async with beside(settings) as databases:
        urls = {str(service): databases.url(service) for service in SERVICES}
        return await compare(urls, keys_of(settings), console, services)


@app.command("prune")
@plainly
def prune_audit(
    keep_days: Annotated[int, typer.Option(help="保留天数 · days kept")] = USUAL.days,
    subject: Annotated[str | None, typer.Option(help="以谁的名义 · in whose name")] = None,
) -> None:
    """清理超过保存期的审计，链仍可核对 · Remove what is older than its retention; the chains still verify."""
    by, settings, keep = subject or whoever(), load_settings(), timedelta(days=keep_days)
    for service, rows in (until_told(_pruned(settings, by, keep)) or {}).items():
        console.print(f"{service}: 已清理 {rows} 行 · {rows} rows pruned", highlight=False)


async def _pruned(settings: Settings, by: str, keep: timedelta) -> dict[str, int]:
    async with beside(settings) as databases:
        owners = {str(service): databases.owner(service) for service in SERVICES}
        return await _pruned_all(owners, owners["gateway"], keys_of(settings), by, keep)


async def _pruned_all(
    owners: Mapping[str, str], gateway: str, keys: Mapping[str, bytes], by: str, keep: timedelta
) -> dict[str, int]:
    """How many rows went, by service; `owners` are addresses as the owner of each table."""
    gone = {}
    for service, url in owners.items():
        anchors = await _anchors(gateway, service, console)
        async with connected(dsn(url)) as owner:
            gone[service] = await prune(owner, Chain(service, keys), anchors, by, keep)
    return gone


async def compare(
    urls: Mapping[str, str],
    keys: Mapping[str, bytes],
    console: Console,
    services: Sequence[str],
) -> int:
    """Each chain with itself, and with where the gateway has heard that it ended."""
    table = Table("服务 service", "行 rows", "情况 what")
    broken = 0
    for service in services:
        told = await _verified(urls, Chain(service, keys), console)
        broken += told.broken
        _tell(console, service, told)
        for kind, first, last, was in told.findings[:SHOWN]:
            rows = f"{first}" if first == last else f"{first}–{last}"
            table.add_row(service, rows, WORDS[kind] + (f"：原为 was {was}" if was else ""))
        if len(told.findings) > SHOWN:
            table.add_row(service, "…", f"共 {len(told.findings)} 处 in all")
    if table.row_count:
        console.print(table)
    return broken


async def _verified(urls: Mapping[str, str], chain: Chain, console: Console) -> Verified:
    anchors = await _anchors(urls["gateway"], chain.service, console)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    async with connected(dsn(urls[chain.service])) as own:
        epoch = await own.fetchval("select max(number) from epoch")
        rows = await own.fetchval("select max(seq) from audit")
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task(chain.service, total=rows or 0)
            async with own.transaction(isolation="repeatable_read", readonly=True):
                step = lambda done: progress.update(task, completed=done)  # noqa: E731
                return await verify(own, chain, anchors, epoch or 1, step)


async def _anchors(url: str, service: str, console: Console) -> list[Anchor]:
    try:
        async with connected(dsn(url)) as gateway:
            return [Anchor(*row) for row in await gateway.fetch(ANCHORS, service)]
    except (OSError, asyncpg.PostgresError) as error:
        told = "读不到网关所存的锚点 · the gateway's anchors cannot be read"
        console.print(f"{service}: {told}: {type(error).__name__}", highlight=False)
        return []


def _tell(console: Console, service: str, told: Verified) -> None:
    state = "[red]不符 broken[/]" if told.broken else "完好 whole"
    console.print(f"{service}: {told.rows} 行 rows · {state}", highlight=False)
    if told.anchored < told.end:
        console.print(
            f"  第 {told.anchored + 1}–{told.end} 行尚未锚定：其后是否被截断无从核对 · "
            f"rows {told.anchored + 1}–{told.end} are not anchored yet: whether more followed cannot be told",
            highlight=False,
        )
