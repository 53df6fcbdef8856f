"""`GET /v1/<service>/audit`: for auditors."""

from fastapi import APIRouter, Request, Response

from services.chassis.audit.queries import READ, AnchorOut, Asking, AuditLine, page
from services.chassis.http.reads import Page, reads
from services.chassis.runtime import CallerDep, RuntimeDep


def router(service: str) -> APIRouter:
    routes = APIRouter(prefix=f"/v1/{service}", tags=[service])

    @routes.get("/audit", **reads(READ, Page[AuditLine], f"list_{service}_audit"))
    async def list_audit(
        asked: Asking, request: Request, response: Response, runtime: RuntimeDep, caller: CallerDep
    ) -> Page[AuditLine]:
        """Who did what to which record of this service, within the auditor's areas. The question itself is told there."""
        return await page(runtime.audit, caller, asked, request, response)

    @routes.post(
        "/audit/anchors", **reads(READ, AnchorOut, f"anchor_{service}_audit", conflicts=False)
    )
    async def anchor_audit(runtime: RuntimeDep) -> AnchorOut:
        """Tell the event log now which row is the last one; else that is done once an hour."""
        return AnchorOut.of(await runtime.anchors.anchor())

    return routes
