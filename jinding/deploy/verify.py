"""`jinding verify` inside a deployment, after whatever is under way has arrived."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import aiohttp
from rich.console import Console

from jinding.auditing import command as audits
from jinding.databases import as_sqlalchemy
from jinding.deploy.settings import DeploySettings
from jinding.erased import still_open
from jinding.processes import SERVICES as ALL
from jinding.refusal import Refusal
from jinding.verify import compare
from services.chassis.database import Database, driver
from services.chassis.errors import Refusal as Refused
from services.chassis.identity.internal_token import Signer
from services.chassis.privacy import keyring
from services.gateway.projections.registry import SERVICES
from services.gateway.projections.snapshots import Services

FRESH = timedelta(seconds=10)
AGAIN_SECONDS = 0.5
KNOWN = "select service, epoch from watermark where reason is null and now() - as_of < $1"


async def verified(settings: DeploySettings, patience: float, console: Console) -> int:
    """How many differences there are, once every figure is fresh and of its service's epoch."""
    urls: dict[str, str] = {name: f"http://{name}:{settings.service_port}" for name in SERVICES}
    database = Database(as_sqlalchemy(settings.own_url("gateway")), 2)
    signer = Signer(settings.secrets_folder / "internal_key")
    try:
        async with aiohttp.ClientSession() as session:
            services = Services(session, signer, urls)
            async with asyncio.timeout(patience):
                await _settled(database, services)
            wrong = await compare(database, services, console)
            return wrong + await still_open(settings.own_url, console)
    except TimeoutError:
        raise Refusal(
            f"看板在 {patience:.0f} 秒内没有赶上。", f"No fresh figures within {patience:.0f} s."
        ) from None
    except Refused as refused:
        raise Refusal(refused.zh, refused.en) from refused
    finally:
        await database.close()


async def audited(settings: DeploySettings, console: Console) -> int:
    """How many chains of audits are broken. None is looked at where the keyring is not given."""
    if not settings.keyring.exists():
        console.print(
            f"没有密钥环 {settings.keyring}，未核对审计 · no keyring: audits not verified"
        )
        return 0
    urls = {str(service): as_sqlalchemy(settings.own_url(service)) for service in ALL}
    keys = keyring.load(settings.keyring).audit
    return await audits.compare(urls, keys, console, ALL)


async def _settled(database: Database, services: Services) -> None:
    while True:
        async with database.connection() as connection:
            rows = await (await driver(connection)).fetch(KNOWN, FRESH)
        known = {row["service"]: row["epoch"] for row in rows}
        with suppress(Refused):  # a service is on its way up
            # 0: nothing was ever read of it
            if all([known.get(s) in (0, await services.epoch(s)) for s in SERVICES]):
                return
        await asyncio.sleep(AGAIN_SECONDS)
