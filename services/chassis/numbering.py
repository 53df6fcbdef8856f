"""Business numbers for the creations of a run."""

from collections import Counter
from collections.abc import Awaitable, Callable, Container, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.chassis.database import DriverConnection
from services.chassis.identity.policy import Policy, allows
from services.chassis.numbers import allocate, compose
from services.chassis.operation import Numbering, Wish, by_operation

Take = Callable[[DriverConnection, Any], Awaitable[Mapping[Any, Sequence[int]]]]


async def numbered(
    raw: DriverConnection,
    policy: Policy,
    wishes: Sequence[Wish],
    now: datetime,
    done: Container[Any],
    take: Take = allocate,
) -> list[str | None]:
    """A number for each numbered creation that is not `done` yet. Taken before the transaction: gaps are
    allowed, holding a township's sequence while others wait is not."""
    areas: dict[UUID, str] = {}
    for items in by_operation(wish.item for wish in wishes).values():
        if located := items[0].operation.located:
            areas |= await located(raw, items)
    places = [
        None
        if wish.key in done or not allows(policy, wish.caller, wish.item.operation.permission)
        else _place(wish, areas.get(wish.item.id), now)
        for wish in wishes
    ]
    wanted = Counter(place for place in places if place)
    if not wanted:
        return [None] * len(places)
    ranges = {key: iter(range_) for key, range_ in (await take(raw, dict(wanted))).items()}
    return [place and compose(*place, next(ranges[place])) for place in places]


def _place(wish: Wish, area_code: str | None, now: datetime) -> Numbering | None:
    item, operation = wish.item, wish.item.operation
    if operation.number is None:
        return None
    place = operation.number(item.body, item.body.occurred_at or now)
    if operation.located is None:
        return place if wish.caller.covers(item.body.area_code) else None
    return place._replace(area_code=area_code[:9]) if area_code else None
