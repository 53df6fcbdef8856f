"""Which reports wait for a caller."""

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlmodel import col

from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.contracts import roles
from services.grid.policy import OFFICES, VILLAGE
from services.grid.reports.lifecycle import OPEN, Status
from services.grid.reports.models import Report
from services.grid.reports.queries import BY_ASSIGNMENT, OWN

VERIFIERS = OFFICES | VILLAGE | {roles.FULL_TIME_GRID_MEMBER}
LATE = or_(
    and_(col(Report.status) == Status.REPORTED, col(Report.accept_overdue_at).is_not(None)),
    and_(col(Report.status) == Status.ASSIGNED, col(Report.sign_overdue_at).is_not(None)),
    and_(col(Report.status) == Status.RESOLVED, col(Report.verify_overdue_at).is_not(None)),
    and_(col(Report.status).in_(OPEN), col(Report.resolve_overdue_at).is_not(None)),
)
"""逾期: a deadline has passed of what it waits for, or of the whole."""


def returned(caller: Caller) -> ColumnElement[bool]:
    """退回补正: their own reports that were sent back."""
    return and_(col(Report.status) == Status.RETURNED, col(Report.reporter) == caller.subject)


def merged(caller: Caller) -> ColumnElement[bool]:
    """并案: as what their own reports go on; `changed` counts those of which there is news."""
    into = select(col(OWN.duplicate_of)).where(
        col(OWN.duplicate_of).is_not(None), col(OWN.reporter) == caller.subject
    )
    return col(Report.id).in_(into) & (col(Report.status) != Status.ARCHIVED)


def to_accept(caller: Caller) -> ColumnElement[bool]:
    """待受理、待交办 in the areas of an office."""
    return _of_the_office(caller) & col(Report.status).in_([Status.REPORTED, Status.ACCEPTED])


def assigned(caller: Caller) -> ColumnElement[bool]:
    """交办给本机构的: those that the caller's organisation has to sign for or is handling."""
    if not (caller.organisation and caller.roles & BY_ASSIGNMENT):
        return false()
    mine = col(Report.organisation) == caller.organisation
    return mine & col(Report.status).in_([Status.ASSIGNED, Status.PROCESSING])


def to_verify(caller: Caller) -> ColumnElement[bool]:
    """待核查: never what the caller has handled."""
    if not caller.roles & VERIFIERS:
        return false()
    handled = col(Report.handlers).contains([caller.subject])
    here = within(col(Report.area_code), caller.areas)
    return (col(Report.status) == Status.RESOLVED) & here & ~handled


def overdue(caller: Caller) -> ColumnElement[bool]:
    """逾期未办结 in the areas of an office."""
    return _of_the_office(caller) & LATE


def _of_the_office(caller: Caller) -> ColumnElement[bool]:
    """`reports.rules.is_office` as part of a WHERE."""
    return within(col(Report.area_code), caller.areas if caller.roles & OFFICES else ())
