"""Saying more of a report. It changes the row and returns the event."""

from datetime import datetime
from typing import Any

from services.contracts.grid_reports import ReportDescribed
from services.grid.reports.lifecycle import Step
from services.grid.reports.models import Report


def describe(
    report: Report, changed: dict[str, Any], *, is_clue: bool, by: str, at: datetime
) -> ReportDescribed:
    """补充: its fields say more than before."""
    report.check(Step.DESCRIBE, by)
    report.require_content(is_clue=is_clue, **changed)
    report.take(Step.DESCRIBE, by)
    report.take_over(changed)
    return ReportDescribed(**report.facts(at), subcategory=report.told_subcategory)
