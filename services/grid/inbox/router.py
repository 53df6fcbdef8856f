from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import reads
from services.chassis.runtime import CallerDep, RuntimeDep
from services.grid.device.router import MAY_LAPSE, Since
from services.grid.inbox.reading import inbox_of
from services.grid.inbox.schemas import InboxOut

router = APIRouter(prefix="/v1", tags=["device"])


@router.get("/inbox", **reads("inbox.read", InboxOut, "get_inbox"), **MAY_LAPSE)
@router.get("/grid/inbox", **reads("inbox.read", InboxOut, "get_grid_inbox"), **MAY_LAPSE)
async def inbox(
    runtime: RuntimeDep,
    caller: CallerDep,
    since: Since = None,
    rows: Annotated[int, Query(ge=0, le=50)] = 10,
) -> Response:
    """What waits for the caller, section by section: how much, the newest of it, and how much has changed since the
    cursor, which is `next` of the inbox or of a sync."""
    return await inbox_of(runtime, caller, since, rows)
