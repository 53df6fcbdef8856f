"""Publicity materials (宣传品): what there is, and the ledger of what came, was issued and was distributed."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.chassis.database import stored
from services.contracts.codes_outreach import EntryKind, ItemKind, Recipient
from services.contracts.grid_outreach import MaterialEntrySnapshot, MaterialItemSnapshot


class MaterialItem(AggregateRow, table=True):
    """One kind of thing, for an area and all below it."""

    __tablename__ = "material_item"

    code: str = Field(unique=True)
    item_kind: ItemKind = Field(sa_type=stored(ItemKind))
    name: str
    name_en: str

    @classmethod
    def register(cls, at: datetime, **facts: Any) -> tuple[Self, MaterialItemSnapshot]:
        """A new item; `facts` are its fields."""
        new = cls(correlation_id=facts["id"], occurred_at=at, **facts)
        return new, new.snapshot()

    @property
    def shown_status(self) -> str:
        return self.item_kind

    @property
    def shown_number(self) -> str | None:
        return self.code

    def snapshot(self) -> MaterialItemSnapshot:
        return MaterialItemSnapshot.model_validate(self, from_attributes=True)


class MaterialEntry(AggregateRow, table=True):
    """One line of the ledger; never changed. `quantity`: pieces, below zero in a counter-entry, which names the
    entry that it `counters`. `area_code`: the township that stocks, the grid that is issued to or distributes."""

    __tablename__ = "material_entry"
    __table_args__ = (Index("ix_material_entry_item_township", "item_id", "township"),)

    item_id: UUID
    item_kind: ItemKind = Field(sa_type=stored(ItemKind))
    entry_kind: EntryKind = Field(sa_type=stored(EntryKind))
    township: str = Field(max_length=9)
    quantity: int
    recipient: Recipient | None = Field(default=None, sa_type=stored(Recipient))
    campaign: str | None = None
    counters: UUID | None = Field(default=None, unique=True)
    reason: str | None = None
    recorded_by: str

    @classmethod
    def enter(cls, at: datetime, **facts: Any) -> tuple[Self, MaterialEntrySnapshot]:
        """A new line; `facts` are its fields."""
        township = facts["area_code"][:9]
        new = cls(correlation_id=facts["id"], occurred_at=at, township=township, **facts)
        return new, new.snapshot()

    @property
    def shown_status(self) -> str:
        return self.entry_kind

    def snapshot(self) -> MaterialEntrySnapshot:
        return MaterialEntrySnapshot.model_validate(self, from_attributes=True)
