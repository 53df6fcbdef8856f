"""A campaign (专项行动), such as the ban on fireworks: a name for what many do during some weeks."""

from datetime import date, datetime
from typing import Any, Self

from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.contracts.grid_outreach import CampaignSnapshot
from services.grid.campaigns.rules import require_days, require_longer


class Campaign(AggregateRow, table=True):
    """Of an area and all below it, from its first day through its last."""

    __tablename__ = "campaign"

    code: str = Field(unique=True)
    name: str
    name_en: str
    starts_on: date
    ends_on: date

    @classmethod
    def plan(cls, at: datetime, **facts: Any) -> tuple[Self, CampaignSnapshot]:
        """A new campaign; `facts` are its fields."""
        require_days(facts["starts_on"], facts["ends_on"])
        new = cls(correlation_id=facts["id"], **facts)
        return new, new._told(at)

    def extend(self, starts_on: date, ends_on: date, at: datetime) -> CampaignSnapshot:
        """Never shorter: what was done on its days refers to it."""
        require_longer((self.starts_on, self.ends_on), (starts_on, ends_on))
        self.starts_on, self.ends_on = starts_on, ends_on
        return self._told(at)

    @property
    def shown_status(self) -> str:
        return "PLANNED"

    @property
    def shown_number(self) -> str | None:
        return self.code

    def snapshot(self) -> CampaignSnapshot:
        return CampaignSnapshot.model_validate(self, from_attributes=True)

    def _told(self, at: datetime) -> CampaignSnapshot:
        self.occurred_at = at
        return self.snapshot()
