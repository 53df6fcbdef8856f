"""Who sees which enterprises, and what other nouns must know of them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped
from sqlmodel import col

from services.chassis.database import DriverConnection
from services.chassis.errors import Invalid
from services.chassis.identity.caller import Caller
from services.chassis.operation import Call, Item, Noun
from services.contracts import roles
from services.contracts.codes_inspection import Colour, EnterpriseStatus
from services.inspection.enterprises.models import Enterprise
from services.inspection.enterprises.schemas import EnterpriseOut


class EnterpriseUnknown(Invalid):
    """There is no such enterprise within the caller's scope."""

    def __init__(self) -> None:
        super().__init__("未找到该企业。", "No such enterprise.", pointer="/enterprise_id")


def within_areas(caller: Caller, area_code: Mapped[str]) -> ColumnElement[bool]:
    """By area, unless the caller is only an enterprise's contact: an area of theirs is where they are, not
    what they may see."""
    if caller.is_job:
        return true()
    if caller.roles <= {roles.ENTERPRISE_CONTACT}:
        return false()
    return or_(false(), *(area_code.startswith(area) for area in caller.areas))


def visible(caller: Caller) -> ColumnElement[bool]:
    """By area; besides, one's own enterprise: the caller's organisation is its code."""
    by_area = within_areas(caller, col(Enterprise.area_code))
    return or_(by_area, col(Enterprise.uscc) == caller.organisation)


def of_own(caller: Caller, enterprise_id: Mapped[UUID]) -> ColumnElement[bool]:
    """Whether `enterprise_id` is the caller's own enterprise."""
    if not caller.organisation:
        return false()
    own = select(col(Enterprise.id)).where(col(Enterprise.uscc) == caller.organisation)
    return enterprise_id.in_(own)


ENTERPRISES: Noun[Enterprise] = Noun(
    "enterprise",
    Enterprise,
    visible,
    lambda enterprise, _, allowed: EnterpriseOut.of(enterprise, allowed),
    in_order=False,
)


def matching(
    status: list[EnterpriseStatus] | None,
    colour: list[Colour] | None,
    is_industrial: bool | None,
    has_file: bool | None,
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    filed = col(Enterprise.file_opened_at)
    return [
        col(Enterprise.status).in_(status) if status else None,
        col(Enterprise.colour).in_(colour) if colour else None,
        col(Enterprise.is_industrial) == is_industrial if is_industrial is not None else None,
        None if has_file is None else filed.is_not(None) if has_file else filed.is_(None),
    ]


class Enterprises(dict[UUID, str]):
    """Area code of each enterprise that exists, by id."""

    def area_of(self, enterprise_id: UUID, call: Call) -> str:
        """For a record that is numbered by it: one registered after the number was sought is not known yet."""
        area_code = self.get(enterprise_id)
        if area_code is None or call.number is None or not call.caller.covers(area_code):
            raise EnterpriseUnknown
        return area_code


async def enterprises(connection: AsyncConnection, items: Sequence[Item]) -> Enterprises:
    """The enterprises that the bodies name."""
    wanted = {item.body.enterprise_id for item in items}
    found = await connection.execute(
        select(col(Enterprise.id), col(Enterprise.area_code)).where(col(Enterprise.id).in_(wanted))
    )
    return Enterprises((id_, area_code) for id_, area_code in found)


async def areas(connection: DriverConnection, items: Sequence[Item]) -> Mapping[UUID, str]:
    """The area of each item's enterprise, for its number."""
    wanted = {item.id: item.body.enterprise_id for item in items}
    found = await connection.fetch(
        "select id, area_code from enterprise where id = any($1::uuid[])", list(wanted.values())
    )
    known = {row["id"]: row["area_code"] for row in found}
    return {id_: known[enterprise] for id_, enterprise in wanted.items() if enterprise in known}
