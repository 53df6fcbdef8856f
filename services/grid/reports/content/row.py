"""What a report tells besides what it is: subcategory, fields, parties, position, and where it came from."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.chassis.database import stored, stored_json
from services.contracts.codes_grid import Category
from services.contracts.codes_outreach import Suspicion
from services.contracts.event import Event
from services.grid.categories.rules import (
    ClueSaidTooLate,
    PartiesNotAsked,
    Told,
    checked,
    require_closable,
    require_submittable,
)
from services.grid.positions.models import Position

FILLED = ("place", "details", "parties")


class ReportParty(BaseModel):
    """当事人 of a dispute: who it is is sealed. `phone`: whether a telephone is known."""

    person: UUID
    phone: bool


class ReportContent(AggregateRow):
    """`sensitive`: its reporter is anonymous, accuses somebody or tells of a clue; so it is for good. `duplicate_of`:
    the report that tells of the same matter and goes on; `credited`: the reporter counts for that one besides.
    `source`, `external_id`: of one that came from another system. `told_with_all`: of the time when sensitive ones,
    too, were told on the topic of all reports, where it stays."""

    category: Category = Field(sa_type=stored(Category))
    description: str
    place: str
    subcategory: str | None = None
    details: dict[str, Any] = Field(default={}, sa_type=stored_json(dict[str, Any]))
    parties: list[ReportParty] = Field(default=[], sa_type=stored_json(list[ReportParty]))
    position: Position | None = Field(default=None, sa_type=stored_json(Position | None))
    suspicions: list[Suspicion] = Field(default=[], sa_type=stored_json(list[Suspicion]))
    anonymous: bool = False
    sensitive: bool = False
    duplicate_of: UUID | None = None
    credited: bool = False
    source: str | None = None
    external_id: str | None = None
    told_with_all: bool = False

    @property
    def told_apart(self) -> bool:
        """Whether its events are on the topic of sensitive reports. It never changes, and they keep their order."""
        return self.sensitive and not self.told_with_all

    def topic_of(self, event: Event) -> str:
        return (self.told_apart and event.sensitive_topic) or event.topic

    @property
    def told_subcategory(self) -> str | None:
        """What events tell: that somebody gave a clue stays here."""
        return None if self.sensitive else self.subcategory

    def people(self) -> list[UUID]:
        return [party.person for party in self.parties]

    def told(self, *, has_result: bool = False, **changed: Any) -> Told:
        """What it tells, or would with what is `changed`."""
        now = {name: getattr(self, name) for name in FILLED} | changed
        return Told(
            category=self.category,
            is_placed=bool(now["place"] or self.position),
            description=self.description,
            details=now["details"],
            phones=[party.phone for party in now["parties"]],
            has_result=has_result,
        )

    def require_content(self, *, is_clue: bool, **changed: Any) -> None:
        """Refuse values that are none of its fields, and of one that names its subcategory what is missing."""
        told = self.told(**changed)
        checked(self.category, told.details)
        if told.phones and self.category is not Category.DISPUTE:
            raise PartiesNotAsked
        if is_clue and not self.sensitive:
            raise ClueSaidTooLate
        if changed.get("subcategory") or self.subcategory:
            require_submittable(told)

    def require_closable(self, *, has_result: bool) -> None:
        """Of one that names its subcategory; others came from clients of before, which could not tell more."""
        if self.subcategory:
            require_closable(self.told(has_result=has_result))
