"""`jinding rotate-keys`: another master key for the people of every service."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import make_url

from jinding.beside import beside
from jinding.processes import SERVICES
from jinding.refusal import Refusal
from jinding.settings import Settings
from services.chassis.database import DriverConnection
from services.chassis.privacy import keyring
from services.chassis.privacy.rotation import older, rewrap
from services.chassis.privacy.vault import Vault

WITH_PEOPLE = tuple(name for name in SERVICES if name != "gateway")


Newest = Annotated[bool, typer.Option("--newest", help="不新增密钥 · add no key")]
DropOld = Annotated[bool, typer.Option("--drop-old", help="删去旧密钥 · forget older keys")]
Sm4 = Annotated[
    bool, typer.Option("--sm4", help="新密钥用国密 SM4-GCM · the new key is of SM4-GCM")
]


async def rotate(
    settings: Settings, console: Console, *, newest: bool, drop_old: bool, sm4: bool
) -> None:
    """Add a key, unless the `newest` is to be used that there is, or older ones to be dropped; wrap by it."""
    if settings.inside:
        raise Refusal(
            "密钥环在主机上，请在主机上运行 .venv/bin/jinding deploy rotate-keys。",
            "The keyring is the host's: run .venv/bin/jinding deploy rotate-keys there.",
        )
    async with beside(settings) as databases:
        if not (newest or drop_old):
            add_key(settings.keyring, sm4=sm4)
        urls = [databases.url(name) for name in WITH_PEOPLE]
        await rewrap_all(urls, settings.keyring, console)
        if drop_old:
            await refuse_while_needed(urls, settings.keyring)
            drop_older(settings.keyring)


def add_key(file: Path, *, sm4: bool = False) -> None:
    algorithm = keyring.SM4 if sm4 else keyring.AES
    keyring.change(file, lambda text: keyring.with_a_new_key(text, algorithm))


async def rewrap_all(urls: Sequence[str], file: Path, console: Console) -> None:
    """The people of these databases. What was done stays done, wherever it is stopped."""
    vault = Vault(file)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        for url in urls:
            async with _connected(url) as connection:
                total = await older(connection, vault)
                task = progress.add_task(make_url(url).database or "", total=total)
                async for done in rewrap(connection, vault):
                    progress.advance(task, done)


async def refuse_while_needed(urls: Sequence[str], file: Path) -> None:
    """That older master keys may be forgotten: nothing is wrapped by one of them."""
    vault, left = Vault(file), 0
    for url in urls:
        async with _connected(url) as connection:
            left += await older(connection, vault)
    if left:
        raise Refusal(
            f"仍有 {left} 人的密钥由旧主密钥加密，未作更改。",
            f"The keys of {left} people are still wrapped by older master keys: nothing was changed.",
        )


def drop_older(file: Path) -> None:
    keyring.change(file, keyring.with_the_newest_alone)


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[DriverConnection]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        await connection.close()
