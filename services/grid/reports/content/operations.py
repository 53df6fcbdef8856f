"""Saying more of a report, until it is closed."""

from services.chassis.deadlines.calendar import local_day
from services.chassis.operation import Call, Done, operation
from services.grid.categories.queries import Subcategories
from services.grid.reports.content.filling import changed_by
from services.grid.reports.content.schemas import DescribeIn
from services.grid.reports.content.steps import describe
from services.grid.reports.lifecycle import Step
from services.grid.reports.models import Report
from services.grid.reports.queries import REPORTS, subcategories


@operation(REPORTS, permission="report.describe", step=Step.DESCRIBE, given=subcategories)
def describe_report(
    report: Report, body: DescribeIn, given: Subcategories, call: Call
) -> Done[Report]:
    """Say more of a report (补充): its subcategory, fields, parties, place. Its reporter, who handled it, or an office
    of its area, until it is closed."""
    report.require(Step.DESCRIBE, call.caller)
    is_clue = given.is_clue(report.category, body.subcategory, local_day(report.reported_at))
    changed = changed_by(report, body, call)
    event = describe(report, changed, is_clue=is_clue, by=call.subject, at=call.at)
    return Done(report, event)
