"""A trainee (学员): somebody who takes part in training."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.chassis.database import stored
from services.contracts import training as contract
from services.contracts.codes_training import Audience


class Trainee(AggregateRow, table=True):
    """Somebody as the training service knows them, once per name and telephone number. `person`: who it is,
    sealed; `mark`: equal where name and telephone are, None once they are forgotten. `account`: the subject under
    which the person signs in, if they do."""

    __tablename__ = "trainee"

    person: UUID
    mark: str | None = Field(default=None, unique=True)
    audience: Audience = Field(sa_type=stored(Audience), index=True)
    unit: str | None = Field(default=None, index=True)
    account: str | None = None

    @classmethod
    def register(cls, at: datetime, **facts: Any) -> tuple[Self, contract.TraineeRegistered]:
        """A new trainee; `facts` are its fields."""
        new = cls(correlation_id=facts["id"], **facts)
        return new, contract.TraineeRegistered(**new.facts(at), audience=new.audience)

    def people(self) -> list[UUID]:
        return [self.person]

    @property
    def shown_status(self) -> str:
        return "REGISTERED"

    def snapshot(self) -> contract.TraineeSnapshot:
        return contract.TraineeSnapshot.model_validate(self, from_attributes=True)
