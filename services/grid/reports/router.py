from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.contracts.codes_grid import Awaiting, Category, Urgency
from services.grid.reports import operations, queries, schemas
from services.grid.reports.lifecycle import Status
from services.grid.reports.queries import REPORTS

router = APIRouter(prefix="/v1/grid/reports", tags=["reports"])


@router.post("", **creation(operations.create_report))
async def create_report(body: schemas.ReportIn, unit: Creating) -> Response:
    return await unit.create(operations.create_report, body)


@router.get("", **reads("report.read", Page[schemas.ReportLine], "list_reports"))
async def list_reports(
    reading: Reading,
    pages: Pages,
    status: Annotated[list[Status] | None, Query()] = None,
    category: Category | None = None,
    urgency: Urgency | None = None,
    awaiting: Awaiting | None = None,
) -> Response:
    """Reports that the caller may see, newest entry first; `awaiting`: of which somebody has yet to do something."""
    conditions = queries.matching(status, category, urgency, awaiting)
    return await reading.page(REPORTS, schemas.ReportLine, pages, *conditions)


@router.get("/{report_id}", **reads("report.read", schemas.ReportOut, "get_report"))
async def get_report(report_id: UUID, reading: Reading) -> Response:
    """A report in full, with what this caller could do with it now."""
    return await reading.detail(REPORTS, report_id)


@router.post("/{report_id}/return", **step(operations.return_report))
async def return_report(report_id: UUID, body: schemas.ReturnIn, unit: Stepping) -> Response:
    return await unit.step(operations.return_report, report_id, body)


@router.post("/{report_id}/resubmit", **step(operations.resubmit_report))
async def resubmit_report(report_id: UUID, body: schemas.ResubmitIn, unit: Stepping) -> Response:
    return await unit.step(operations.resubmit_report, report_id, body)


@router.post("/{report_id}/accept", **step(operations.accept_report))
async def accept_report(report_id: UUID, body: schemas.StepIn, unit: Stepping) -> Response:
    return await unit.step(operations.accept_report, report_id, body)


@router.post("/{report_id}/assign", **step(operations.assign_report))
async def assign_report(report_id: UUID, body: schemas.AssignIn, unit: Stepping) -> Response:
    return await unit.step(operations.assign_report, report_id, body)


@router.post("/{report_id}/start", **step(operations.start_report))
async def start_report(report_id: UUID, body: schemas.StepIn, unit: Stepping) -> Response:
    return await unit.step(operations.start_report, report_id, body)


@router.post("/{report_id}/resolve", **step(operations.resolve_report))
async def resolve_report(report_id: UUID, body: schemas.ResolveIn, unit: Stepping) -> Response:
    return await unit.step(operations.resolve_report, report_id, body)


@router.post("/{report_id}/verify", **step(operations.verify_report))
async def verify_report(report_id: UUID, body: schemas.StepIn, unit: Stepping) -> Response:
    return await unit.step(operations.verify_report, report_id, body)


@router.post("/{report_id}/close", **step(operations.close_report))
async def close_report(report_id: UUID, body: schemas.StepIn, unit: Stepping) -> Response:
    return await unit.step(operations.close_report, report_id, body)


@router.post("/{report_id}/cancel", **step(operations.cancel_report))
async def cancel_report(report_id: UUID, body: schemas.CancelIn, unit: Stepping) -> Response:
    return await unit.step(operations.cancel_report, report_id, body)
