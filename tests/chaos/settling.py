"""The operators' part: dead letters are retried, and what no retry helps is discarded."""

from typing import Any

import aiohttp

from services.gateway.projections.registry import SERVICES
from tests.chaos.system import READERS

BASES = ("/v1", *(f"/v1/{service}" for service in SERVICES if service in READERS))


async def settle_letters(session: aiohttp.ClientSession, url: str, operator: dict[str, str]) -> int:
    """How many there were. The list comes in order, so a poison is discarded before what waits behind it."""
    settled = 0
    for base in BASES:
        place = f"{url}{base}/dead-letters"
        async with session.get(place, headers=operator) as answer:
            answer.raise_for_status()
            letters = (await answer.json())["items"]
        while letters:
            letters = await _settled(session, f"{place}/{letters[0]['id']}", operator)
            settled += 1
    return settled


async def _settled(session: aiohttp.ClientSession, letter: str, operator: dict[str, str]) -> Any:
    """Those that are left."""
    async with session.post(f"{letter}/retry", headers=operator) as answer:
        if answer.status == 200:
            return (await answer.json())["items"]
        if answer.status != 409:
            answer.raise_for_status()
    async with session.post(f"{letter}/discard", headers=operator) as answer:
        answer.raise_for_status()
        return (await answer.json())["items"]
