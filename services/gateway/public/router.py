"""What anybody may ask, without a token."""

from fastapi import APIRouter, Depends

from services.gateway.edge.guard import GatewayDep, within_lookup_limit
from services.gateway.public.progress import ProgressIn, ProgressOut, progress

router = APIRouter(
    prefix="/v1/public", tags=["public"], dependencies=[Depends(within_lookup_limit)]
)


@router.post(
    "/reports/progress",
    operation_id="get_report_progress",
    openapi_extra={"security": []},
)
async def get_report_progress(body: ProgressIn, held: GatewayDep) -> ProgressOut:
    """How far a report is, for whoever has its code (查询码). No token; few requests a minute from one address."""
    return await progress(held, body.code)
