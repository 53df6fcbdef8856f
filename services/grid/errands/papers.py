"""What an errand holds: the papers handed over, the windows where it is filed, whose authorisation it has."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel, Field

from services.chassis.errors import Conflict
from services.contracts.codes_errands import (
    Authoriser,
    PaperForm,
    PaperType,
    SignedBy,
    WindowResult,
)

T = TypeVar("T")
MOST = 99


class NoRoom(Conflict):
    zh = f"一件代办至多 {MOST} 份材料、{MOST} 个办理环节。"
    en = f"An errand has {MOST} papers and {MOST} windows at most."


class Authorisation(BaseModel):
    by: Authoriser
    signed: SignedBy
    recorded_by: str
    at: datetime


class Window(BaseModel):
    """One department's part of an errand. `result` is null until it has answered."""

    department: str
    window: str
    matter: str
    submitted_at: datetime
    result: WindowResult | None = None
    note: str = ""
    answered_at: datetime | None = None


class Paper(BaseModel):
    """`files`: its scans, until they are purged. `signed`: how whoever got it back signed for it."""

    kind: PaperType
    form: PaperForm
    received_at: datetime
    received_by: str
    files: list[UUID] = []
    returned_at: datetime | None = None
    signed: SignedBy | None = None
    purged_at: datetime | None = None

    @property
    def is_copy(self) -> bool:
        """Itself, or by its scans."""
        return self.form is PaperForm.COPY or bool(self.files)


class Trips(BaseModel):
    """How often the resident, and how often the member, had to go."""

    resident_trips: int = Field(ge=0, le=99)
    member_trips: int = Field(ge=0, le=99)


def joined(items: Sequence[T], item: T) -> list[T]:
    """`items` with one more, if there is a place that can be named."""
    if len(items) >= MOST:
        raise NoRoom
    return [*items, item]


def replaced(items: Sequence[T], number: int, item: T) -> list[T]:
    """`items` with another at place `number`, counted from 1."""
    return [*items[: number - 1], item, *items[number:]]
