"""Who sees which groups, and which townships have one."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun
from services.disputes.groups.models import ServiceGroup
from services.disputes.groups.schemas import GroupOut


def visible(caller: Caller) -> ColumnElement[bool]:
    """By area, from either side: a village's people see the group of their township."""
    if caller.is_job:
        return true()
    townships = {area[:9] for area in caller.areas}
    return or_(*(col(ServiceGroup.area_code).startswith(township) for township in townships))


GROUPS: Noun[ServiceGroup] = Noun(
    "service_group", ServiceGroup, visible, lambda group, _, allowed: GroupOut.of(group, allowed)
)


async def townships_with_group(connection: AsyncConnection, items: Sequence[Item]) -> set[str]:
    wanted = {item.body.area_code for item in items}
    area, ended = col(ServiceGroup.area_code), col(ServiceGroup.dissolved_on)
    found = await connection.scalars(select(area).where(area.in_(wanted), ended.is_(None)))
    return set(found)
