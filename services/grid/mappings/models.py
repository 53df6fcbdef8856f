"""What the codes of another system mean, and reports that are taken over from one."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from services.contracts.grid import ReportSnapshot
from services.grid.mappings.rules import TakenUpHere
from services.grid.reports.clocks.ledger import Started
from services.grid.reports.clocks.row import CLOCKS
from services.grid.reports.lifecycle import Status
from services.grid.reports.models import Report


class SourceCode(SQLModel, table=True):
    """What a code of another system means here. `kind` CATEGORY: `category` and, if it is that fine, `subcategory`;
    STATUS: `status`. `basis`: where the meaning comes from; `confirmed`: by the district. Configuration."""

    __tablename__ = "report_source_code"

    source: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    label: str = ""
    category: str | None = None
    subcategory: str | None = None
    status: str | None = None
    basis: str
    confirmed: bool = False


def taken_over(
    status: Status, clock: Started | None, *, at: datetime, **facts: Any
) -> tuple[Report, ReportSnapshot]:
    """A report as another system tells of it; `facts` are its fields. Only one that goes on here has a `clock`."""
    new = Report(correlation_id=facts["id"], status=status, occurred_at=at, **facts)
    if clock:
        new.start_clock(clock)
    return new, new.snapshot()


def follow(
    report: Report,
    status: Status,
    accepted_at: datetime | None,
    ended_at: datetime | None,
    archive_due_at: datetime | None,
    *,
    at: datetime,
) -> ReportSnapshot | None:
    """What has become of it in the system that it came from; nothing, where that is known."""
    if status in (report.status, Status.REPORTED) or (status is Status.CLOSED and report.closed_at):
        return None
    if report.status is not Status.REPORTED:
        raise TakenUpHere
    report.status, report.occurred_at = status, at
    report.stop_clocks(*CLOCKS, at=ended_at or at)
    if status is Status.CLOSED:
        report.accepted_at, report.closed_at = accepted_at, ended_at
        report.archive_due_at = archive_due_at
    else:
        report.cancelled_at = ended_at or at
    return report.snapshot()
