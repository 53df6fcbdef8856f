from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.chassis.operation import Body, Creation
from services.contracts.codes_inspection import Colour
from services.inspection.reports.models import CheckupReport, Content, Edition

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the sealed file.")]
Count = Annotated[int, Field(ge=0, le=10_000)]


class CheckupReportIn(Creation):
    """The report of a check-up. `hazards`: how many it lists; `colour_after`: the rating that it ends with."""

    enterprise_id: UUID
    hazards: Count
    colour_after: Colour | None = None
    file_hash: Hash | None = None

    @property
    def content(self) -> Content:
        return Content.model_validate(self, from_attributes=True)


class CorrectionIn(Body):
    """The whole content of the edition that takes the place of the one in force, and why."""

    hazards: Count
    colour_after: Colour | None = None
    file_hash: Hash | None = None
    reason: str = Field(min_length=2, max_length=500)

    @property
    def content(self) -> Content:
        return Content.model_validate(self, from_attributes=True)


class CheckupReportLine(BaseModel):
    """A check-up report in a list, in its edition in force."""

    id: UUID
    number: str
    version: int
    area_code: str
    enterprise_id: UUID
    edition: int
    issued_at: datetime
    corrected_at: datetime | None
    hazards: int
    colour_after: Colour | None
    late_entry: bool


class CheckupReportOut(CheckupReportLine):
    """A check-up report in full, with all its editions. `allowed_actions`: operation ids that this caller
    could run on it now."""

    file_hash: str | None
    editions: list[Edition]
    correlation_id: UUID
    import_batch_id: UUID | None
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, report: CheckupReport, allowed: list[str]) -> "CheckupReportOut":
        shown = cls.model_validate(report, from_attributes=True)
        return shown.model_copy(update={"allowed_actions": allowed})
