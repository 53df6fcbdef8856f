"""Alive, and ready: what the gateway needs and how it is."""

from fastapi import APIRouter
from sqlalchemy import text
from starlette.responses import JSONResponse, Response

from services.chassis.errors import Unavailable
from services.gateway.edge.guard import GatewayDep

router = APIRouter(include_in_schema=False)


@router.get("/livez")
async def live() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz")
async def ready(gateway: GatewayDep) -> Response:
    """Ready while its own database answers: dashboards and reference need nothing else."""
    told: dict[str, object] = {}
    try:
        async with gateway.database.connection() as connection:
            await connection.execute(text("select 1"))
            rows = await connection.execute(text("select service, reason from watermark"))
            told["services"] = {service: reason or "ok" for service, reason in rows}
        told["database"] = "ok"
    except Unavailable:
        told["database"] = "unreachable"
    return JSONResponse(told, 200 if told["database"] == "ok" else 503)
