from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.chassis.operation import Creation
from services.contracts.codes_outreach import EntryKind, ItemKind, Recipient
from services.grid.areas.schemas import Code as AreaCode
from services.grid.campaigns.schemas import CODE
from services.grid.campaigns.schemas import Code as CampaignCode


class ItemIn(Creation):
    """A leaflet, promotional item or questionnaire, for an area and all below it. `code` is for ever."""

    area_code: AreaCode
    code: str = Field(pattern=CODE, max_length=40, examples=["LEAFLET-FIRE-2017"])
    item_kind: ItemKind
    name: str = Field(min_length=2, max_length=60)
    name_en: str = Field(min_length=2, max_length=100)


class ItemLine(BaseModel):
    id: UUID
    version: int
    area_code: str
    code: str
    item_kind: ItemKind
    name: str
    name_en: str


class EntryIn(Creation):
    """`quantity` pieces came into a township's stock (STOCK_IN), went from there to one of its grids (ISSUE), or
    from a grid to households or the public (DISTRIBUTION; 500 at most, with `recipient`)."""

    entry_kind: EntryKind
    area_code: AreaCode
    item_id: UUID
    quantity: int = Field(ge=1, le=10_000_000, strict=True)
    recipient: Recipient | None = None
    campaign: CampaignCode | None = None


class CounterIn(Creation):
    """The whole of the entry `counters` was a mistake; what is right is entered anew."""

    counters: UUID
    reason: str = Field(min_length=2, max_length=200)


class EntryLine(BaseModel):
    """A line of the ledger."""

    id: UUID
    version: int
    entry_kind: EntryKind
    area_code: str
    item_id: UUID
    item_kind: ItemKind
    quantity: int
    recipient: Recipient | None
    campaign: str | None
    counters: UUID | None
    occurred_at: datetime
    late_entry: bool


class EntryOut(EntryLine):
    """A line in full."""

    reason: str | None
    recorded_by: str
    import_batch_id: UUID | None
