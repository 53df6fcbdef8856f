"""Who sees which check-up reports."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlmodel import col

from services.chassis.identity.caller import Caller
from services.chassis.operation import Noun
from services.inspection.enterprises.queries import of_own, within_areas
from services.inspection.reports.models import CheckupReport
from services.inspection.reports.schemas import CheckupReportOut


def visible(caller: Caller) -> ColumnElement[bool]:
    """By area; besides, those on one's own enterprise."""
    return or_(
        within_areas(caller, col(CheckupReport.area_code)),
        of_own(caller, col(CheckupReport.enterprise_id)),
    )


CHECKUP_REPORTS: Noun[CheckupReport] = Noun(
    "checkup_report",
    CheckupReport,
    visible,
    lambda report, _, allowed: CheckupReportOut.of(report, allowed),
)


def of_enterprise(enterprise_id: UUID | None) -> ColumnElement[bool] | None:
    return col(CheckupReport.enterprise_id) == enterprise_id if enterprise_id else None
