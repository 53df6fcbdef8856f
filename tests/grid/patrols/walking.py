"""Members who may walk on patrols."""

from collections.abc import Iterator
from itertools import cycle
from typing import Any
from uuid import UUID, uuid4

from tests.grid.field import GRID
from tests.grid.visiting import ago, member
from tests.support.grid import batch
from tests.support.people import DISTRICT
from tests.support.running import Running

WALKERS = [f"walker-{n}" for n in range(120)]
_free: Iterator[str] = cycle(WALKERS)
"""Each module has a service of its own, where all of them are free again."""


def somebody(count: int = 1) -> list[str]:
    """Members who are on no other patrol."""
    return [next(_free) for _ in range(count)]


async def enrolled(grid: Running, *accounts: str, **facts: Any) -> list[UUID]:
    """Register members who have served the grid for four weeks; their ids."""
    ids = [uuid4() for _ in accounts]
    items = [
        {
            "operation": "register_member",
            "id": str(id_),
            "key": str(id_),
            "body": member(account=account, grids=[GRID], occurred_at=ago(days=29)) | facts,
        }
        for id_, account in zip(ids, accounts, strict=True)
    ]
    told = await batch(grid, DISTRICT, *items)
    assert {result["outcome"] for result in told} == {"applied"}, told
    return ids
