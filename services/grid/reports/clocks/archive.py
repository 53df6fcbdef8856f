"""When a report that is over goes to the archive by itself (归档). Pure.

It is nobody's time limit: the ledger, the lamp and the warnings know nothing of it; it follows from what the report is.
"""

from datetime import datetime
from typing import NamedTuple

from services.grid.reports.columns import ReportColumns
from services.grid.reports.conditions import owes_call_back, owes_check
from services.grid.reports.lifecycle import OVER

ARCHIVE = "archive"


class Ending(NamedTuple):
    """Until when a report that is closed may be reopened, and when it is archived."""

    reopen_until: datetime
    archive_due_at: datetime


def archived_from(row: ReportColumns) -> datetime | None:
    """While nobody owes anything of a report that is over, and never before what happened to it last. Its closing
    answers whoever supervised it. What a release of before closed, or took over, has its window alone, or none."""
    due = row.archive_due_at or row.reopen_until or row.closed_at
    if row.status not in OVER or due is None or owes_check(row) or owes_call_back(row):
        return None
    return max(due, row.occurred_at)
