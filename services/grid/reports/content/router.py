from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.chassis.http.writes import Stepping, step
from services.grid.reports.content import operations
from services.grid.reports.content.schemas import DescribeIn

router = APIRouter(prefix="/v1/grid/reports", tags=["reports"])


@router.post("/{report_id}/describe", **step(operations.describe_report))
async def describe_report(report_id: UUID, body: DescribeIn, unit: Stepping) -> Response:
    return await unit.step(operations.describe_report, report_id, body)
