"""The administrative tree (行政区划): district, townships, villages, grids; effective-dated."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID, uuid5

from pydantic import BaseModel
from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.chassis.database import stored_json
from services.contracts.codes_outreach import Datum
from services.contracts.grid import AreaSnapshot

NAMESPACE = UUID("0191d7a0-0000-7000-8000-000000330703")


def area_id(code: str, valid_from: date) -> UUID:
    """An area is its code from a day on: an equal import finds the same record."""
    return uuid5(NAMESPACE, f"area/{code}/{valid_from}")


class Centroid(BaseModel):
    """Where a map shows the area. Coordinates of different datums must never be mixed."""

    lng: float
    lat: float
    datum: Datum


class Area(AggregateRow, table=True):
    """One area under its code. `valid_to` is the first day on which it is no more; one that was `redrawn` ended
    by a redraw, which no import undoes; `former_end`: when it would have ended without. One that a planned redraw was to
    open, and that redraw is withdrawn, ends on its first day: it never is. What is put up in public (公示): its name, `extent`, the office of its
    members and that office's telephone, since `published_on`."""

    __tablename__ = "area"

    name: str
    kind: str
    parent: str | None = Field(default=None, index=True)
    valid_from: date
    valid_to: date | None = None
    demo: bool = False
    predecessors: list[str] = Field(default=[], sa_type=stored_json(list[str]))
    heir: str | None = None
    redrawn: bool = False
    former_end: date | None = None
    extent: str | None = None
    office: str | None = None
    office_phone: str | None = None
    published_on: date | None = None
    centroid: Centroid | None = Field(default=None, sa_type=stored_json(Centroid | None))

    @classmethod
    def open(cls, at: datetime, **facts: Any) -> Self:
        """A new area, as `facts` tell."""
        return cls(correlation_id=facts["id"], occurred_at=at, **facts)

    def end(self, on: date, heir: str | None, at: datetime) -> bool:
        """It is no more from `on`, by a redraw; whether that was new. An heir that is not told stays."""
        self.occurred_at = at
        told = {"valid_to": on, "heir": heir or self.heir, "redrawn": True}
        if not self.redrawn:
            told["former_end"] = self.valid_to
        return self.take_over(told)

    def reopen(self, at: datetime) -> None:
        """The redraw that was to end it is withdrawn."""
        told = {"valid_to": self.former_end, "heir": None, "redrawn": False, "former_end": None}
        self.occurred_at = at
        self.take_over(told)

    def void(self, at: datetime) -> None:
        """The redraw that was to open it is withdrawn."""
        self.valid_to, self.occurred_at = self.valid_from, at

    @property
    def is_void(self) -> bool:
        return self.valid_to == self.valid_from

    def put(self, facts: dict[str, Any], at: datetime) -> bool:
        """What an import says of it; whether anything was new. What a redraw ended stays ended."""
        self.occurred_at = at
        kept = {"valid_to": self.valid_to} if self.redrawn else {}
        return self.take_over(facts | kept)

    @property
    def shown_status(self) -> str:
        return "ENDED" if self.valid_to else "ACTIVE"

    @property
    def shown_number(self) -> str | None:
        return self.area_code

    def snapshot(self) -> AreaSnapshot:
        return AreaSnapshot.model_validate(self, from_attributes=True)
