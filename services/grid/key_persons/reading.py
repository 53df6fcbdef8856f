"""Every read of key persons, for a purpose that is put on record before the answer; and the counts, which tell of nobody."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.audit import Action, Entry
from services.chassis.deadlines.calendar import day_start, local_day
from services.chassis.errors import NotFound, Refusal
from services.chassis.identity.caller import Caller
from services.chassis.identity.policy import require
from services.chassis.identity.scope import within
from services.chassis.privacy.people import Shown, shown
from services.chassis.runtime import Runtime
from services.chassis.unit import load_rows
from services.contracts.codes_key_persons import KeyPersonClass
from services.grid.key_persons.models import KeyPerson
from services.grid.key_persons.queries import KEY_PERSONS, grown_up, sealings, visible
from services.grid.key_persons.rules import LegalBasisMissing, as_of, told
from services.grid.key_persons.schemas import (
    CountsOut,
    KeyPersonLine,
    KeyPersonOut,
    KeyPersonsOut,
    ReadIn,
    SearchIn,
    VisitOut,
)
from services.grid.key_persons.sealing import Sealing

SEEN = ("C3",)


async def searched(runtime: Runtime, caller: Caller, body: SearchIn) -> KeyPersonsOut:
    """Records of the caller's areas, each of which is put on record as read."""
    asked: list[ColumnElement[bool]] = [visible(caller), grown_up()]
    if body.overdue is not None:
        late = col(KeyPerson.visit_overdue_at).is_not(None)
        asked.append(late if body.overdue else ~late)
    if body.after:
        asked.append(col(KeyPerson.id) < body.after)
    statement = select(KeyPerson).where(*asked).order_by(col(KeyPerson.id).desc())
    async with runtime.database.transaction() as connection:
        found = await connection.run_sync(load_rows, statement.limit(body.limit + 1))
        rows = dict(islice(found.items(), body.limit))
        people, keys = await _opened(connection, runtime, [*rows])
        entries = [
            Entry(Action.READ, KEY_PERSONS.name, id, row.area_code, SEEN, body.purpose)
            for id, row in rows.items()
        ]
        nobody = Entry(Action.SEARCHED, KEY_PERSONS.name, None, None, SEEN, body.purpose)
        await runtime.audit.record(connection, caller, *(entries or [nobody]))
    lines = [KeyPersonLine(**_line(row, people, keys)) for row in rows.values()]
    last = lines[-1].id if len(found) > len(lines) else None
    return KeyPersonsOut(items=lines, next=last)


async def detail(runtime: Runtime, caller: Caller, id: UUID, body: ReadIn) -> KeyPersonOut:
    """One record. A minor's is read by who may by law, who names the norm."""
    statement = select(KeyPerson).where(col(KeyPerson.id) == id, visible(caller))
    async with runtime.database.transaction() as connection:
        row = (await connection.run_sync(load_rows, statement)).get(id)
        if row is None:
            raise NotFound
        is_minor = row.is_minor(local_day(datetime.now(UTC)))
        if is_minor and not body.legal_basis:
            raise LegalBasisMissing
        people, keys = await _opened(connection, runtime, [id])
        purpose = f"{body.purpose}（{body.legal_basis}）" if body.legal_basis else body.purpose
        entry = Entry(Action.READ, KEY_PERSONS.name, id, row.area_code, SEEN, purpose)
        await runtime.audit.record(connection, caller, entry)
    sealing = keys.get(id)
    visits = [
        VisitOut(**visit.model_dump() | {"note": sealing.opened(visit.note) if sealing else ""})
        for visit in row.visits
    ]
    kept = ("legal_basis", "enrolled_at", "removed_at", "removal_reason")
    facts = {name: getattr(row, name) for name in kept}
    allowed, line = _allowed(runtime, caller, row), _line(row, people, keys)
    return KeyPersonOut(**line, **facts, is_minor=is_minor, visits=visits, allowed_actions=allowed)


async def counts(runtime: Runtime, caller: Caller, today: date) -> CountsOut:
    """How many there were, in multiples of five, without minors."""
    end = as_of(today)
    then = day_start(end)
    there = and_(
        col(KeyPerson.enrolled_at) < then,
        or_(col(KeyPerson.removed_at).is_(None), col(KeyPerson.removed_at) >= then),
        within(col(KeyPerson.area_code), caller.areas),
        grown_up(),
    )
    async with runtime.database.statements() as connection:
        rows = await connection.run_sync(load_rows, select(KeyPerson).where(there))
        keys = await sealings(connection, [*rows])
    classes = Counter(keys[id].grade(row.grade).key_class for id, row in rows.items() if id in keys)
    townships = Counter(row.area_code[:9] for row in rows.values())
    return CountsOut(
        as_of=end,
        by_class={key_class: told(classes[key_class]) for key_class in KeyPersonClass},
        by_township={code: told(n) for code, n in sorted(townships.items()) if told(n)},
    )


async def _opened(
    connection: AsyncConnection, runtime: Runtime, ids: Sequence[UUID]
) -> tuple[Shown, Mapping[UUID, Sealing]]:
    people = await shown(connection, runtime.unit.vault, ids)
    return people, await sealings(connection, ids)


def _line(row: KeyPerson, people: Shown, keys: Mapping[UUID, Sealing]) -> dict[str, Any]:
    """Of whom was erased neither class nor level can be read."""
    grade = keys[row.id].grade(row.grade) if row.id in keys else None
    kept = ("id", "version", "area_code", "status", "visit_due_at", "visit_overdue_at")
    facts = {name: getattr(row, name) for name in kept} | {"person": people[row.person]}
    return facts | {"key_class": grade and grade.key_class, "level": grade and grade.level}


def _allowed(runtime: Runtime, caller: Caller, row: KeyPerson) -> list[str]:
    names = []
    for operation in KEY_PERSONS.operations:
        if operation.step is not None:
            try:
                require(runtime.definition.policy, caller, operation.permission)
                row.check(operation.step, caller.subject)
            except Refusal:
                continue
            names.append(operation.name)
    return names
