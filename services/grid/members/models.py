"""Grid members (网格员): who serves which grid, from when until when."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.chassis.database import stored, stored_json
from services.chassis.deadlines.calendar import local_day
from services.contracts.codes_people import MemberKind
from services.contracts.grid_people import MemberSnapshot
from services.grid.members import rules
from services.grid.members.rules import Appointment, Status, Step, after


class Member(AggregateRow, table=True):
    """`person`: who it is, sealed. `account`: the subject under which they sign in, and by which what they record
    is theirs. `starts_on`, `ends_on`: in service from, and the first day on which they are not."""

    __tablename__ = "grid_member"

    person: UUID
    account: str = Field(unique=True)
    status: Status = Field(default=Status.ACTIVE, sa_type=stored(Status))
    kind: MemberKind = Field(sa_type=stored(MemberKind))
    is_party_member: bool
    branch: str | None = Field(default=None, index=True)
    appointments: list[Appointment] = Field(sa_type=stored_json(list[Appointment]))
    starts_on: date
    ends_on: date | None = None

    @classmethod
    def register(cls, at: datetime, **facts: Any) -> tuple[Self, MemberSnapshot]:
        new = cls(correlation_id=facts["id"], **facts)
        return new, new._told(new.status, at)

    def check(self, step: Step, by: str) -> None:
        after(self.status, step)

    def appoint(self, grid: str, *, at: datetime) -> MemberSnapshot:
        """任职: one more grid, from that day on."""
        status = after(self.status, Step.APPOINT)
        self.appointments = rules.appointed(self.appointments, grid, local_day(at))
        return self._told(status, at)

    def release(self, grid: str, *, at: datetime) -> MemberSnapshot:
        """免职 from one grid; that they served it stays on record."""
        status = after(self.status, Step.RELEASE)
        self.appointments = rules.released(self.appointments, grid, local_day(at))
        return self._told(status, at)

    def change(self, facts: dict[str, Any], *, at: datetime) -> MemberSnapshot:
        """What was entered wrong, or is not so any more; `facts` are its fields."""
        status = after(self.status, Step.CHANGE)
        self.take_over(facts)
        return self._told(status, at)

    def leave(self, links: int, *, at: datetime) -> MemberSnapshot:
        """离岗: all appointments end. Refused while households are linked with them."""
        status, day = after(self.status, Step.LEAVE), local_day(at)
        if links:
            raise rules.LinksOpen(links)
        if day < self.starts_on:
            raise rules.EndsBeforeItBegan
        self.appointments, self.ends_on = rules.ended(self.appointments, day), day
        return self._told(status, at)

    def people(self) -> list[UUID]:
        return [self.person]

    @property
    def shown_status(self) -> str:
        return self.status

    def snapshot(self) -> MemberSnapshot:
        return MemberSnapshot.model_validate(self, from_attributes=True)

    def _told(self, status: Status, at: datetime) -> MemberSnapshot:
        self.status, self.occurred_at = status, at
        return self.snapshot()
