"""How an agency's notices fared, for itself."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from services.chassis.database import driver
from services.chassis.http.reads import Page
from services.gateway.agencies.access import access
from services.gateway.agencies.door import READ, Agency
from services.gateway.agencies.push import DeliveryOut, PushOut, deliveries, state
from services.gateway.edge.guard import GatewayDep

router = APIRouter(prefix="/v1/events", tags=["events · 事件"])


class DeliveriesOut(Page[DeliveryOut]):
    """`push` is null where no address is set."""

    push: PushOut | None


@router.get("/deliveries", operation_id="list_deliveries", openapi_extra={"x-permission": READ})
async def list_deliveries(
    request: Request,
    response: Response,
    gateway: GatewayDep,
    agency: Agency,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(pattern="^[0-9]{1,18}$")] = None,
) -> DeliveriesOut:
    """The attempts to tell the agency that there is news, the newest first, of the last 30 days; and how its push is:
    on, paused or gone. Notices carry no content: the feed does. See `docs/events/push.md`."""
    async with gateway.database.statements() as connection:
        raw = await driver(connection)
        own = (await access(raw, agency)).agency
        push = await state(raw, own)
        found = await deliveries(raw, own, int(after) if after else None, limit + 1)
    following = str(found[limit - 1].id) if len(found) > limit else None
    if following:
        asked = urlencode({**request.query_params, "after": following})
        response.headers["Link"] = f'<{request.scope["path"]}?{asked}>; rel="next"'
    return DeliveriesOut(items=found[:limit], next=following, push=push)
