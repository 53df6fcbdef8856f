"""Reports of another system (导入): what its codes mean, and how far its records go here. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from services.chassis.decision import AHEAD, InTheFuture
from services.chassis.errors import Conflict, Invalid
from services.contracts.codes_grid import Category

NAMESPACE = UUID("0191d7a0-0000-7000-8000-003307030f0e")
Taken = Literal["REPORTED", "CLOSED", "CANCELLED"]
"""How far a record can be that is taken over: what is under way there begins here, as whoever works on it must be
known here; what has ended there has ended."""


class CodeNotMapped(Invalid):
    def __init__(self, source: str, code: str, column: str) -> None:
        super().__init__(
            f"{source} 的代码 {code} 没有对应关系，请先补充对照表。",
            f"Code {code} of {source} is not mapped; complete the table first.",
            pointer=f"/{column}",
        )


class TimesDisagree(Invalid):
    def __init__(self, column: str) -> None:
        super().__init__(
            "时间缺失或先后不符：上报、受理、办结依次。",
            "A time is missing or out of order: reported, accepted, closed.",
            pointer=f"/{column}",
        )


class TakenUpHere(Conflict):
    """Two systems must not both decide on one matter."""

    def __init__(self) -> None:
        super().__init__(
            "该事件已在本系统办理，外部状态不再采用。",
            "The report is being handled here; the other system's status is not taken over.",
            pointer="/status_code",
        )


@dataclass(frozen=True)
class Meaning:
    category: Category
    subcategory: str | None
    status: Taken


@dataclass(frozen=True)
class Codes:
    """The codes of one source, or of several."""

    categories: Mapping[tuple[str, str], tuple[Category, str | None]]
    statuses: Mapping[tuple[str, str], Taken]

    def meaning(self, source: str, category_code: str, status_code: str) -> Meaning:
        """Refuses a code that is not mapped, naming its column."""
        category = self.categories.get((source, category_code))
        if category is None:
            raise CodeNotMapped(source, category_code, "category_code")
        status = self.statuses.get((source, status_code))
        if status is None:
            raise CodeNotMapped(source, status_code, "status_code")
        return Meaning(*category, status)


def report_id(source: str, external_id: str) -> UUID:
    """A record of another system is one report for ever."""
    return uuid5(NAMESPACE, f"{source}/{external_id}")


def require_past(now: datetime, **times: datetime | None) -> None:
    """What another system tells has happened; their clock may differ from ours by as much as a device's."""
    for column, at in times.items():
        if at is not None and at > now + AHEAD:
            raise InTheFuture(zh="该时间尚未到来。", en="It lies ahead.", pointer=f"/{column}")


def require_times(
    status: Taken, reported: datetime, accepted: datetime | None, closed: datetime | None
) -> None:
    """Of a closed one all three are known, in this order; of another no end."""
    if status == "CLOSED":
        if accepted is None or accepted < reported:
            raise TimesDisagree("accepted_at")
        if closed is None or closed < accepted:
            raise TimesDisagree("closed_at")
    elif closed is not None and (status == "REPORTED" or closed < reported):
        raise TimesDisagree("closed_at")
