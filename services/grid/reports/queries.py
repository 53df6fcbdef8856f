"""Who sees which reports, and what operations must know besides their row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, and_, cast, or_, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.attachments.declared import Files
from services.chassis.errors import Refusal
from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.chassis.operation import Item, Noun
from services.contracts import roles
from services.contracts.codes_grid import Awaiting, Category, RequestState, SelfCheck, Urgency
from services.grid.areas import queries as areas
from services.grid.areas.rules import AreaUnknown, Validity
from services.grid.organisations import queries as organisations
from services.grid.organisations.rules import OrganisationUnknown
from services.grid.policy import HANDLERS_BY_AREA, MEMBERS, OFFICES, VILLAGE
from services.grid.reports.clocks.limits import Limits, limits
from services.grid.reports.conditions import require_timely
from services.grid.reports.lifecycle import OPEN, OVER, Status, Step
from services.grid.reports.models import Report
from services.grid.reports.schemas import ReportOut

BY_AREA = MEMBERS | VILLAGE | OFFICES | {roles.AUDITOR}
BY_ASSIGNMENT = HANDLERS_BY_AREA | {roles.DEPARTMENT_HANDLER, roles.AGENCY}


def visible(caller: Caller) -> ColumnElement[bool]:
    """One's own reports; besides, what each of one's roles gives: those of one's areas, and those assigned
    to one's organisation or handled by oneself."""
    if caller.is_job:
        return true()
    relations = [col(Report.reporter) == caller.subject]
    if caller.roles & BY_AREA:
        relations.append(within(col(Report.area_code), caller.areas))
    if caller.roles & BY_ASSIGNMENT:
        relations.append(col(Report.handlers).contains([caller.subject]))
        if caller.organisation:
            relations.append(col(Report.organisation) == caller.organisation)
            relations.append(col(Report.assisting).contains([caller.organisation]))
    return or_(*relations)


def show(report: Report, caller: Caller, allowed: list[str]) -> ReportOut:
    steps = {operation.name: operation.step for operation in REPORTS.operations}
    now = datetime.now(UTC)
    mine = [name for name in allowed if _is_a_step_of(caller, report, steps[name], now)]
    return ReportOut.of(report, caller, mine, now)


def _is_a_step_of(caller: Caller, report: Report, step: Step, now: datetime) -> bool:
    try:
        report.require(step, caller)
        require_timely(report, step, now)
    except Refusal:
        return False
    return True


FILES = Files(read="report.read", withdraw="report.withdraw_file")
REPORTS: Noun[Report] = Noun("report", Report, visible, show, files=FILES)


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
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    return [
        _AWAITING[awaiting] if awaiting else None,
        col(Report.status).in_(status) if status else None,
        col(Report.category) == category if category else None,
        col(Report.urgency) == urgency if urgency else None,
    ]


@dataclass(frozen=True)
class Places:
    """What a new report must know: the limits, and when each area named is valid."""

    limits: Limits
    areas: Validity

    def require_area(self, code: str, day: date) -> None:
        if not self.areas.holds(code, day):
            raise AreaUnknown(code)


@dataclass(frozen=True)
class Bodies:
    """What an assignment must know: when each organisation named is there, and how long it may take to sign."""

    limits: Limits
    validity: Validity

    def require(self, code: str, day: date) -> None:
        if not self.validity.holds(code, day):
            raise OrganisationUnknown(code)

    def require_all(self, codes: Iterable[str], day: date) -> None:
        for code in codes:
            self.require(code, day)


async def places(connection: AsyncConnection, items: Sequence[Item]) -> Places:
    named = {item.body.area_code for item in items}
    return Places(await limits(connection, items), await areas.validity(connection, named))


async def bodies(connection: AsyncConnection, items: Sequence[Item]) -> Bodies:
    named = {item.body.organisation for item in items}
    named |= {code for item in items for code in getattr(item.body, "assisting", ())}
    validity = await organisations.validity(connection, named)
    return Bodies(await limits(connection, items), validity)
