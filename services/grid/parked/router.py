from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.chassis.http.reads import reads
from services.chassis.http.writes import ReceiptOut
from services.chassis.runtime import CallerDep, RuntimeDep
from services.grid.parked import reviews
from services.grid.parked.schemas import DiscardIn, ParkedItemOut, ParkedItemsOut, ReleaseIn

router = APIRouter(prefix="/v1/grid/parked-items", tags=["device"])


@router.get("", **reads("parked_item.read", ParkedItemsOut, "list_parked_items"))
async def list_parked_items(
    runtime: RuntimeDep,
    caller: CallerDep,
    held: Annotated[
        bool | None,
        Query(
            description="true: 待审核 those held for a review; false: 仍在终端 those at a device"
        ),
    ] = None,
    decided: bool = False,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ParkedItemsOut:
    """Items of batches that are not done: one's own, and for leaders and offices those of the people of their areas."""
    return await reviews.listed(runtime, caller, held, decided, after, limit)


@router.get("/{item_id}", **reads("parked_item.read", ParkedItemOut, "get_parked_item"))
async def get_parked_item(item_id: UUID, runtime: RuntimeDep, caller: CallerDep) -> ParkedItemOut:
    """With what is held, if it is."""
    return await reviews.shown(runtime, caller, item_id)


@router.post("/{item_id}/release", **reads("parked_item.review", ReceiptOut, "release_parked_item"))
async def release_parked_item(
    item_id: UUID, body: ReleaseIn, runtime: RuntimeDep, caller: CallerDep
) -> ReceiptOut:
    """Let it be done, as its sender's act, at the time that is found to be right. Never one's own."""
    return await reviews.release(runtime, caller, item_id, body)


@router.post(
    "/{item_id}/discard", **reads("parked_item.review", ParkedItemOut, "discard_parked_item")
)
async def discard_parked_item(
    item_id: UUID, body: DiscardIn, runtime: RuntimeDep, caller: CallerDep
) -> ParkedItemOut:
    """End it undone. Never one's own."""
    return await reviews.discard(runtime, caller, item_id, body)
