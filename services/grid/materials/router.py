from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, creation
from services.contracts.codes_outreach import EntryKind, ItemKind
from services.grid.campaigns.schemas import Code as CampaignCode
from services.grid.materials import operations, queries, schemas
from services.grid.materials.queries import ENTRIES, ITEMS

router = APIRouter(prefix="/v1/grid", tags=["materials"])


@router.post("/material-items", **creation(operations.register_material_item))
async def register_material_item(body: schemas.ItemIn, unit: Creating) -> Response:
    return await unit.create(operations.register_material_item, body)


@router.get(
    "/material-items", **reads("material.read", Page[schemas.ItemLine], "list_material_items")
)
async def list_material_items(
    reading: Reading, pages: Pages, item_kind: ItemKind | None = None
) -> Response:
    """Items of the caller's areas and of those above them."""
    return await reading.page(ITEMS, schemas.ItemLine, pages, queries.items_of(item_kind))


@router.get(
    "/material-items/{item_id}", **reads("material.read", schemas.ItemLine, "get_material_item")
)
async def get_material_item(item_id: UUID, reading: Reading) -> Response:
    return await reading.detail(ITEMS, item_id)


@router.post("/material-entries", **creation(operations.enter_material))
async def enter_material(body: schemas.EntryIn, unit: Creating) -> Response:
    return await unit.create(operations.enter_material, body)


@router.get(
    "/material-entries", **reads("material.read", Page[schemas.EntryLine], "list_material_entries")
)
async def list_material_entries(
    reading: Reading,
    pages: Pages,
    entry_kind: EntryKind | None = None,
    item_id: UUID | None = None,
    campaign: CampaignCode | None = None,
) -> Response:
    """The ledger, newest entry first. A counter-entry has a quantity below zero."""
    conditions = queries.matching(entry_kind, item_id, campaign)
    return await reading.page(ENTRIES, schemas.EntryLine, pages, *conditions)


@router.get(
    "/material-entries/{entry_id}",
    **reads("material.read", schemas.EntryOut, "get_material_entry"),
)
async def get_material_entry(entry_id: UUID, reading: Reading) -> Response:
    return await reading.detail(ENTRIES, entry_id)


@router.post("/material-counters", **creation(operations.counter_material_entry))
async def counter_material_entry(body: schemas.CounterIn, unit: Creating) -> Response:
    return await unit.create(operations.counter_material_entry, body)


@router.get(
    "/material-counters/{entry_id}",
    **reads("material.read", schemas.EntryOut, "get_material_counter"),
)
async def get_material_counter(entry_id: UUID, reading: Reading) -> Response:
    """A counter-entry, which is a line of the ledger."""
    return await reading.detail(ENTRIES, entry_id)
