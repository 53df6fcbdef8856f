"""`GET /v1/<service>/audit`: for auditors."""

from fastapi import APIRouter, Request, Response

from services.chassis.audit.queries import READ, Asking, AuditLine, page
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

    return routes
