"""A reception (接待批次): people received together on one matter at one time. Nobody is named."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from sqlmodel import Field, SQLModel

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored
from services.contracts import disputes as contract
from services.contracts.codes_disputes import Outcome, Topic
from services.disputes.receptions.rules import CaseLinked, Step


class Reception(AggregateRow, table=True):
    """One batch. The same people coming twice are two batches and count twice."""

    __tablename__ = "reception"

    number: str = Field(unique=True)
    group_id: UUID = Field(index=True)
    receiver: str = Field(index=True)
    place: str = ""
    received_at: datetime = Field(sa_type=Instant)
    heads: int
    representatives: int | None = None
    collective: bool = False
    topic_code: Topic = Field(sa_type=stored(Topic))
    outcome: Outcome = Field(sa_type=stored(Outcome))
    case_id: UUID | None = Field(default=None, index=True)

    @classmethod
    def record(cls, **facts: Any) -> tuple[Self, contract.ReceptionRecorded]:
        """A new reception; `facts` are its fields."""
        new = cls(correlation_id=facts["id"], **facts)
        return new, contract.ReceptionRecorded(
            **new.facts(new.received_at),
            number=new.number,
            group_id=new.group_id,
            heads=new.heads,
            topic_code=new.topic_code,
            outcome=new.outcome,
            case_id=new.case_id,
        )

    def check(self, step: Step, by: str) -> None:
        if step is Step.LINK and self.case_id is not None:
            raise CaseLinked

    def link(self, case_id: UUID, *, by: str, at: datetime) -> contract.ReceptionCaseLinked:
        """What was brought forward has become this case."""
        self.check(Step.LINK, by)
        self.case_id, self.outcome = case_id, Outcome.REGISTERED_DISPUTE
        return contract.ReceptionCaseLinked(**self.facts(at), case_id=case_id)

    @property
    def shown_status(self) -> str:
        return self.outcome

    @property
    def shown_number(self) -> str | None:
        return self.number

    def snapshot(self) -> contract.ReceptionSnapshot:
        return contract.ReceptionSnapshot.model_validate(self, from_attributes=True)


class CollectiveRule(SQLModel, table=True):
    """From how many `heads` on a reception is collective (群体来访), and how many representatives it may
    name; in force from a day on, for the areas that begin with `area_code`. Configuration, not law."""

    __tablename__ = "collective_rule"

    area_code: str = Field(default="", primary_key=True)
    valid_from: date = Field(primary_key=True)
    heads: int
    representatives: int
