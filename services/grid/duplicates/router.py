from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.chassis.http.reads import reads
from services.chassis.http.writes import Stepping, step
from services.chassis.runtime import CallerDep, RuntimeDep
from services.grid.duplicates import operations, queries
from services.grid.duplicates.schemas import DuplicatesIn, DuplicatesOut, MergeIn

router = APIRouter(prefix="/v1/grid/reports", tags=["reports"])


@router.post(
    "/duplicates", **reads("report.read", DuplicatesOut, "find_report_duplicates", conflicts=False)
)
async def find_report_duplicates(
    body: DuplicatesIn, runtime: RuntimeDep, caller: CallerDep
) -> DuplicatesOut:
    """Before a matter is reported: what the caller may see of the same grid, category and subcategory, within 200 m
    and 72 h. A suggestion; nothing is refused for it."""
    return await queries.alike(runtime, caller, body, datetime.now(UTC))


@router.get(
    "/{report_id}/duplicates", **reads("report.read", DuplicatesOut, "list_report_duplicates")
)
async def list_report_duplicates(
    report_id: UUID, runtime: RuntimeDep, caller: CallerDep
) -> DuplicatesOut:
    """What may be the same matter as this report, for the office that decides."""
    return await queries.alike_to(runtime, caller, report_id)


@router.post("/{report_id}/merge", **step(operations.merge_report))
async def merge_report(report_id: UUID, body: MergeIn, unit: Stepping) -> Response:
    return await unit.step(operations.merge_report, report_id, body)
