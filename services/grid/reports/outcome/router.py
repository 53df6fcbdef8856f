"""Self-handling, rework, evaluation, reopening, archive."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.chassis.http.writes import Stepping, step
from services.grid.reports.handling.schemas import ReasonIn
from services.grid.reports.outcome import operations, schemas
from services.grid.reports.schemas import ResolveIn, StepIn

router = APIRouter(prefix="/v1/grid/reports", tags=["reports"])


@router.post("/{report_id}/self-handle", **step(operations.self_handle_report))
async def self_handle_report(report_id: UUID, body: ResolveIn, unit: Stepping) -> Response:
    return await unit.step(operations.self_handle_report, report_id, body)


@router.post("/{report_id}/pass-self-check", **step(operations.pass_report_self_check))
async def pass_report_self_check(
    report_id: UUID, body: schemas.CheckIn, unit: Stepping
) -> Response:
    return await unit.step(operations.pass_report_self_check, report_id, body)


@router.post("/{report_id}/fail-self-check", **step(operations.fail_report_self_check))
async def fail_report_self_check(
    report_id: UUID, body: schemas.CheckIn, unit: Stepping
) -> Response:
    return await unit.step(operations.fail_report_self_check, report_id, body)


@router.post("/{report_id}/rework", **step(operations.rework_report))
async def rework_report(report_id: UUID, body: ReasonIn, unit: Stepping) -> Response:
    return await unit.step(operations.rework_report, report_id, body)


@router.post("/{report_id}/evaluate", **step(operations.evaluate_report))
async def evaluate_report(report_id: UUID, body: schemas.EvaluateIn, unit: Stepping) -> Response:
    return await unit.step(operations.evaluate_report, report_id, body)


@router.post("/{report_id}/call-back", **step(operations.call_back_report))
async def call_back_report(report_id: UUID, body: schemas.CallBackIn, unit: Stepping) -> Response:
    return await unit.step(operations.call_back_report, report_id, body)


@router.post("/{report_id}/reopen", **step(operations.reopen_report))
async def reopen_report(report_id: UUID, body: ReasonIn, unit: Stepping) -> Response:
    return await unit.step(operations.reopen_report, report_id, body)


@router.post("/{report_id}/archive", **step(operations.archive_report))
async def archive_report(report_id: UUID, body: StepIn, unit: Stepping) -> Response:
    return await unit.step(operations.archive_report, report_id, body)
