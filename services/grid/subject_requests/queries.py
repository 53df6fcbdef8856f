"""Who sees which requests, and what operations must know besides their row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import Database, driver
from services.chassis.deadlines.calendar import Calendar, Limit, local_day
from services.chassis.deadlines.calendar_table import cached_calendar, recent
from services.chassis.effective import in_force
from services.chassis.erasure.copies import CopyIn
from services.chassis.erasure.matching import Sought, sought_by
from services.chassis.errors import NotFound, Unavailable
from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.chassis.operation import Item, Noun
from services.chassis.privacy.people import People
from services.chassis.unit import load_rows
from services.contracts.codes_privacy import RightKind
from services.grid.subject_requests.models import SubjectRequest
from services.grid.subject_requests.rules import NobodyLeft, Status
from services.grid.subject_requests.schemas import RequestOut


def visible(caller: Caller) -> ColumnElement[bool]:
    return true() if caller.is_job else within(col(SubjectRequest.area_code), caller.areas)


REQUESTS: Noun[SubjectRequest] = Noun(
    "subject_request",
    SubjectRequest,
    visible,
    lambda request, _, allowed, people: RequestOut.of(request, allowed, people),
    People("subject-requests", "subject_request.reveal"),
)


class RightLimitMissing(Unavailable):
    def __init__(self, clock: str) -> None:
        super().__init__(f"未配置 {clock} 的时限。", f"No {clock} limit is configured.")


def matching(
    status: list[Status] | None, kind: RightKind | None, overdue: bool | None
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for. `overdue`: a deadline passed, and it is open yet."""
    late = col(SubjectRequest.answer_overdue_at).is_not(None)
    unconfirmed = col(SubjectRequest.confirm_overdue_at).is_not(None)
    passed = (late | unconfirmed) & col(SubjectRequest.closed_at).is_(None)
    return [
        col(SubjectRequest.status).in_(status) if status else None,
        col(SubjectRequest.kind) == kind if kind else None,
        passed if overdue else ~passed if overdue is False else None,
    ]


class Rule(NamedTuple):
    """One row of `RightLimit`, read."""

    clock: str
    area_code: str
    valid_from: date
    allowed: Limit


@dataclass(frozen=True)
class Limits:
    """The limits in force, and the calendar that they run on."""

    rows: Sequence[Rule]
    calendar: Calendar

    def due(self, clock: str, area: str, start: datetime) -> datetime | None:
        """When `clock`, started at `start`, runs out; None while the calendar year is not known."""
        row = in_force((r for r in self.rows if r.clock == clock), area, local_day(start))
        if row is None:
            raise RightLimitMissing(clock)
        return self.calendar.add_working_time(start, row.allowed)


@dataclass(frozen=True)
class Erasing:
    """What an erasure must know: until when it is to be confirmed, and whom it means."""

    limits: Limits
    people: Mapping[UUID, Sought]

    def person(self, request: UUID) -> Sought:
        found = self.people.get(request, Sought(None, None))
        if found == (None, None):
            raise NobodyLeft
        return found


async def subject(database: Database, caller: Caller, id: UUID) -> CopyIn:
    """By which indexes the person of a verified request for access is known; refuses any other request."""
    request, known = col(SubjectRequest.id) == id, visible(caller)
    async with database.connection() as connection:
        rows = await connection.run_sync(load_rows, select(SubjectRequest).where(request, known))
        if id not in rows:
            raise NotFound
        rows[id].require_copy()
        people = await sought_by(connection, [id])
    told = {name: index and index.hex() for name, index in people[id]._asdict().items()}
    return CopyIn(request_id=id, **told)


async def limits(connection: AsyncConnection, _: Sequence[Item]) -> Limits:
    return Limits(await recent(connection, _rules), await cached_calendar(connection))


async def _rules(connection: AsyncConnection) -> list[Rule]:
    raw = await driver(connection)
    rows = await raw.fetch("select clock, area_code, valid_from, allowed from right_limit")
    return [Rule._make((*row[:3], Limit.parse(row[3]))) for row in map(tuple, rows)]


async def erasing(connection: AsyncConnection, items: Sequence[Item]) -> Erasing:
    return Erasing(
        await limits(connection, items), await sought_by(connection, [item.id for item in items])
    )
