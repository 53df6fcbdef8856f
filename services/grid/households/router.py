from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.whole_tables import Imported
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.chassis.runtime import CallerDep, RuntimeDep
from services.grid.areas.schemas import GridClosed
from services.grid.configured import fixing, put_rows
from services.grid.households import operations, queries, schemas
from services.grid.households.models import HouseholdTag
from services.grid.households.queries import HOUSEHOLDS

router = APIRouter(prefix="/v1/grid", tags=["households"])


@router.post("/households", **creation(operations.register_household))
async def register_household(body: schemas.HouseholdIn, unit: Creating) -> Response:
    return await unit.create(operations.register_household, body)


@router.get(
    "/households", **reads("household.read", Page[schemas.HouseholdLine], "list_households")
)
async def list_households(
    reading: Reading,
    pages: Pages,
    tag: schemas.TagCode | None = None,
    member_id: UUID | None = None,
    is_linked: Annotated[
        bool | None,
        Query(description="true: 有联系人 only linked ones; false: 无联系人 only others"),
    ] = None,
    grid_closed: GridClosed = None,
) -> Response:
    """Households that the caller may see, masked, newest entry first. `member_id`: those linked with one now."""
    conditions = queries.matching(tag, member_id, is_linked, grid_closed)
    told = HOUSEHOLDS, schemas.HouseholdLine, pages
    return await reading.page(*told, *conditions, people=schemas.put)


@router.get("/household-tags", **reads("household.read", schemas.TagsOut, "list_household_tags"))
async def list_household_tags(runtime: RuntimeDep) -> schemas.TagsOut:
    """The tags that a household may have, and what follows from each."""
    return await queries.tags(runtime.database)


@router.put(
    "/household-tags/import", **reads("visiting.configure", Imported, "import_household_tags")
)
async def import_household_tags(
    body: schemas.TagsIn, runtime: RuntimeDep, caller: CallerDep
) -> Imported:
    """Enter or change tags, all rows or none. Names and the district's word may change; what follows from a tag may not."""
    guard = fixing("by_phone", "extra_monthly")
    return await put_rows(runtime, caller, HouseholdTag, body.rows, guard)


@router.get(
    "/households/{household_id}", **reads("household.read", schemas.HouseholdOut, "get_household")
)
async def get_household(household_id: UUID, reading: Reading) -> Response:
    """A household in full, masked, with what this caller could do with it now."""
    return await reading.detail(HOUSEHOLDS, household_id)


@router.post("/households/{household_id}/change", **step(operations.change_household))
async def change_household(
    household_id: UUID, body: schemas.HouseholdChangeIn, unit: Stepping
) -> Response:
    return await unit.step(operations.change_household, household_id, body)


@router.post("/households/{household_id}/move", **step(operations.move_household))
async def move_household(household_id: UUID, body: schemas.MoveIn, unit: Stepping) -> Response:
    return await unit.step(operations.move_household, household_id, body)


@router.post("/households/{household_id}/link", **step(operations.link_household))
async def link_household(household_id: UUID, body: schemas.LinkIn, unit: Stepping) -> Response:
    return await unit.step(operations.link_household, household_id, body)


@router.post("/households/{household_id}/unlink", **step(operations.unlink_household))
async def unlink_household(household_id: UUID, body: schemas.UnlinkIn, unit: Stepping) -> Response:
    return await unit.step(operations.unlink_household, household_id, body)
