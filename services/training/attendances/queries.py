"""Who sees which attendances, and what operations must know besides their row."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, and_, cast, column, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.errors import NotFound
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun
from services.contracts.codes_training import Audience
from services.training.attendances.models import Attendance, PassMark
from services.training.attendances.rules import (
    AlreadyAttended,
    NotItsAudience,
    SessionFull,
    SessionUnknown,
    Status,
    TraineeUnknown,
)
from services.training.attendances.schemas import AttendanceOut
from services.training.effective import in_force
from services.training.scope import among, by_area
from services.training.sessions.models import TrainingSession
from services.training.sessions.rules import Status as SessionStatus
from services.training.trainees.models import Trainee

ATTENDANCES: Noun[Attendance] = Noun(
    "attendance",
    Attendance,
    lambda caller: by_area(col(Attendance.area_code), caller),
    lambda attendance, _, allowed: AttendanceOut.of(attendance, allowed),
)


def matching(
    session_id: UUID | None, trainee_id: UUID | None, status: list[Status] | None
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    return [
        col(Attendance.session_id) == session_id if session_id else None,
        col(Attendance.trainee_id) == trainee_id if trainee_id else None,
        col(Attendance.status).in_(status) if status else None,
    ]


class Occasion(NamedTuple):
    """A session and a trainee. What belongs to one that does not exist is None."""

    has_session: bool
    has_trainee: bool
    has_attended: bool
    status: SessionStatus
    area_code: str
    starts_at: datetime
    ends_at: datetime
    course_minutes: int
    capacity: int
    audiences: list[Audience]
    audience: Audience
    account: str | None


@dataclass(frozen=True)
class Occasions:
    """What a new attendance must know, by (session, trainee), and how many places of each session are taken.
    The sessions are locked: nobody settles them or takes a place meanwhile."""

    known: dict[tuple[UUID, UUID], Occasion]
    taken: Counter[UUID]

    def of(self, session_id: UUID, trainee_id: UUID, caller: Caller) -> Occasion:
        """A session in the caller's scope and a trainee whom it is for and who is not in it yet."""
        occasion = self.known[session_id, trainee_id]
        if not occasion.has_session or not caller.covers(occasion.area_code):
            raise SessionUnknown
        if not occasion.has_trainee:
            raise TraineeUnknown
        if occasion.has_attended:
            raise AlreadyAttended
        if occasion.audience not in occasion.audiences:
            raise NotItsAudience
        return occasion

    def take_place(self, session_id: UUID, trainee_id: UUID) -> None:
        """One place less for those that follow in the same run."""
        occasion = self.known[session_id, trainee_id]
        if self.taken[session_id] >= occasion.capacity:
            raise SessionFull(occasion.capacity)
        self.taken[session_id] += 1
        self.known[session_id, trainee_id] = occasion._replace(has_attended=True)


async def occasions(connection: AsyncConnection, items: Sequence[Item]) -> Occasions:
    pairs = sorted({(item.body.session_id, item.body.trainee_id) for item in items})
    sessions, trainees = map(list, zip(*pairs, strict=True))
    await connection.execute(
        locked(col(TrainingSession.id), among(col(TrainingSession.id), sessions))
    )
    places = (column("session_id", Uuid), column("trainee_id", Uuid))
    unnested = func.unnest(cast(sessions, ARRAY(Uuid)), cast(trainees, ARRAY(Uuid)))
    wanted = unnested.table_valued(*places).render_derived()
    session_id, trainee_id = wanted.c.session_id, wanted.c.trainee_id
    same = and_(col(Attendance.session_id) == session_id, col(Attendance.trainee_id) == trainee_id)
    statement = (
        select(
            session_id,
            trainee_id,
            col(TrainingSession.id).is_not(None),
            col(Trainee.id).is_not(None),
            col(Attendance.id).is_not(None),
            col(TrainingSession.status),
            col(TrainingSession.area_code),
            col(TrainingSession.starts_at),
            col(TrainingSession.ends_at),
            col(TrainingSession.theory_minutes) + col(TrainingSession.practice_minutes),
            col(TrainingSession.capacity),
            col(TrainingSession.audiences),
            col(Trainee.audience),
            col(Trainee.account),
        )
        .select_from(wanted)
        .outerjoin(TrainingSession, col(TrainingSession.id) == session_id)
        .outerjoin(Trainee, col(Trainee.id) == trainee_id)
        .outerjoin(Attendance, same)
    )
    rows = await connection.execute(statement)
    taken = await connection.execute(
        select(col(Attendance.session_id), func.count())
        .where(among(col(Attendance.session_id), sessions))
        .group_by(col(Attendance.session_id))
    )
    return Occasions(
        {(row[0], row[1]): Occasion(*row[2:]) for row in rows},
        Counter({row[0]: row[1] for row in taken}),
    )


def locked(what: Any, which: ColumnElement[bool]) -> Select[Any]:
    """`what` of the sessions `which`, locked in the order of their ids."""
    return select(what).where(which).order_by(col(TrainingSession.id)).with_for_update()


@dataclass(frozen=True)
class Assessing:
    """What an assessment must know: how far the sessions of the attendances are, which are locked, and the
    pass marks."""

    sessions: dict[UUID, SessionStatus]
    marks: tuple[PassMark, ...]

    def session_of(self, attendance: Attendance) -> SessionStatus:
        """An attendance that was made just before in the same run is not known yet."""
        status = self.sessions.get(attendance.session_id)
        if status is None:
            raise NotFound
        return status

    def pass_mark(self, audience: Audience, day: date) -> int:
        return in_force(self.marks, audience, day).theory_score


async def assessing(connection: AsyncConnection, items: Sequence[Item]) -> Assessing:
    theirs = select(col(Attendance.session_id)).where(
        among(col(Attendance.id), {item.id for item in items})
    )
    session = col(TrainingSession.id)
    sessions = await connection.execute(
        locked(session, session.in_(theirs)).add_columns(col(TrainingSession.status))
    )
    marks = await connection.execute(text("select * from pass_mark"))
    return Assessing(
        {row[0]: row[1] for row in sessions}, tuple(PassMark(**row) for row in marks.mappings())
    )
