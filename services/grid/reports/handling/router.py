"""Escalation, deliveries, requests, supervision."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.chassis.http.reads import reads
from services.chassis.http.writes import Stepping, step
from services.chassis.runtime import CallerDep, RuntimeDep
from services.grid.reports.handling import details, operations, requests, schemas
from services.grid.reports.schemas import StepIn

router = APIRouter(prefix="/v1/grid/reports", tags=["reports"])


@router.post(
    "/{report_id}/details", **reads("report.handle", schemas.DetailsOut, "fetch_report_details")
)
async def fetch_report_details(
    report_id: UUID, body: schemas.ReceiveIn, runtime: RuntimeDep, caller: CallerDep
) -> Response:
    """What a report that was delivered to one's organisation is about, for a purpose that is put on record. The
    organisation has received it from then on."""
    return await details.fetch(runtime, caller, report_id, body)


@router.post("/{report_id}/escalate", **step(operations.escalate_report))
async def escalate_report(report_id: UUID, body: schemas.EscalateIn, unit: Stepping) -> Response:
    return await unit.step(operations.escalate_report, report_id, body)


@router.post("/{report_id}/take-up", **step(operations.take_up_report))
async def take_up_report(report_id: UUID, body: StepIn, unit: Stepping) -> Response:
    return await unit.step(operations.take_up_report, report_id, body)


@router.post("/{report_id}/send-down", **step(operations.send_down_report))
async def send_down_report(report_id: UUID, body: schemas.ReasonIn, unit: Stepping) -> Response:
    return await unit.step(operations.send_down_report, report_id, body)


@router.post("/{report_id}/receive", **step(operations.receive_report))
async def receive_report(report_id: UUID, body: schemas.ReceiveIn, unit: Stepping) -> Response:
    return await unit.step(operations.receive_report, report_id, body)


@router.post("/{report_id}/join", **step(operations.join_report))
async def join_report(report_id: UUID, body: StepIn, unit: Stepping) -> Response:
    return await unit.step(operations.join_report, report_id, body)


@router.post("/{report_id}/decline", **step(operations.decline_report))
async def decline_report(report_id: UUID, body: schemas.ReasonIn, unit: Stepping) -> Response:
    return await unit.step(operations.decline_report, report_id, body)


@router.post("/{report_id}/request-transfer", **step(requests.request_report_transfer))
async def request_report_transfer(
    report_id: UUID, body: schemas.TransferIn, unit: Stepping
) -> Response:
    return await unit.step(requests.request_report_transfer, report_id, body)


@router.post("/{report_id}/grant-transfer", **step(requests.grant_report_transfer))
async def grant_report_transfer(
    report_id: UUID, body: schemas.GrantTransferIn, unit: Stepping
) -> Response:
    return await unit.step(requests.grant_report_transfer, report_id, body)


@router.post("/{report_id}/refuse-transfer", **step(requests.refuse_report_transfer))
async def refuse_report_transfer(
    report_id: UUID, body: schemas.AnswerIn, unit: Stepping
) -> Response:
    return await unit.step(requests.refuse_report_transfer, report_id, body)


@router.post("/{report_id}/request-extension", **step(requests.request_report_extension))
async def request_report_extension(
    report_id: UUID, body: schemas.ExtensionIn, unit: Stepping
) -> Response:
    return await unit.step(requests.request_report_extension, report_id, body)


@router.post("/{report_id}/grant-extension", **step(requests.grant_report_extension))
async def grant_report_extension(report_id: UUID, body: StepIn, unit: Stepping) -> Response:
    return await unit.step(requests.grant_report_extension, report_id, body)


@router.post("/{report_id}/refuse-extension", **step(requests.refuse_report_extension))
async def refuse_report_extension(
    report_id: UUID, body: schemas.AnswerIn, unit: Stepping
) -> Response:
    return await unit.step(requests.refuse_report_extension, report_id, body)


@router.post("/{report_id}/request-suspension", **step(requests.request_report_suspension))
async def request_report_suspension(
    report_id: UUID, body: schemas.ReasonIn, unit: Stepping
) -> Response:
    return await unit.step(requests.request_report_suspension, report_id, body)


@router.post("/{report_id}/suspend", **step(requests.suspend_report))
async def suspend_report(report_id: UUID, body: StepIn, unit: Stepping) -> Response:
    return await unit.step(requests.suspend_report, report_id, body)


@router.post("/{report_id}/refuse-suspension", **step(requests.refuse_report_suspension))
async def refuse_report_suspension(
    report_id: UUID, body: schemas.AnswerIn, unit: Stepping
) -> Response:
    return await unit.step(requests.refuse_report_suspension, report_id, body)


@router.post("/{report_id}/resume", **step(requests.resume_report))
async def resume_report(report_id: UUID, body: StepIn, unit: Stepping) -> Response:
    return await unit.step(requests.resume_report, report_id, body)


@router.post("/{report_id}/reset-deadline", **step(operations.reset_report_deadline))
async def reset_report_deadline(report_id: UUID, body: schemas.ResetIn, unit: Stepping) -> Response:
    return await unit.step(operations.reset_report_deadline, report_id, body)


@router.post("/{report_id}/supervise", **step(operations.supervise_report))
async def supervise_report(report_id: UUID, body: schemas.SuperviseIn, unit: Stepping) -> Response:
    return await unit.step(operations.supervise_report, report_id, body)
