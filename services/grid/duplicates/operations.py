"""Merging reports of one matter."""

from services.chassis.operation import Call, Done, operation
from services.grid.duplicates.queries import merging
from services.grid.duplicates.rules import MasterUnknown, Merged, OnlyOffices
from services.grid.duplicates.schemas import MergeIn
from services.grid.duplicates.steps import merge
from services.grid.reports.lifecycle import Step
from services.grid.reports.models import Report
from services.grid.reports.queries import REPORTS
from services.grid.reports.rules import is_office


@operation(REPORTS, permission="report.merge", step=Step.MERGE, given=merging, locks=True)
def merge_report(report: Report, body: MergeIn, given: Merged, call: Call) -> Done[Report]:
    """Merge a report into another that tells of the same matter (并案): it is cancelled as a duplicate and keeps its
    number; its reporter and handlers see the other one from now on. Offices of both areas only, and never into one that is closed."""
    if not is_office(call.caller, report.area_code):
        raise OnlyOffices
    report.check(Step.MERGE, call.subject)
    master = given.masters.get(body.master)
    if master is None or not is_office(call.caller, master.area_code):
        raise MasterUnknown
    credited = given.take(report.id, report.category, report.reporter, body.master)
    event = merge(report, body.master, credited=credited, by=call.subject, at=call.at)
    return Done(report, event)
