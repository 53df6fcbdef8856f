"""What the disputes service tells."""

from typing import ClassVar
from uuid import UUID

from services.contracts.event import Event


class CaseFact(Event):
    topic: ClassVar[str] = "jinding.disputes.case.v1"


class CaseEnded(CaseFact):
    """The case is closed (结案). `report_id`: the grid report that it came from, if it did."""

    type: ClassVar[str] = "jinding.disputes.case.closed.v1"
    report_id: UUID | None
