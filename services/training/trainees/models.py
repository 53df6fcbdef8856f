"""A trainee (学员): somebody who takes part in training."""

from datetime import datetime
from typing import Any, Self

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.chassis.database import stored
from services.chassis.privacy.masking import masked_name, masked_phone
from services.contracts import training as contract
from services.contracts.codes_training import Audience


class Trainee(AggregateRow, table=True):
    """A person as the training service knows them, once per name and telephone number. The masked forms are kept beside the clear ones, so that
    lists never read those. `account`: the subject under which the person signs in, if they do."""

    __tablename__ = "trainee"
    __table_args__ = (UniqueConstraint("phone", "name"),)

    name: str
    phone: str
    masked_name: str
    masked_phone: str
    audience: Audience = Field(sa_type=stored(Audience), index=True)
    unit: str | None = Field(default=None, index=True)
    account: str | None = None

    @classmethod
    def register(cls, at: datetime, **facts: Any) -> tuple[Self, contract.TraineeRegistered]:
        """A new trainee; `facts` are its fields."""
        new = cls(
            correlation_id=facts["id"],
            masked_name=masked_name(facts["name"]),
            masked_phone=masked_phone(facts["phone"]),
            **facts,
        )
        return new, contract.TraineeRegistered(**new.facts(at), audience=new.audience)

    @property
    def shown_status(self) -> str:
        return "REGISTERED"

    def snapshot(self) -> contract.TraineeSnapshot:
        return contract.TraineeSnapshot.model_validate(self, from_attributes=True)
