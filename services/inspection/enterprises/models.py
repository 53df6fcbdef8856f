"""An enterprise (企业), its safety file (一企一档) and the history of its status and colour."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel
from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored, stored_json
from services.contracts import inspection as contract
from services.contracts.codes_inspection import Colour, EnterpriseStatus, RatingMethod
from services.inspection.enterprises.rules import (
    LEFT,
    STATUS_CHANGES,
    BeforeTheLast,
    EnterpriseLeft,
    FileAlreadyOpen,
    StatusChangeNotAllowed,
    Step,
    require_change,
)


class SpecialFlag(StrEnum):
    """What makes an enterprise a special one for safety."""

    DUST = "DUST"
    CONFINED_SPACE = "CONFINED_SPACE"
    LIQUID_AMMONIA = "LIQUID_AMMONIA"
    HAZARDOUS_CHEMICALS = "HAZARDOUS_CHEMICALS"
    SPRAYING = "SPRAYING"
    LITHIUM_BATTERY = "LITHIUM_BATTERY"
    THREE_IN_ONE = "THREE_IN_ONE"


class StatusChange(BaseModel):
    """`status` from `at` on."""

    status: EnterpriseStatus
    at: datetime
    by: str


class RiskPoint(BaseModel):
    """One place or process, rated by LEC."""

    name: str
    likelihood: Decimal
    exposure: Decimal
    consequence: Decimal


class Rating(BaseModel):
    """`colour` from `at` on; None: unrated."""

    colour: Colour | None
    at: datetime
    by: str
    method: RatingMethod
    reason: str = ""
    points: list[RiskPoint] = []


class Enterprise(AggregateRow, table=True):
    """One enterprise under its unified social credit code. Its safety file is open once
    `file_opened_at` is set; `statuses` and `ratings` only grow at their end. `principal_id`, `safety_officer_id`:
    who answers for its safety, sealed."""

    __tablename__ = "enterprise"

    uscc: str = Field(unique=True, max_length=18)
    name: str
    industry_code: str
    is_industrial: bool
    employees: int | None = None
    special_flags: list[SpecialFlag] = Field(default=[], sa_type=stored_json(list[SpecialFlag]))
    principal_id: UUID | None = None
    safety_officer_id: UUID | None = None
    registered_at: datetime = Field(sa_type=Instant)
    file_opened_at: datetime | None = Field(default=None, sa_type=Instant)
    status: EnterpriseStatus = Field(
        default=EnterpriseStatus.OPERATING, sa_type=stored(EnterpriseStatus), index=True
    )
    status_since: datetime = Field(sa_type=Instant)
    statuses: list[StatusChange] = Field(default=[], sa_type=stored_json(list[StatusChange]))
    colour: Colour | None = Field(default=None, sa_type=stored(Colour), index=True)
    ratings: list[Rating] = Field(default=[], sa_type=stored_json(list[Rating]))

    @classmethod
    def register(
        cls, *, by: str, at: datetime, **facts: Any
    ) -> tuple[Self, contract.EnterpriseRegistered]:
        """A new enterprise, in operation; `facts` are its fields."""
        first = StatusChange(status=EnterpriseStatus.OPERATING, at=at, by=by)
        new = cls(
            correlation_id=facts["id"],
            registered_at=at,
            status_since=at,
            statuses=[first],
            **facts,
        )
        return new, contract.EnterpriseRegistered(
            **new.facts(at), industry_code=new.industry_code, is_industrial=new.is_industrial
        )

    def check(self, step: Step, by: str) -> None:
        if step is Step.CHANGE_STATUS:
            if not STATUS_CHANGES[self.status]:
                raise StatusChangeNotAllowed(self.status, self.status)
        elif self.status in LEFT:
            raise EnterpriseLeft(self.status)
        elif step is Step.OPEN_FILE and self.file_opened_at:
            raise FileAlreadyOpen

    def open_file(self, *, by: str, at: datetime) -> contract.SafetyFileOpened:
        self.check(Step.OPEN_FILE, by)
        self._require_order(at, self.registered_at)
        self.file_opened_at = at
        return contract.SafetyFileOpened(**self.facts(at))

    def change_status(
        self, status: EnterpriseStatus, *, by: str, at: datetime
    ) -> contract.EnterpriseStatusChanged:
        """Leaving the district withdraws the rating."""
        require_change(self.status, status)
        self._require_order(at, self._last_fact)
        unrated = status in LEFT and self.colour is not None
        if unrated:
            self._rate(Rating(colour=None, at=at, by=by, method=RatingMethod.EXIT))
        self.status, self.status_since = status, at
        self.statuses = [*self.statuses, StatusChange(status=status, at=at, by=by)]
        return contract.EnterpriseStatusChanged(**self.facts(at), status=status, unrated=unrated)

    def rate(self, rating: Rating) -> contract.EnterpriseRated:
        """A colour from `rating.at` on, or none."""
        self.check(Step.RATE, rating.by)
        self._rate(rating)
        return contract.EnterpriseRated(
            **self.facts(rating.at), colour=rating.colour, method=rating.method
        )

    def people(self) -> list[UUID]:
        return [person for person in (self.principal_id, self.safety_officer_id) if person]

    @property
    def _last_fact(self) -> datetime:
        """When status or colour changed last: neither history goes on before the other's end."""
        return max([self.status_since, *(rating.at for rating in self.ratings[-1:])])

    def _rate(self, rating: Rating) -> None:
        self._require_order(rating.at, self._last_fact)
        self.colour = rating.colour
        self.ratings = [*self.ratings, rating]

    def _require_order(self, at: datetime, last: datetime) -> None:
        if at < last:
            raise BeforeTheLast

    @property
    def shown_status(self) -> str:
        return self.status

    def snapshot(self) -> contract.EnterpriseSnapshot:
        return contract.EnterpriseSnapshot.model_validate(self, from_attributes=True)
