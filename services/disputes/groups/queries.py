"""Who sees which groups, and until when townships have one."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, cast, exists, func, literal, not_, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped
from sqlmodel import col

from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.chassis.operation import Item, Noun
from services.disputes.groups.models import ServiceGroup
from services.disputes.groups.schemas import GroupOut


def visible(caller: Caller) -> ColumnElement[bool]:
    """By area, from either side: a village's people see the group of their township."""
    if caller.is_job:
        return true()
    return within(col(ServiceGroup.area_code), {area[:9] for area in caller.areas})


GROUPS: Noun[ServiceGroup] = Noun(
    "service_group", ServiceGroup, visible, lambda group, _, allowed: GroupOut.of(group, allowed)
)


def served(area_code: Mapped[str], subject: str) -> ColumnElement[bool]:
    """Whether `subject` belongs to the active group of the township that `area_code` lies in. Where none of
    its members is known by subject, nobody can say, and everybody of a service group does."""
    members = cast(col(ServiceGroup.members), JSONB)
    active = select(col(ServiceGroup.id)).where(
        col(ServiceGroup.area_code) == func.left(area_code, 9),
        col(ServiceGroup.dissolved_on).is_(None),
    )
    named = cast("$[*] ? (@.until == null && @.subject != null)", JSONPATH)
    known = func.jsonb_path_exists(members, named)
    return or_(
        exists(active.where(members.contains([{"subject": subject, "until": None}]))),
        not_(exists(active.where(known))),
    )


async def townships_served(connection: AsyncConnection, items: Sequence[Item]) -> dict[str, date]:
    """The day on which the last group of each township ended; of an active one, the last day there is."""
    wanted = {item.body.area_code for item in items}
    area, ended = col(ServiceGroup.area_code), col(ServiceGroup.dissolved_on)
    last = func.max(func.coalesce(ended, literal(date.max)))
    found = await connection.execute(select(area, last).where(area.in_(wanted)).group_by(area))
    return {row[0]: row[1] for row in found}
