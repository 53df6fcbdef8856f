from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.contracts.codes_disputes import CaseType
from services.contracts.codes_grid import Finder
from services.disputes.cases import operations, queries, schemas
from services.disputes.cases.queries import CASES
from services.disputes.cases.rules import CaseStatus

router = APIRouter(prefix="/v1/disputes/cases", tags=["cases"])


@router.post("", **creation(operations.register_case))
async def register_case(body: schemas.CaseIn, unit: Creating) -> Response:
    return await unit.create(operations.register_case, body)


@router.get("", **reads("case.read", Page[schemas.CaseLine], "list_cases"))
async def list_cases(
    reading: Reading,
    pages: Pages,
    status: Annotated[list[CaseStatus] | None, Query()] = None,
    case_type: CaseType | None = None,
    finder: Finder | None = None,
) -> Response:
    """Cases that the caller may see, newest entry first."""
    conditions = queries.matching(status, case_type, finder)
    return await reading.page(CASES, schemas.CaseLine, pages, *conditions)


@router.get("/{case_id}", **reads("case.read", schemas.CaseOut, "get_case"))
async def get_case(case_id: UUID, reading: Reading) -> Response:
    """A case in full, its parties masked, with what this caller could do with it now."""
    return await reading.detail(CASES, case_id)


@router.post("/{case_id}/describe", **step(operations.describe_case))
async def describe_case(case_id: UUID, body: schemas.DescribeIn, unit: Stepping) -> Response:
    return await unit.step(operations.describe_case, case_id, body)


@router.put("/{case_id}/parties", **step(operations.set_case_parties))
async def set_case_parties(case_id: UUID, body: schemas.PartiesIn, unit: Stepping) -> Response:
    return await unit.step(operations.set_case_parties, case_id, body)


@router.post("/{case_id}/accept", **step(operations.accept_case))
async def accept_case(case_id: UUID, body: schemas.CaseStepIn, unit: Stepping) -> Response:
    return await unit.step(operations.accept_case, case_id, body)


@router.post("/{case_id}/start", **step(operations.start_mediation))
async def start_mediation(case_id: UUID, body: schemas.StartIn, unit: Stepping) -> Response:
    return await unit.step(operations.start_mediation, case_id, body)


@router.post("/{case_id}/agreement", **step(operations.record_agreement))
async def record_agreement(case_id: UUID, body: schemas.AgreementIn, unit: Stepping) -> Response:
    return await unit.step(operations.record_agreement, case_id, body)


@router.post("/{case_id}/agreement/signatures", **step(operations.sign_agreement))
async def sign_agreement(case_id: UUID, body: schemas.SignatureIn, unit: Stepping) -> Response:
    return await unit.step(operations.sign_agreement, case_id, body)


@router.post("/{case_id}/perform", **step(operations.perform_case))
async def perform_case(case_id: UUID, body: schemas.CaseStepIn, unit: Stepping) -> Response:
    return await unit.step(operations.perform_case, case_id, body)


@router.post("/{case_id}/terminate", **step(operations.terminate_case))
async def terminate_case(case_id: UUID, body: schemas.TerminationIn, unit: Stepping) -> Response:
    return await unit.step(operations.terminate_case, case_id, body)


@router.post("/{case_id}/close", **step(operations.close_case))
async def close_case(case_id: UUID, body: schemas.CloseIn, unit: Stepping) -> Response:
    return await unit.step(operations.close_case, case_id, body)
