"""`GET /v1/audit`: what was done at the gateway itself; each service has its own."""

from fastapi import APIRouter, Request, Response

from services.chassis.audit.queries import READ, AnchorOut, Asking, AuditLine, page
from services.chassis.http.reads import Page
from services.gateway.edge.guard import GatewayDep, Guarded, reads

router = APIRouter(prefix="/v1/audit", tags=["audit"])


@router.get("", **reads(READ, Page[AuditLine], "list_audit"))
async def list_audit(
    asked: Asking, request: Request, response: Response, gateway: GatewayDep, caller: Guarded
) -> Page[AuditLine]:
    """Refusals, agencies' grants and keys, dead letters, within the auditor's areas. The question itself is told there."""
    return await page(gateway.audit, caller, asked, request, response)


@router.post("/anchors", **reads(READ, AnchorOut, "anchor_audit"))
async def anchor_audit(gateway: GatewayDep) -> AnchorOut:
    """Tell the event log now which row is the last one; else that is done once an hour."""
    return AnchorOut.of(await gateway.anchors.anchor())
