from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, creation
from services.grid.links import operations, queries, schemas
from services.grid.links.queries import HANDOVERS, LINKS

router = APIRouter(prefix="/v1/grid", tags=["links"])


@router.get("/links", **reads("link.read", Page[schemas.LinkLine], "list_links"))
async def list_links(
    reading: Reading,
    pages: Pages,
    household_id: UUID | None = None,
    member_id: UUID | None = None,
    is_open: Annotated[
        bool | None,
        Query(description="true: 现有 only those in force; false: 已结束 only ended ones"),
    ] = None,
) -> Response:
    """Links between members and households that the caller may see, newest entry first."""
    conditions = queries.matching(household_id, member_id, is_open)
    return await reading.page(LINKS, schemas.LinkLine, pages, *conditions)


@router.post("/handovers", **creation(operations.hand_over_links))
async def hand_over_links(body: schemas.HandoverIn, unit: Creating) -> Response:
    return await unit.create(operations.hand_over_links, body)


@router.get("/handovers", **reads("link.read", Page[schemas.HandoverLine], "list_handovers"))
async def list_handovers(reading: Reading, pages: Pages, member_id: UUID | None = None) -> Response:
    """Handovers that the caller may see, newest entry first."""
    return await reading.page(HANDOVERS, schemas.HandoverLine, pages, queries.between(member_id))


@router.get("/handovers/{handover_id}", **reads("link.read", schemas.HandoverLine, "get_handover"))
async def get_handover(handover_id: UUID, reading: Reading) -> Response:
    """One handover."""
    return await reading.detail(HANDOVERS, handover_id)
