"""What may be done with check-up reports. Each operation is one use case on one report."""

from datetime import datetime

from services.chassis.deadlines.calendar import local_day
from services.chassis.operation import Call, Done, Numbering, operation
from services.inspection.enterprises.queries import Enterprises, areas, enterprises
from services.inspection.reports import schemas
from services.inspection.reports.models import CheckupReport, Step
from services.inspection.reports.queries import CHECKUP_REPORTS
from services.inspection.scope import require_reach


def number_of(_: object, at: datetime) -> Numbering:
    return Numbering("RP", "", local_day(at))


@operation(
    CHECKUP_REPORTS,
    permission="checkup_report.issue",
    creates=True,
    given=enterprises,
    number=number_of,
    located=areas,
)
def issue_checkup_report(
    _: None, body: schemas.CheckupReportIn, given: Enterprises, call: Call
) -> Done[CheckupReport]:
    """Issue the report of a check-up (出具体检报告). It is never changed afterwards."""
    return Done(
        *CheckupReport.issue(
            body.content,
            by=call.subject,
            at=call.at,
            id=call.id,
            number=call.number,
            area_code=given.site_of(body.enterprise_id, call).area_code,
            enterprise_id=body.enterprise_id,
        )
    )


@operation(CHECKUP_REPORTS, permission="checkup_report.issue", step=Step.SUPERSEDE)
def supersede_checkup_report(
    report: CheckupReport, body: schemas.CorrectionIn, _: None, call: Call
) -> Done[CheckupReport]:
    """Issue a corrected edition; the one before is kept as superseded (更正)."""
    require_reach(call.caller, "checkup_report.issue", report.area_code)
    event = report.supersede(body.content, body.reason, by=call.subject, at=call.at)
    return Done(report, event)
