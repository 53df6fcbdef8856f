"""Whether anybody whom an erasure should have reached still opens."""

from collections.abc import Callable

import asyncpg
from rich.console import Console

from services.chassis.erasure.matching import opening
from services.chassis.session import dsn
from services.gateway.projections.registry import SERVICES, Projected


async def still_open(url: Callable[[Projected], str], console: Console) -> int:
    """How many people of how many services; what a legal hold or an archive rule keeps is left out."""
    found = 0
    for service in SERVICES:
        connection = await asyncpg.connect(dsn(url(service)))
        try:
            number = await opening(connection)
        finally:
            await connection.close()
        if number:
            told = f"{service}: {number} 名已删除的人员仍可读取 · erased people still open"
            console.print(told, highlight=False)
        found += number
    return found
