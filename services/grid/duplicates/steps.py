"""Merging a report into another. It changes the row and returns the event."""

from datetime import datetime
from uuid import UUID

from services.contracts import grid as contract
from services.grid.reports.lifecycle import Step
from services.grid.reports.models import Report


def merge(
    report: Report,
    master: UUID,
    *,
    credited: bool,
    by: str,
    at: datetime,
    step: Step = Step.MERGE,
) -> contract.ReportCancelled:
    """并案, or 注销 as a duplicate: the matter is told of as `master` alone."""
    told = {"reason": "DUPLICATE", "duplicate_of": master, "credited": credited}
    event = report.cancel("DUPLICATE", by=by, at=at, step=step)
    report.duplicate_of, report.credited = master, credited
    return event.model_copy(update=told)
