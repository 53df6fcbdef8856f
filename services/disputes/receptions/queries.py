"""Who sees which receptions, and what operations must know besides their row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, text, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.effective import in_force
from services.chassis.errors import Unavailable
from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.chassis.operation import Item, Noun
from services.contracts.codes_disputes import Outcome, Topic
from services.disputes.cases.models import Case
from services.disputes.groups.models import ServiceGroup
from services.disputes.receptions.models import CollectiveRule, Reception
from services.disputes.receptions.rules import CaseUnknown, GroupUnknown
from services.disputes.receptions.schemas import ReceptionOut


def visible(caller: Caller) -> ColumnElement[bool]:
    """By area; besides, the receptions that one held."""
    if caller.is_job:
        return true()
    inside = within(col(Reception.area_code), caller.areas)
    return or_(col(Reception.receiver) == caller.subject, inside)


RECEPTIONS: Noun[Reception] = Noun(
    "reception",
    Reception,
    visible,
    lambda row, _, allowed: ReceptionOut.of(row, allowed),
    audited="C4",
)


class CollectiveRuleMissing(Unavailable):
    def __init__(self) -> None:
        super().__init__("未配置群体来访规则。", "No rule for collective receptions is configured.")


def matching(
    topic_code: Topic | None, outcome: Outcome | None, group_id: UUID | None
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    return [
        col(Reception.topic_code) == topic_code if topic_code else None,
        col(Reception.outcome) == outcome if outcome else None,
        col(Reception.group_id) == group_id if group_id else None,
    ]


@dataclass(frozen=True)
class Townships:
    """The groups and cases named, with the township of each, and the rules for collective receptions."""

    groups: dict[UUID, tuple[str, date, date | None]]
    cases: dict[UUID, str]
    rules: tuple[CollectiveRule, ...]

    def require_group(self, group_id: UUID, area: str, day: date) -> None:
        township, formed, dissolved = self.groups.get(group_id, ("", date.max, None))
        if township != area[:9] or day < formed or (dissolved and day >= dissolved):
            raise GroupUnknown

    def require_case(self, case_id: UUID | None, area: str) -> None:
        if case_id and self.cases.get(case_id) != area[:9]:
            raise CaseUnknown

    def rule(self, area: str, day: date) -> CollectiveRule:
        found = in_force(self.rules, area, day)
        if found is None:
            raise CollectiveRuleMissing
        return found


async def townships(connection: AsyncConnection, items: Sequence[Item]) -> Townships:
    named = {item.body.group_id for item in items if hasattr(item.body, "group_id")}
    group = ServiceGroup
    groups = await connection.execute(
        select(
            col(group.id), col(group.area_code), col(group.formed_on), col(group.dissolved_on)
        ).where(col(group.id).in_(named))
    )
    wanted = {item.body.case_id for item in items if item.body.case_id}
    cases = await connection.execute(
        select(col(Case.id), col(Case.area_code)).where(col(Case.id).in_(wanted))
    )
    rules = await connection.execute(text("select * from collective_rule"))
    return Townships(
        {id_: (area, formed, dissolved) for id_, area, formed, dissolved in groups},
        {id_: area[:9] for id_, area in cases},
        tuple(CollectiveRule(**row) for row in rules.mappings()),
    )
