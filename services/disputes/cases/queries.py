"""Who sees which cases."""

from sqlalchemy import ColumnElement, and_, or_, true
from sqlmodel import col

from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.chassis.operation import Noun
from services.chassis.privacy.people import People, Shown
from services.contracts.codes_disputes import CaseType
from services.contracts.codes_grid import Finder
from services.contracts.roles import SERVICE_GROUP_MEMBER
from services.disputes.cases.actors import acts
from services.disputes.cases.models import Case
from services.disputes.cases.rules import CaseStatus
from services.disputes.cases.schemas import CaseOut
from services.disputes.groups.queries import served
from services.disputes.policy import AREA_READERS


def visible(caller: Caller) -> ColumnElement[bool]:
    """The cases that one mediates or registered, whatever one's role: mediators see no others. Besides, by
    role: offices and auditors their area's, members of a service group those of the township it serves."""
    if caller.is_job:
        return true()
    relations = [col(Case.mediator) == caller.subject, col(Case.registrar) == caller.subject]
    inside = within(col(Case.area_code), caller.areas)
    if caller.roles & AREA_READERS:
        relations.append(inside)
    elif SERVICE_GROUP_MEMBER in caller.roles:
        relations.append(and_(inside, served(col(Case.area_code), caller.subject)))
    return or_(*relations)


def shown(case: Case, caller: Caller, allowed: list[str], people: Shown) -> CaseOut:
    steps = {operation.name: operation.step for operation in CASES.operations}
    return CaseOut.of(case, [name for name in allowed if acts(case, steps[name], caller)], people)


def mediates(case: Case, caller: Caller) -> bool:
    return case.mediator == caller.subject


CASES: Noun[Case] = Noun(
    "case",
    Case,
    visible,
    shown,
    People("cases", reveal="case.reveal", handles=mediates),
    audited="C4",
)


def matching(
    status: list[CaseStatus] | None, case_type: CaseType | None, finder: Finder | None
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    return [
        col(Case.status).in_(status) if status else None,
        col(Case.case_type) == case_type if case_type else None,
        col(Case.finder) == finder if finder else None,
    ]
