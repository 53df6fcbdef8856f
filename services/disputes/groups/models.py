"""The service group (服务小组) of a township: court, procuratorate, police and justice on the spot."""

from datetime import date, datetime
from typing import Any, Self

from sqlalchemy import Index, text
from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.chassis.database import stored, stored_json
from services.chassis.deadlines.calendar import local_day
from services.contracts import disputes as contract
from services.contracts.codes_disputes import Agency
from services.disputes.groups import rules
from services.disputes.groups.rules import GroupStatus, Member, Project, Step


class ServiceGroup(AggregateRow, table=True):
    """`area_code` is the township; it has one active group at most, which the database enforces."""

    __tablename__ = "service_group"
    __table_args__ = (
        Index(
            "uq_service_group_active",
            "area_code",
            unique=True,
            postgresql_where=text("dissolved_on is null"),
        ),
    )

    status: GroupStatus = Field(default=GroupStatus.ACTIVE, sa_type=stored(GroupStatus))
    members: list[Member] = Field(default=[], sa_type=stored_json(list[Member]))
    projects: list[Project] = Field(default=[], sa_type=stored_json(list[Project]))
    formed_on: date
    dissolved_on: date | None = None

    @classmethod
    def form(cls, *, at: datetime, **facts: Any) -> tuple[Self, contract.ServiceGroupFormed]:
        rules.require_agencies(facts["members"])
        new = cls(correlation_id=facts["id"], formed_on=local_day(at), **facts)
        return new, contract.ServiceGroupFormed(**new.facts(at), agencies=new.agencies)

    def check(self, step: Step, by: str) -> None:
        if self.status is GroupStatus.DISSOLVED:
            raise rules.GroupDissolved

    def change(
        self, members: list[Member], projects: list[Project], *, by: str, at: datetime
    ) -> contract.ServiceGroupMembersChanged:
        """Members and projects from today on; who belonged to it before stays on record."""
        self.check(Step.CHANGE, by)
        rules.require_agencies(members)
        day = local_day(at)
        self.members = rules.changed(self.members, members, day)
        self.projects = rules.changed(self.projects, projects, day)
        return contract.ServiceGroupMembersChanged(**self.facts(at), agencies=self.agencies)

    def dissolve(self, *, by: str, at: datetime) -> contract.ServiceGroupDissolved:
        self.check(Step.DISSOLVE, by)
        self.status, self.dissolved_on = GroupStatus.DISSOLVED, local_day(at)
        return contract.ServiceGroupDissolved(**self.facts(at))

    @property
    def agencies(self) -> list[Agency]:
        """Those that have members in it now."""
        return sorted({member.agency for member in self.members if member.until is None})

    @property
    def shown_status(self) -> str:
        return self.status

    def snapshot(self) -> contract.ServiceGroupSnapshot:
        return contract.ServiceGroupSnapshot.model_validate(self, from_attributes=True)
