"""Who sees which errands, and what operations must know besides their row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import driver
from services.chassis.errors import Refusal, Unavailable
from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.chassis.operation import Item, Noun
from services.chassis.privacy.people import People, Shown
from services.contracts import roles
from services.contracts.codes_errands import ErrandOutcome, MatterKind
from services.grid.areas.rules import Validity
from services.grid.errands.files import PaperFiles
from services.grid.errands.models import Errand
from services.grid.errands.rules import (
    DepartmentUnknown,
    NotInCharge,
    NotYours,
    NotYourWindow,
    Status,
    Step,
    leads,
    require_in_charge,
)
from services.grid.errands.schemas import ErrandOut
from services.grid.errands.windows import open_window
from services.grid.organisations import queries as organisations
from services.grid.policy import FIELD

BY_AREA = FIELD | {roles.AUDITOR}
HELD = """
    select aggregate_id from legal_hold where lifted_at is null and aggregate_id = any($1::uuid[])
    union select p.aggregate_id from person p join legal_hold h on h.lifted_at is null
        and (h.resident_index = p.resident_index or h.phone_index = p.phone_index)
    where p.aggregate_id = any($1::uuid[])"""
# The upkeep removes the content of a file that is not whole any more.
PURGE = """
    update attachment set state = 'WITHDRAWN', received = 0, parts = '[]', exif = null,
        content_size = null, content_sha256 = null
    where noun = 'errand' and id in (
        select jsonb_array_elements_text(paper -> 'files')::uuid
        from errand, jsonb_array_elements(papers) paper
        where errand.id = any($1::uuid[]) and purge_due_at <= $2)"""


class HeldByLaw(Unavailable):
    """依法保全: the copies stay until the hold is lifted."""

    zh = "依法保全期间不得清除。"
    en = "A legal hold keeps the copies."


def visible(caller: Caller) -> ColumnElement[bool]:
    """One's own, those that one is in charge of, those of one's areas, those filed at one's department."""
    if caller.is_job:
        return true()
    relations = [
        col(Errand.submitted_by) == caller.subject,
        col(Errand.handler) == caller.subject,
    ]
    if caller.roles & BY_AREA:
        relations.append(within(col(Errand.area_code), caller.areas))
    if roles.DEPARTMENT_HANDLER in caller.roles and caller.organisation:
        relations.append(col(Errand.departments).contains([caller.organisation]))
    return or_(*relations)


def show(errand: Errand, caller: Caller, allowed: list[str], people: Shown) -> ErrandOut:
    steps = {operation.name: operation.step for operation in ERRANDS.operations}
    mine = [name for name in allowed if _is_a_step_of(caller, errand, steps[name])]
    return ErrandOut.of(errand, mine, people)


def require_step(caller: Caller, errand: Errand, step: Step) -> None:
    """Raise the refusal that `caller` meets where the step is somebody else's."""
    if step is Step.WITHDRAW and caller.subject == errand.submitted_by:
        return
    if step is Step.ANSWER and caller.organisation in errand.departments:
        return
    try:
        require_in_charge(caller, errand.area_code, errand.handler)
    except Refusal:
        if step is Step.WITHDRAW:
            raise NotYours from None
        raise


def require_window(caller: Caller, errand: Errand, number: int) -> None:
    """A department answers for itself; who is in charge records what any of them has answered."""
    if caller.organisation != open_window(errand.windows, number).department:
        try:
            require_in_charge(caller, errand.area_code, errand.handler)
        except Refusal:
            raise NotYourWindow from None


def _is_a_step_of(caller: Caller, errand: Errand, step: Step) -> bool:
    try:
        require_step(caller, errand, step)
    except Refusal:
        return False
    return True


def require_near(errand: Errand, caller: Caller) -> None:
    """Who lives next door is no reason: in the clear it is told to who is in charge, or leads there, or took it up."""
    mine = caller.subject in (errand.handler, errand.submitted_by)
    if not mine and not leads(caller, errand.area_code):
        raise NotInCharge


def handles(errand: Errand, caller: Caller) -> bool:
    return errand.handler == caller.subject


FILES = PaperFiles(read="errand.read", withdraw="errand.handle", data_class="C3")
PEOPLE = People("errands", "errand.reveal", handles, require_near)
ERRANDS: Noun[Errand] = Noun("errand", Errand, visible, show, PEOPLE, files=FILES)


def matching(
    status: list[Status] | None,
    matter: MatterKind | None,
    outcome: ErrandOutcome | None,
    overdue: bool | None,
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for. `overdue`: promised, and not delivered in time."""
    late = col(Errand.overdue_at).is_not(None)
    return [
        col(Errand.status).in_(status) if status else None,
        col(Errand.matter) == matter if matter else None,
        col(Errand.outcome) == outcome if outcome else None,
        None if overdue is None else late if overdue else ~late,
    ]


@dataclass(frozen=True)
class Departments:
    """What a filing must know: when each department named is there."""

    validity: Validity

    def require(self, code: str, day: date) -> None:
        if not self.validity.holds(code, day):
            raise DepartmentUnknown


async def departments(connection: AsyncConnection, items: Sequence[Item]) -> Departments:
    named = {item.body.department for item in items}
    return Departments(await organisations.validity(connection, named))


@dataclass(frozen=True)
class Purging:
    """Which errands a legal hold keeps from being purged."""

    held: frozenset[UUID]


async def purging(connection: AsyncConnection, items: Sequence[Item]) -> Purging:
    """Copies go in the run's own transaction: either they and the record of it, or neither."""
    due = [item for item in items if item.body.kind == "purge"]
    ids = [item.id for item in due]
    raw = await driver(connection)
    held = frozenset(row[0] for row in await raw.fetch(HELD, ids)) if ids else frozenset()
    if free := [id for id in ids if id not in held]:
        await raw.execute(PURGE, free, max(item.body.occurred_at for item in due))
    return Purging(held)
