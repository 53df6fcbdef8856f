"""Who sees which check-up reports."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlmodel import col

from services.chassis.identity.caller import Caller
from services.chassis.operation import Noun
from services.inspection.enterprises.queries import of_own
from services.inspection.reports.models import CheckupReport
from services.inspection.reports.schemas import CheckupReportOut
from services.inspection.scope import within_areas, within_reach


def visible(caller: Caller) -> ColumnElement[bool]:
    """By area; besides, those on the enterprise whose contact one is."""
    return or_(
        within_areas(caller, col(CheckupReport.area_code)),
        of_own(caller, col(CheckupReport.enterprise_id)),
    )


def shown(report: CheckupReport, caller: Caller, allowed: list[str]) -> CheckupReportOut:
    reached = within_reach(CHECKUP_REPORTS, caller, allowed, report.area_code)
    return CheckupReportOut.of(report, reached)


CHECKUP_REPORTS: Noun[CheckupReport] = Noun(
    "checkup_report",
    CheckupReport,
    visible,
    shown,
)


def of_enterprise(enterprise_id: UUID | None) -> ColumnElement[bool] | None:
    return col(CheckupReport.enterprise_id) == enterprise_id if enterprise_id else None
