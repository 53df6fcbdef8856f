"""The copy of all that is held of a person, gathered from every service for whoever answers the request."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import aiohttp
from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from services.chassis.errors import Conflict, NotFound, Refusal
from services.chassis.identity.caller import Caller
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER
from services.chassis.identity.refusals import PermissionMissing
from services.gateway.edge.guard import Gateway, GatewayDep, Guarded, reads
from services.gateway.edge.proxy import ServiceUnreachable
from services.gateway.projections.registry import SERVICES

router = APIRouter(prefix="/v1/subject-requests", tags=["subject requests"])
COPY = "subject.copy"


class CopyNotDue(Conflict):
    zh = "只有身份已核验、尚未办结的查阅复制请求可以生成副本。"
    en = "A copy is made for a verified request for access that is still open."


class HeldOut(BaseModel):
    """A person as one record of a service holds them."""

    service: str
    noun: str
    record: UUID
    area_code: str
    entered_at: datetime
    name: str | None
    phone: str | None
    resident_id: str | None
    address: str | None


class CopyOut(BaseModel):
    """Everything that is held of the person of a request, at one time. `unreached`: how many entries with the
    telephone number stand under a resident ID, which the request does not name: it is to be asked for."""

    request: UUID
    made_at: datetime
    items: list[HeldOut]
    unreached: int


@router.post("/{request_id}/copy", **reads(COPY, CopyOut, "copy_subject"))
async def copy_subject(request_id: UUID, gateway: GatewayDep, caller: Guarded) -> Response:
    """What every service holds of the person, as a file in the clear. Each of them records it; nobody keeps it: the
    answer is not to be stored on the way. 503 while a service is away: half of it would be no answer."""
    path = f"/internal/subject-requests/{request_id}/subject"
    subject = await _asked(gateway, caller, "grid", path, None)
    told = CopyOut(request=request_id, made_at=datetime.now(UTC), items=[], unreached=0)
    for service in SERVICES:
        held = await _asked(gateway, caller, service, "/internal/people", subject)
        told.items += [HeldOut(service=service, **item) for item in held["items"]]
        told.unreached += held["unreached"]
    return Response(
        told.model_dump_json(),
        media_type="application/json",
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{request_id}.json"',
        },
    )


REFUSED: dict[int, Refusal] = {403: PermissionMissing(COPY), 404: NotFound(), 409: CopyNotDue()}


async def _asked(gateway: Gateway, caller: Caller, service: str, path: str, body: Any) -> Any:
    headers = {INTERNAL_TOKEN_HEADER: gateway.signer.sign(caller)}
    timeout = aiohttp.ClientTimeout(total=gateway.settings.call_seconds)
    url = gateway.settings.service_urls[service] + path
    try:
        async with gateway.session.post(url, json=body, headers=headers, timeout=timeout) as answer:
            if answer.status in REFUSED:
                raise REFUSED[answer.status]
            answer.raise_for_status()
            return await answer.json()
    except (TimeoutError, OSError, aiohttp.ClientError) as error:
        raise ServiceUnreachable(service) from error
