"""What the grid service tells of the work in the field: campaigns, patrols, demolitions,
materials, surveys. Every event is the
record as it is now.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field, WithJsonSchema

from services.contracts.codes_outreach import (
    Channel,
    DemolitionMode,
    EntryKind,
    ItemKind,
    OwnerType,
    Recipient,
    Structure,
)
from services.contracts.event import Event

SquareMetres = Annotated[
    Decimal,
    Field(max_digits=12, decimal_places=2),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,10}\.[0-9]{2}$"}),
]
"""Told as text, so that no reader rounds it."""


class CampaignSnapshot(Event):
    """A campaign (专项行动) as it is now; other rows refer to it by its code."""

    topic: ClassVar[str] = "jinding.grid.campaign.v1"
    type: ClassVar[str] = "jinding.grid.campaign.changed.v1"

    code: str
    name: str
    name_en: str
    starts_on: date
    ends_on: date


class PatrolSnapshot(Event):
    """A patrol (巡防) as it is now: started, finished, voided. How many walked, never who, and where by area
    alone. `is_covering`: its position shows that somebody was there."""

    topic: ClassVar[str] = "jinding.grid.patrol.v1"
    type: ClassVar[str] = "jinding.grid.patrol.changed.v1"

    status: str
    campaign: str | None
    participants: int
    started_at: datetime
    ended_at: datetime | None
    is_covering: bool


class DemolitionSnapshot(Event):
    """A demolition (拆违) as it is now: recorded, confirmed, voided. `area_m2`: square metres, two decimals.
    `confirmed_at`: since when its photos of before and after are confirmed."""

    topic: ClassVar[str] = "jinding.grid.demolition.v1"
    type: ClassVar[str] = "jinding.grid.demolition.changed.v1"

    status: str
    campaign: str | None
    structure: Structure
    owner_type: OwnerType
    area_m2: SquareMetres
    mode: DemolitionMode
    demolished_on: date
    confirmed_at: datetime | None = None


class MaterialItemSnapshot(Event):
    """A leaflet, promotional item or questionnaire that is given to people; never changed."""

    topic: ClassVar[str] = "jinding.grid.material_item.v1"
    type: ClassVar[str] = "jinding.grid.material_item.registered.v1"

    code: str
    item_kind: ItemKind
    name: str
    name_en: str


class MaterialEntrySnapshot(Event):
    """A line of the ledger of materials; never changed. `quantity` is below zero in a counter-entry, which names
    the entry that it `counters`."""

    topic: ClassVar[str] = "jinding.grid.material_entry.v1"
    type: ClassVar[str] = "jinding.grid.material_entry.entered.v1"

    item_id: UUID
    item_kind: ItemKind
    entry_kind: EntryKind
    quantity: int
    recipient: Recipient | None
    campaign: str | None
    counters: UUID | None


class SurveyResult(BaseModel):
    """What came of a survey in a township, in answers; where fewer than five are valid, only how many came.
    `safe` includes `strictly_safe`; `unsure` feel neither."""

    area_code: str
    handed_out: int
    returned: int
    valid: int
    unsure: int
    safe: int
    strictly_safe: int
    aware: int
    took_part: int


class SurveySnapshot(Event):
    """A survey (三率问卷) as it is now: opened, revised, closed. `results` by township, only once it is closed."""

    topic: ClassVar[str] = "jinding.grid.survey.v1"
    type: ClassVar[str] = "jinding.grid.survey.changed.v1"

    status: str
    starts_on: date
    ends_on: date
    closed_on: date | None
    results: list[SurveyResult]


class SurveyIssueSnapshot(Event):
    """Questionnaires were handed out: how many, never to whom."""

    topic: ClassVar[str] = "jinding.grid.survey_issue.v1"
    type: ClassVar[str] = "jinding.grid.survey_issue.recorded.v1"

    survey_id: UUID
    questionnaires: int


class SurveyReturnSnapshot(Event):
    """Questionnaires came back: how many, and how many are valid. What they say is told when the survey closes."""

    topic: ClassVar[str] = "jinding.grid.survey_return.v1"
    type: ClassVar[str] = "jinding.grid.survey_return.recorded.v1"

    survey_id: UUID
    channel: Channel
    questionnaires: int
    valid: int
