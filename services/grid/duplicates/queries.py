"""Which reports may be one matter, and what a merger must know of those that it touches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import driver
from services.chassis.errors import NotFound
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item
from services.chassis.runtime import Runtime
from services.chassis.unit import load_rows
from services.contracts.codes_grid import Category
from services.grid.duplicates.rules import (
    APART,
    Master,
    Matter,
    Merged,
    near,
)
from services.grid.duplicates.schemas import DuplicatesIn, DuplicatesOut, LikeOut
from services.grid.positions.models import Position
from services.grid.positions.rules import Point, distance_m
from services.grid.reports.clocks.limits import Limits, limits
from services.grid.reports.lifecycle import OPEN, OVER, Status
from services.grid.reports.models import Report
from services.grid.reports.queries import visible
from services.grid.turns import of_run

CLOSED = (*OVER, Status.ARCHIVED)
MOST = 200
"""Of one grid, category and three days: more than are looked through would be a flood of reports of one matter."""

HELD = "for no key update"
"""Of two that merge into one report, and only share it, each would wait for the other: its row is written, too
(`note_merge`)."""


@dataclass(frozen=True)
class Endings:
    """What closing and reopening must know, and whom it concerns: what is closed takes no other report up."""

    limits: Limits
    merged: Merged


async def endings(connection: AsyncConnection, items: Sequence[Item]) -> Endings:
    return Endings(await limits(connection, items), of_run(connection, Merged))


async def merging(connection: AsyncConnection, items: Sequence[Item]) -> Merged:
    """Nobody cancels or merges a master until this is written."""
    ids = {item.id for item in items} | {item.body.master for item in items}
    return await _known(connection, ids, HELD)


async def cancelling(connection: AsyncConnection, items: Sequence[Item]) -> Merged:
    """Whoever merges into one of these holds it, and has been waited for; what they duplicate is held likewise."""
    named = {item.body.duplicate_of for item in items} - {None}
    return await _known(connection, {item.id for item in items} | named, HELD * bool(named))


async def _known(connection: AsyncConnection, ids: Iterable[UUID], lock: str = "") -> Merged:
    raw, told = await driver(connection), sorted(ids)
    found = of_run(connection, Merged)
    masters = await raw.fetch(
        "select id, area_code, category, reporter, status from report "
        f"where id = any($1::uuid[]) order by id {lock}",
        told,
    )
    others = await raw.fetch(
        "select duplicate_of, reporter from report where duplicate_of = any($1::uuid[])", told
    )
    reporters: dict[UUID, set[str]] = {row["id"]: {row["reporter"]} for row in masters}
    for master, reporter in others:
        reporters[master].add(reporter)
    for row in masters:
        id, status = row["id"], Status(row["status"])
        is_over = status is Status.CANCELLED
        master = Master(row["area_code"], Category(row["category"]), is_over, reporters[id])
        found.know(id, master, any(of == id for of, _ in others))
        if status in CLOSED:
            found.close(id)
    return found


async def alike(
    runtime: Runtime, caller: Caller, asked: DuplicatesIn, now: datetime
) -> DuplicatesOut:
    """Of those that the caller may see."""
    return await _alike(runtime, caller, asked.matter(now))


async def alike_to(runtime: Runtime, caller: Caller, id: UUID) -> DuplicatesOut:
    known = col(Report.id) == id, visible(caller)
    async with runtime.database.statements() as connection:
        rows = await connection.run_sync(load_rows, select(Report).where(*known))
    if id not in rows:
        raise NotFound
    return await _alike(runtime, caller, matter_of(rows[id]), col(Report.id) != id)


async def _alike(
    runtime: Runtime, caller: Caller, mine: Matter, *conditions: ColumnElement[bool]
) -> DuplicatesOut:
    statement = (
        select(Report)
        .where(
            col(Report.area_code) == mine.area_code,
            col(Report.category) == mine.category,
            col(Report.reported_at).between(mine.at - APART, mine.at + APART),
            col(Report.status) != "CANCELLED",
            visible(caller),
            *conditions,
        )
        .order_by(col(Report.reported_at).desc())
        .limit(MOST)
    )
    async with runtime.database.statements() as connection:
        rows = await connection.run_sync(load_rows, statement)
    found = near(mine, [(id, matter_of(row)) for id, row in rows.items()])
    return DuplicatesOut(items=[_line(mine, rows[id]) for id in found])


def matter_of(report: Report) -> Matter:
    return Matter(
        report.area_code,
        report.category,
        report.reported_at,
        report.subcategory,
        report.place,
        point_of(report.position),
    )


def point_of(position: Position | None) -> Point | None:
    return Point(position.lng, position.lat, position.datum) if position else None


def _line(mine: Matter, report: Report) -> LikeOut:
    """How far it is is not told of one whose place is kept secret."""
    other, metres = point_of(report.position), None
    if mine.point and other and not report.sensitive:
        metres = distance_m(mine.point, other)
    return LikeOut(
        id=report.id,
        number=report.number,
        status=report.status,
        title=report.title,
        reported_at=report.reported_at,
        hours_apart=round(abs(mine.at - report.reported_at).total_seconds() / 3600, 1),
        metres=None if metres is None else round(metres),
        mergeable=report.status in OPEN,
    )
