"""Who sees which reports, and what operations must know besides their row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, cast, false, func, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.chassis.deadlines.calendar import day_start
from services.chassis.errors import Refusal
from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.chassis.operation import Item, Noun
from services.chassis.privacy.people import People, Shown
from services.contracts import roles
from services.contracts.codes_grid import (
    Awaiting,
    Category,
    Finder,
    RequestState,
    SelfCheck,
    Urgency,
)
from services.grid.areas import queries as areas
from services.grid.areas.rules import AreaUnknown, Validity
from services.grid.categories import queries as categories
from services.grid.categories.queries import Subcategories
from services.grid.organisations import queries as organisations
from services.grid.organisations.rules import OrganisationUnknown
from services.grid.policy import HANDLERS_BY_AREA, MEMBERS, OFFICES, VILLAGE
from services.grid.positions.queries import Provenance, provenance
from services.grid.reports.clocks.ledger import DAY
from services.grid.reports.clocks.limits import Limits, limits
from services.grid.reports.conditions import require_timely
from services.grid.reports.files import ReportFiles
from services.grid.reports.handling.rules import OrganisationElsewhere
from services.grid.reports.lifecycle import OPEN, OVER, Status, Step
from services.grid.reports.models import Report
from services.grid.reports.schemas import ReportOut

BY_AREA = MEMBERS | VILLAGE | OFFICES | {roles.AUDITOR}
KNOWING = OFFICES | {roles.AUDITOR}
BY_ASSIGNMENT = HANDLERS_BY_AREA | {roles.DEPARTMENT_HANDLER, roles.AGENCY}
OWN = aliased(Report)  # once: with so many columns it takes longer than a page does


def visible(caller: Caller) -> ColumnElement[bool]:
    """One's own reports, and those that they were merged into; besides, what each of one's roles gives: those of
    one's areas, and those assigned to one's organisation or handled by oneself. A sensitive one is no neighbour's
    business: of those of an area only offices and auditors see it; nor is it of who told of the same, who may be whom
    it accuses, and learns by a look-up code how it goes."""
    if caller.is_job:
        return true()
    plain = col(Report.sensitive).is_(False)
    followed = and_(col(Report.id).in_(_followed(caller)), plain)
    relations = [col(Report.reporter) == caller.subject, followed]
    if caller.roles & BY_AREA:
        inside, knows = within(col(Report.area_code), caller.areas), caller.roles & KNOWING
        relations.append(inside if knows else and_(inside, plain))
    if caller.roles & BY_ASSIGNMENT:
        relations.append(col(Report.handlers).contains([caller.subject]))
        if caller.organisation:
            relations.append(col(Report.organisation) == caller.organisation)
            relations.append(col(Report.assisting).contains([caller.organisation]))
    return or_(*relations)


def _followed(caller: Caller) -> Select[UUID | None]:
    """The masters of what one reported oneself, or handled, and what was merged into them."""
    mine = or_(col(OWN.reporter) == caller.subject, col(OWN.handlers).contains([caller.subject]))
    return select(col(OWN.duplicate_of)).where(col(OWN.duplicate_of).is_not(None), mine)


def show(report: Report, caller: Caller, allowed: list[str], people: Shown) -> ReportOut:
    steps = {operation.name: operation.step for operation in REPORTS.operations}
    now = datetime.now(UTC)
    mine = [name for name in allowed if _is_a_step_of(caller, report, steps[name], now)]
    return ReportOut.of(report, caller, mine, now, people)


def _is_a_step_of(caller: Caller, report: Report, step: Step, now: datetime) -> bool:
    try:
        report.require(step, caller)
        require_timely(report, step, now)
    except Refusal:
        return False
    return True


PEOPLE = People(
    "reports", "report.reveal", lambda report, caller: caller.subject in report.handlers
)
FILES = ReportFiles(read="report.read", withdraw="report.withdraw_file")
REPORTS: Noun[Report] = Noun("report", Report, visible, show, PEOPLE, files=FILES)


_AWAITING: dict[Awaiting, ColumnElement[bool]] = {
    Awaiting.SELF_CHECK: and_(
        col(Report.self_check) == SelfCheck.DUE, col(Report.status).in_(OVER)
    ),
    Awaiting.CALL_BACK: and_(
        col(Report.satisfied).is_(False),
        col(Report.called_back_at).is_(None),
        col(Report.status).in_(OVER),
    ),
    Awaiting.DECISION: and_(
        cast(Report.requests, JSONB).contains([{"state": RequestState.PENDING}]),
        col(Report.status).in_((Status.TRANSFER_REQUESTED, Status.PROCESSING)),
    ),
    Awaiting.SUPERVISED: and_(
        col(Report.supervise_due_at).is_not(None), col(Report.status).in_(OPEN)
    ),
}


def matching(
    status: list[Status] | None,
    category: Category | None,
    urgency: Urgency | None,
    awaiting: Awaiting | None = None,
    **equal: Any,
) -> list[ColumnElement[bool] | None]:
    """The filters of a list, each `equal` one by its column; None where one was not asked for."""
    return [
        *(
            None if told is None else col(getattr(Report, name)) == told
            for name, told in equal.items()
        ),
        _AWAITING[awaiting] if awaiting else None,
        col(Report.status).in_(status) if status else None,
        col(Report.category) == category if category else None,
        col(Report.urgency) == urgency if urgency else None,
    ]


def found_by(finder: Finder | None, caller: Caller) -> ColumnElement[bool] | None:
    """Of those alone of which the caller is told who found them: else the filter would tell."""
    if finder is None:
        return None
    knows = [col(Report.sensitive).is_(False), col(Report.reporter) == caller.subject]
    if caller.roles & KNOWING:
        knows.append(within(col(Report.area_code), caller.areas))
    return and_(col(Report.finder) == finder, or_(*knows))


def reported(first: date | None, last: date | None) -> list[ColumnElement[bool] | None]:
    """Those reported from the local day `first` to the day `last`, both included."""
    return [
        col(Report.reported_at) >= day_start(first) if first else None,
        col(Report.reported_at) < day_start(last + DAY) if last else None,
    ]


def overdue(asked: bool | None, now: datetime) -> ColumnElement[bool] | None:
    """Those that are open though a deadline of theirs has passed, whether or not it has been recorded yet."""
    if asked is None:
        return None
    late = or_(
        and_(
            col(Report.accepted_at).is_(None),
            col(Report.accept_due_at) < now,
            col(Report.status) != Status.RETURNED,  # its reporter's turn: the clock stands still
        ),
        and_(col(Report.accepted_at).is_not(None), col(Report.resolve_due_at) < now),
    )
    passed = and_(col(Report.status).in_(OPEN), func.coalesce(late, false()))
    return passed if asked else ~passed


def doubtful(asked: bool | None) -> ColumnElement[bool] | None:
    """Those with something that speaks against their position; for review."""
    if asked is None:
        return None
    empty = col(Report.suspicions) == []
    return ~empty if asked else empty


@dataclass(frozen=True)
class Places:
    """What a new report must know: the limits, when each area named is valid, the subcategories named, and what
    positions are judged by."""

    limits: Limits
    areas: Validity
    subcategories: Subcategories
    positions: Provenance

    def require_area(self, code: str, day: date) -> None:
        if not self.areas.holds(code, day):
            raise AreaUnknown(code)


@dataclass(frozen=True)
class Bodies:
    """What an assignment must know: when each organisation named is there, which area it serves, and how long it may
    take to sign."""

    limits: Limits
    validity: Validity
    serves: Mapping[str, str]

    def require(self, caller: Caller, area: str, codes: Iterable[str], day: date) -> None:
        for code in codes:
            if not self.validity.holds(code, day):
                raise OrganisationUnknown(code)
            served = self.serves[code]
            if not (area.startswith(served) or caller.covers(served)):
                raise OrganisationElsewhere(code)


async def places(connection: AsyncConnection, items: Sequence[Item]) -> Places:
    named = {item.body.area_code for item in items}
    located = {i.body.area_code for i in items if getattr(i.body, "position", None)}
    return Places(
        await limits(connection, items),
        await areas.validity(connection, named),
        await subcategories(connection, items),
        await provenance(connection, located),
    )


async def subcategories(connection: AsyncConnection, items: Sequence[Item]) -> Subcategories:
    named = {getattr(item.body, "subcategory", None) for item in items}
    return await categories.named(connection, named)


async def bodies(connection: AsyncConnection, items: Sequence[Item]) -> Bodies:
    named = {item.body.organisation for item in items}
    named |= {code for item in items for code in getattr(item.body, "assisting", ())}
    return Bodies(
        await limits(connection, items),
        await organisations.validity(connection, named),
        await organisations.served(connection, named),
    )
