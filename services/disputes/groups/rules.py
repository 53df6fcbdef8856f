"""Service groups (服务小组): who belongs to one, from when to when. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeVar

from pydantic import BaseModel

from services.chassis.errors import Conflict, Invalid
from services.contracts.codes_disputes import Agency


class GroupStatus(StrEnum):
    ACTIVE = "ACTIVE"
    DISSOLVED = "DISSOLVED"


class Step(StrEnum):
    CHANGE = "change"
    DISSOLVE = "dissolve"


class Member(BaseModel):
    """`until` is the first day on which the member no longer belongs to the group."""

    agency: Agency
    name: str
    subject: str | None = None
    since: date
    until: date | None = None

    @property
    def who(self) -> tuple[str | None, ...]:
        return (self.agency, self.name, self.subject)


class Project(BaseModel):
    """A key project (重点工程) that the group is attached to; its name is public."""

    name: str
    since: date
    until: date | None = None

    @property
    def who(self) -> tuple[str | None, ...]:
        return (self.name,)


Dated = TypeVar("Dated", Member, Project)


class TooFewAgencies(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "服务小组成员应来自法院、检察院、公安、司法中至少两家单位。",
            "A service group has members of at least two agencies.",
            pointer="/members",
        )


class TownshipHasGroup(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "该乡镇（街道）已有服务小组。", "The township has an active service group already."
        )


class GroupDissolved(Conflict):
    def __init__(self) -> None:
        super().__init__("服务小组已撤销。", "The service group is dissolved.")


def require_agencies(members: Iterable[Member]) -> None:
    if len({member.agency for member in members if member.until is None}) < 2:
        raise TooFewAgencies


def changed(known: Sequence[Dated], wanted: Sequence[Dated], day: date) -> list[Dated]:
    """History kept: who is no longer wanted ends on `day`, who is new begins with it."""
    staying = {entry.who for entry in wanted}
    present = {entry.who for entry in known if entry.until is None}
    kept = [
        entry if entry.until or entry.who in staying else entry.model_copy(update={"until": day})
        for entry in known
    ]
    return kept + [entry for entry in wanted if entry.who not in present]
