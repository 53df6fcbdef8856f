from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.inspection.reports import operations, queries, schemas
from services.inspection.reports.queries import CHECKUP_REPORTS

router = APIRouter(prefix="/v1/inspection/reports", tags=["checkup reports"])
PAGE = Page[schemas.CheckupReportLine]


@router.post("", **creation(operations.issue_checkup_report))
async def issue_checkup_report(body: schemas.CheckupReportIn, unit: Creating) -> Response:
    return await unit.create(operations.issue_checkup_report, body)


@router.get("", **reads("checkup_report.read", PAGE, "list_checkup_reports"))
async def list_checkup_reports(
    reading: Reading, pages: Pages, enterprise_id: UUID | None = None
) -> Response:
    """Check-up reports that the caller may see, newest entry first."""
    condition = queries.of_enterprise(enterprise_id)
    return await reading.page(CHECKUP_REPORTS, schemas.CheckupReportLine, pages, condition)


@router.get(
    "/{report_id}", **reads("checkup_report.read", schemas.CheckupReportOut, "get_checkup_report")
)
async def get_checkup_report(report_id: UUID, reading: Reading) -> Response:
    """A check-up report in full, with its editions."""
    return await reading.detail(CHECKUP_REPORTS, report_id)


@router.post("/{report_id}/supersede", **step(operations.supersede_checkup_report))
async def supersede_checkup_report(
    report_id: UUID, body: schemas.CorrectionIn, unit: Stepping
) -> Response:
    return await unit.step(operations.supersede_checkup_report, report_id, body)
