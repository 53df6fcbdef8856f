from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.grid.areas.schemas import Day
from services.grid.campaigns import operations, queries, schemas
from services.grid.campaigns.queries import CAMPAIGNS

router = APIRouter(prefix="/v1/grid/campaigns", tags=["campaigns"])


@router.post("", **creation(operations.plan_campaign))
async def plan_campaign(body: schemas.CampaignIn, unit: Creating) -> Response:
    return await unit.create(operations.plan_campaign, body)


@router.get("", **reads("campaign.read", Page[schemas.CampaignLine], "list_campaigns"))
async def list_campaigns(reading: Reading, pages: Pages, on: Day | None = None) -> Response:
    """Campaigns of the caller's areas and of those above them; `on`: only those that run on that day."""
    return await reading.page(CAMPAIGNS, schemas.CampaignLine, pages, queries.on(on))


@router.get("/{campaign_id}", **reads("campaign.read", schemas.CampaignOut, "get_campaign"))
async def get_campaign(campaign_id: UUID, reading: Reading) -> Response:
    return await reading.detail(CAMPAIGNS, campaign_id)


@router.post("/{campaign_id}/extend", **step(operations.extend_campaign))
async def extend_campaign(campaign_id: UUID, body: schemas.ExtendIn, unit: Stepping) -> Response:
    return await unit.step(operations.extend_campaign, campaign_id, body)
