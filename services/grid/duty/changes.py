"""Of which grids a week must be counted again: those of whose households, members and records some transaction has
written that may not have been seen when it was counted last."""

from collections.abc import Collection
from typing import NamedTuple, Self

from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.database import driver
from services.contracts.grid_people import DutyLine

NOW = """
    select (select max(number) from epoch) as epoch,
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xmin"""
CHANGED = """
    with visit as materialized (
        select household_id, member_id from household_visit where changed_xid >= $1
    ), handed as (
        select from_member as id from link_handover where changed_xid >= $1
        union select to_member from link_handover where changed_xid >= $1
    ), link as materialized (
        select l.area_code from household_link l join (
            select household_id as id from visit
            union select id from household where changed_xid >= $1
            union select household_id from household_link join handed on handed.id = member_id
        ) h on h.id = l.household_id
    ), account as (
        select reporter as name from report where changed_xid >= $1
        union
        select who from patrol, jsonb_array_elements_text(participants) who where changed_xid >= $1
    )
    select left(area_code, 15) from link where left(area_code, 9) = any($2::text[])
    union
    select left(m.area_code, 15) from grid_member m
    where left(m.area_code, 9) = any($2::text[]) and (
        m.changed_xid >= $1 or m.id in (select member_id from visit)
        or m.account in (select name from account))"""


class Mark(NamedTuple):
    """When something was counted: what was not seen then is of a transaction from `xmin` on, as long as the `epoch` is
    the same; after a restore transactions count from elsewhere. Epochs count from 1."""

    epoch: int
    xmin: int

    @classmethod
    def read(cls, text: str | None) -> Self:
        return cls(*map(int, (text or "0/0").split("/")))

    def __str__(self) -> str:
        return f"{self.epoch}/{self.xmin}"


class Counted(NamedTuple):
    """A township's week as it was counted last."""

    lines: list[DutyLine]
    mark: Mark


async def marked(connection: AsyncConnection) -> Mark:
    """To be asked for before what is counted by it."""
    [now] = await (await driver(connection)).fetch(NOW)
    return Mark(*now)


async def changed(connection: AsyncConnection, since: int, townships: Collection[str]) -> set[str]:
    """The grids of `townships` of which a transaction from `since` on has written something that is counted."""
    raw = await driver(connection)
    return {row[0] for row in await raw.fetch(CHANGED, since, [*townships])}
