"""A patrol (巡防): who walked, where, from when until when."""

from datetime import datetime
from typing import Any, Self

from sqlalchemy import Index, text
from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored, stored_json
from services.contracts.codes_outreach import Suspicion
from services.contracts.grid_outreach import PatrolSnapshot
from services.grid.patrols.rules import Status, Step, after, first
from services.grid.positions.models import Position
from services.grid.positions.rules import all_of


class Patrol(AggregateRow, table=True):
    """`participants`: subjects of grid members, each once. `suspicions`: what speaks against its positions; it
    counts as person-times all the same, but covers no grid. No route is kept."""

    __tablename__ = "patrol"
    __table_args__ = (
        Index("ix_patrol_participants", "participants", postgresql_using="gin"),
        Index("ix_patrol_running", "started_at", postgresql_where=text("ended_at is null")),
    )

    status: Status = Field(default=Status.RUNNING, sa_type=stored(Status))
    campaign: str | None = None
    participants: list[str] = Field(sa_type=stored_json(list[str]))
    started_at: datetime = Field(sa_type=Instant, index=True)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    start_position: Position | None = Field(default=None, sa_type=stored_json(Position | None))
    end_position: Position | None = Field(default=None, sa_type=stored_json(Position | None))
    suspicions: list[Suspicion] = Field(default=[], sa_type=stored_json(list[Suspicion]))
    findings: str = ""
    recorded_by: str
    void_reason: str | None = None
    voided_at: datetime | None = Field(default=None, sa_type=Instant)

    @classmethod
    def record(cls, **facts: Any) -> tuple[Self, PatrolSnapshot]:
        """One that runs from now on, or is over; `facts` are its fields."""
        new = cls(correlation_id=facts["id"], status=first(facts["ended_at"]), **facts)
        new._look_at_positions()
        return new, new._told(new.ended_at or new.started_at)

    def check(self, step: Step, by: str) -> None:
        after(self.status, step)

    def finish(self, findings: str, position: Position | None, *, at: datetime) -> PatrolSnapshot:
        self.status, self.ended_at = after(self.status, Step.FINISH), at
        self.findings, self.end_position = findings, position
        self._look_at_positions()
        return self._told(at)

    def void(self, reason: str, *, at: datetime) -> PatrolSnapshot:
        """作废: entered by mistake; it counts nowhere."""
        self.status = after(self.status, Step.VOID)
        self.void_reason, self.voided_at = reason, at
        return self._told(at)

    @property
    def is_covering(self) -> bool:
        """Whether it shows that somebody was there: a position, and nothing that speaks against one."""
        return bool(self.start_position or self.end_position) and not self.suspicions

    @property
    def shown_status(self) -> str:
        return self.status

    def snapshot(self) -> PatrolSnapshot:
        return PatrolSnapshot(
            **self.facts(self.occurred_at),
            status=self.status,
            campaign=self.campaign,
            participants=len(self.participants),
            started_at=self.started_at,
            ended_at=self.ended_at,
            is_covering=self.is_covering,
        )

    def _look_at_positions(self) -> None:
        told = (self.start_position, self.end_position)
        self.suspicions = all_of(*(position.suspicions for position in told if position))

    def _told(self, at: datetime) -> PatrolSnapshot:
        self.occurred_at = at
        return self.snapshot()
