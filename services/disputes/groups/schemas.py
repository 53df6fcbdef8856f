from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.operation import Body, Creation
from services.contracts.codes_disputes import Agency
from services.disputes.groups.models import ServiceGroup
from services.disputes.groups.rules import GroupStatus, Member, Project

Township = Annotated[str, Field(pattern=r"^[0-9]{9}$", examples=["330703105"])]
ProjectName = Annotated[str, Field(min_length=2, max_length=100)]


class MemberIn(BaseModel):
    """`subject`: who it is in this system, where known."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    agency: Agency
    name: str = Field(min_length=1, max_length=50)
    subject: str | None = Field(None, min_length=1, max_length=100)


class GroupIn(Creation):
    """The service group of a township; `projects`: names of the key projects (重点工程) it is attached to."""

    area_code: Township
    members: list[MemberIn] = Field(min_length=2, max_length=50)
    projects: list[ProjectName] = Field(default=[], max_length=50)


class GroupChangeIn(Body):
    """All members and projects from the step's day on; history is kept."""

    members: list[MemberIn] = Field(min_length=2, max_length=50)
    projects: list[ProjectName] = Field(default=[], max_length=50)


class DissolveIn(Body):
    """Nothing needs to be said."""


class GroupLine(BaseModel):
    """A group in a list."""

    id: UUID
    version: int
    status: GroupStatus
    area_code: str
    formed_on: date
    dissolved_on: date | None


class GroupOut(GroupLine):
    """A group with its members, past ones included: officials on duty, named as such."""

    members: list[Member]
    projects: list[Project]
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, group: ServiceGroup, allowed: list[str]) -> "GroupOut":
        shown = cls.model_validate(group, from_attributes=True)
        return shown.model_copy(update={"allowed_actions": allowed})
