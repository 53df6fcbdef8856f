"""A check-up report (体检报告): issued once, corrected by new editions, never changed."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel
from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored, stored_json
from services.contracts import inspection as contract
from services.contracts.codes_inspection import Colour
from services.inspection.reports.rules import CorrectedBeforeIssued, NothingCorrected


class Status(StrEnum):
    ISSUED = "ISSUED"
    SUPERSEDED = "SUPERSEDED"


class Step(StrEnum):
    SUPERSEDE = "supersede"


class Content(BaseModel):
    """What an edition says. `file_hash`: SHA-256 of the sealed file."""

    hazards: int
    colour_after: Colour | None
    file_hash: str | None


class Edition(Content):
    """An edition as it was issued. Only `status` is ever changed, when the next one takes its place."""

    edition: int
    status: Status
    issued_at: datetime
    issued_by: str
    reason: str = ""


class CheckupReport(AggregateRow, table=True):
    """One report on one enterprise. `issued_at` is that of the first edition; the content is that of the
    edition in force, the last of `editions`."""

    __tablename__ = "checkup_report"

    number: str = Field(unique=True)
    enterprise_id: UUID = Field(index=True)
    edition: int = 1
    issued_at: datetime = Field(sa_type=Instant)
    corrected_at: datetime | None = Field(default=None, sa_type=Instant)
    hazards: int
    colour_after: Colour | None = Field(default=None, sa_type=stored(Colour))
    file_hash: str | None = None
    editions: list[Edition] = Field(default=[], sa_type=stored_json(list[Edition]))

    @classmethod
    def issue(
        cls, content: Content, *, by: str, at: datetime, **facts: Any
    ) -> tuple[Self, contract.CheckupReportIssued]:
        """The first edition; `facts` are the report's other fields."""
        first = Edition(
            edition=1, status=Status.ISSUED, issued_at=at, issued_by=by, **content.model_dump()
        )
        new = cls(
            correlation_id=facts["id"],
            issued_at=at,
            editions=[first],
            **content.model_dump(),
            **facts,
        )
        return new, contract.CheckupReportIssued(
            **new.facts(at),
            number=new.number,
            enterprise_id=new.enterprise_id,
            hazards=new.hazards,
            colour_after=new.colour_after,
        )

    def supersede(
        self, content: Content, reason: str, *, by: str, at: datetime
    ) -> contract.CheckupReportSuperseded:
        """A corrected edition takes the place of the one in force."""
        last = self.editions[-1]
        if all(getattr(last, name) == value for name, value in content):
            raise NothingCorrected
        if at < last.issued_at:
            raise CorrectedBeforeIssued
        self.edition += 1
        self.corrected_at = at
        self.hazards, self.colour_after = content.hazards, content.colour_after
        self.file_hash = content.file_hash
        new = Edition(
            edition=self.edition,
            status=Status.ISSUED,
            issued_at=at,
            issued_by=by,
            reason=reason,
            **content.model_dump(),
        )
        superseded = last.model_copy(update={"status": Status.SUPERSEDED})
        self.editions = [*self.editions[:-1], superseded, new]
        return contract.CheckupReportSuperseded(
            **self.facts(at),
            edition=self.edition,
            hazards=self.hazards,
            colour_after=self.colour_after,
        )

    @property
    def shown_status(self) -> str:
        return self.editions[-1].status

    @property
    def shown_number(self) -> str | None:
        return self.number

    def snapshot(self) -> contract.CheckupReportSnapshot:
        return contract.CheckupReportSnapshot.model_validate(self, from_attributes=True)
