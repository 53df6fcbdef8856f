"""Who sees which enterprises, and what other nouns must know of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped
from sqlmodel import col

from services.chassis.database import DriverConnection
from services.chassis.errors import Invalid
from services.chassis.identity.caller import Caller
from services.chassis.operation import Call, Item, Noun
from services.chassis.privacy.people import People, Shown
from services.contracts.codes_inspection import Colour, EnterpriseStatus
from services.inspection.enterprises.models import Enterprise, StatusChange
from services.inspection.enterprises.rules import LEFT, EnterpriseLeft
from services.inspection.enterprises.schemas import EnterpriseOut
from services.inspection.scope import is_own, require_reach, within_areas, within_reach


class EnterpriseUnknown(Invalid):
    """There is no such enterprise within the caller's scope."""

    def __init__(self) -> None:
        super().__init__("未找到该企业。", "No such enterprise.", pointer="/enterprise_id")


def visible(caller: Caller) -> ColumnElement[bool]:
    """By area; besides, a contact's own enterprise: the caller's organisation is its code."""
    by_area = within_areas(caller, col(Enterprise.area_code))
    return or_(by_area, is_own(caller, col(Enterprise.uscc)))


def of_own(caller: Caller, enterprise_id: Mapped[UUID]) -> ColumnElement[bool]:
    """Whether `enterprise_id` is the enterprise whose contact the caller is."""
    own = select(col(Enterprise.id)).where(is_own(caller, col(Enterprise.uscc)))
    return enterprise_id.in_(own)


def shown(
    enterprise: Enterprise, caller: Caller, allowed: list[str], people: Shown
) -> EnterpriseOut:
    reached = within_reach(ENTERPRISES, caller, allowed, enterprise.area_code)
    return EnterpriseOut.of(enterprise, reached, people)


ENTERPRISES: Noun[Enterprise] = Noun(
    "enterprise",
    Enterprise,
    visible,
    shown,
    People(
        "enterprises",
        reveal="enterprise.reveal",
        require_reach=lambda row, caller: require_reach(
            caller, "enterprise.reveal", row.area_code, row.uscc
        ),
    ),
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


class Site(NamedTuple):
    """An enterprise, as the records that are made there must know it."""

    area_code: str
    uscc: str
    statuses: list[StatusChange]

    def has_left(self, at: datetime) -> EnterpriseStatus | None:
        """The status at `at`, if it had left by then."""
        known = [change.status for change in self.statuses if change.at <= at]
        return known[-1] if known and known[-1] in LEFT else None


class Enterprises(dict[UUID, Site]):
    """Each enterprise that exists, by id."""

    def site_of(self, enterprise_id: UUID, call: Call) -> Site:
        """Within the caller's scope and not gone at the time. For a record that is numbered by it: one
        registered after the number was sought is not known yet."""
        site = self.get(enterprise_id)
        if site is None or call.number is None or not call.caller.covers(site.area_code):
            raise EnterpriseUnknown
        if left := site.has_left(call.at):
            raise EnterpriseLeft(left)
        return site


async def enterprises(connection: AsyncConnection, items: Sequence[Item]) -> Enterprises:
    """The enterprises that the bodies name."""
    wanted = {item.body.enterprise_id for item in items}
    found = await connection.execute(
        select(
            col(Enterprise.id),
            col(Enterprise.area_code),
            col(Enterprise.uscc),
            col(Enterprise.statuses),
        ).where(col(Enterprise.id).in_(wanted))
    )
    return Enterprises((row[0], Site(*row[1:])) for row in found)


async def areas(connection: DriverConnection, items: Sequence[Item]) -> Mapping[UUID, str]:
    """The area of each item's enterprise, for its number."""
    wanted = {item.id: item.body.enterprise_id for item in items}
    found = await connection.fetch(
        "select id, area_code from enterprise where id = any($1::uuid[])", list(wanted.values())
    )
    known = {row["id"]: row["area_code"] for row in found}
    return {id_: known[enterprise] for id_, enterprise in wanted.items() if enterprise in known}
