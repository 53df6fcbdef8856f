from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.contracts.codes_training import Audience
from services.training.certificates import operations, queries, schemas
from services.training.certificates.queries import CERTIFICATES
from services.training.certificates.rules import Status

READ = "certificate.read"
router = APIRouter(prefix="/v1/training/certificates", tags=["certificates"])


@router.post("", **creation(operations.issue_certificate))
async def issue_certificate(body: schemas.IssueCertificateIn, unit: Creating) -> Response:
    return await unit.create(operations.issue_certificate, body)


@router.get("", **reads(READ, Page[schemas.CertificateLine], "list_certificates"))
async def list_certificates(
    reading: Reading,
    pages: Pages,
    status: Annotated[list[Status] | None, Query()] = None,
    trainee_id: UUID | None = None,
    audience: Audience | None = None,
) -> Response:
    """Certificates that the caller may see, newest entry first."""
    conditions = queries.matching(status, trainee_id, audience)
    return await reading.page(CERTIFICATES, schemas.CertificateLine, pages, *conditions)


@router.get("/{certificate_id}", **reads(READ, schemas.CertificateOut, "get_certificate"))
async def get_certificate(certificate_id: UUID, reading: Reading) -> Response:
    """A certificate in full, with what this caller could do with it now."""
    return await reading.detail(CERTIFICATES, certificate_id)


@router.post("/{certificate_id}/revoke", **step(operations.revoke_certificate))
async def revoke_certificate(
    certificate_id: UUID, body: schemas.RevokeCertificateIn, unit: Stepping
) -> Response:
    return await unit.step(operations.revoke_certificate, certificate_id, body)
