from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.contracts.codes_grid import Awaiting, Category, Finder, Level, Urgency
from services.grid.areas.schemas import Day
from services.grid.points.features import with_centroid
from services.grid.reports import operations, queries, schemas
from services.grid.reports.lifecycle import Status
from services.grid.reports.queries import REPORTS
from services.grid.reports.rules import is_told_of

Code = Annotated[str | None, Query(max_length=60)]
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
    subcategory: Code = None,
    level: Level | None = None,
    finder: Finder | None = None,
    organisation: Code = None,
    duplicate_of: UUID | None = None,
    reported_from: Day | None = None,
    reported_to: Day | None = None,
    overdue: bool | None = None,
    suspicious: bool | None = None,
) -> Response:
    """Reports that the caller may see, newest entry first; `awaiting`: of which somebody has yet to do something;
    `overdue`: open though a deadline has passed; `suspicious`: something speaks against the position."""
    told: dict[str, Any] = {"subcategory": subcategory, "level": level}
    told |= {"organisation": organisation, "duplicate_of": duplicate_of}
    conditions = queries.matching(status, category, urgency, awaiting, **told)
    conditions += queries.reported(reported_from, reported_to)
    conditions += [queries.found_by(finder, reading.caller)]
    conditions += [queries.overdue(overdue, datetime.now(UTC)), queries.doubtful(suspicious)]
    line = schemas.ReportLine if is_told_of(reading.caller) else schemas.UntoldLine
    return await reading.page(REPORTS, line, pages, *conditions)


@router.get("/{report_id}", **reads("report.read", schemas.ReportOut, "get_report"))
async def get_report(report_id: UUID, reading: Reading) -> Response:
    """A report in full, with what this caller could do with it now."""
    return await with_centroid(reading.runtime, await reading.detail(REPORTS, report_id))


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
