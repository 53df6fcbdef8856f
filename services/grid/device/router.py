from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import StringConstraints
from starlette.responses import Response

from services.chassis.http.openapi import PROBLEM
from services.chassis.http.reads import reads
from services.chassis.runtime import CallerDep, RuntimeDep
from services.grid.device.nouns import FOLLOWED
from services.grid.device.schemas import SyncOut
from services.grid.device.syncing import synced

router = APIRouter(prefix="/v1/grid", tags=["device"])
NounName = Annotated[str, StringConstraints(pattern=f"^({'|'.join(FOLLOWED)})$")]
Since = Annotated[
    str | None,
    Query(
        max_length=6000,
        description="上一页的 next；首次同步不填 `next` of the page before; at first none",
    ),
]
PROBLEMS = {"application/problem+json": {"schema": PROBLEM}}
MAY_LAPSE: dict[str, Any] = {
    "responses": {
        409: {"description": "游标已失效，须重新开始 The cursor has lapsed", "content": PROBLEMS}
    }
}


@router.get("/sync", **reads("device.sync", SyncOut, "sync_grid"), **MAY_LAPSE)
async def sync(
    runtime: RuntimeDep,
    caller: CallerDep,
    since: Since = None,
    noun: Annotated[
        list[NounName] | None, Query(description="只同步这些；首次决定 Only these; said at first")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> Response:
    """What has changed in the caller's scope since: records, and what is gone. Without `since`, all that there is.
    409 `start_again`: the cursor has lapsed; drop what you hold and begin anew. A cursor is its caller's alone."""
    return await synced(runtime, caller, since, noun or (), limit)
