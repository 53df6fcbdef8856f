"""Who sees which key persons, and what operations must know besides their row."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import driver
from services.chassis.deadlines.calendar import local_day
from services.chassis.deadlines.calendar_table import recent
from services.chassis.effective import in_force
from services.chassis.errors import Conflict, NotFound, Unavailable
from services.chassis.identity.caller import Caller
from services.chassis.identity.policy import allows
from services.chassis.identity.scope import within
from services.chassis.operation import Call, Item, Noun
from services.chassis.privacy.people import People
from services.chassis.privacy.vault import vault_of
from services.grid.campaigns.queries import Ground, ground
from services.grid.key_persons.models import KeyPerson
from services.grid.key_persons.rules import ReadByLawFirst
from services.grid.key_persons.schemas import KeyPersonRef
from services.grid.key_persons.sealing import Grade, Sealing
from services.grid.policy import KEEPERS, POLICY

KEYS = """
    select p.aggregate_id, p.id, k.key from person p join person_key k on k.person_id = p.id
    where p.noun = 'key_person' and p.aggregate_id = any($1::uuid[])"""
READERS = """
    select object_id, subject from audit where noun = 'key_person' and action = 'READ'
        and object_id = any($1::uuid[]) and at > now() - interval '24 hours'"""


class VisitFrequencyMissing(Unavailable):
    zh = "未配置该类别和级别的走访频次。"
    en = "No frequency of visits is set for this class and level."


class PersonGone(Conflict):
    zh = "该人员的个人信息已删除。"
    en = "The personal data of this person were erased."


def grown_up() -> ColumnElement[bool]:
    until = col(KeyPerson.minor_until)
    return or_(until.is_(None), until <= local_day(datetime.now(UTC)))


def visible(caller: Caller) -> ColumnElement[bool]:
    """Those of one's areas, for the few roles that have anything to do with them; minors by law alone."""
    if caller.is_job:
        return true()
    if not caller.roles & KEEPERS:
        return false()
    mine = within(col(KeyPerson.area_code), caller.areas)
    return mine if allows(POLICY, caller, "keyperson.minor") else mine & grown_up()


def _require_adult(row: KeyPerson, _: Caller) -> None:
    """A minor's number and address are in nobody's reach."""
    if row.is_minor(local_day(datetime.now(UTC))):
        raise NotFound


KEY_PERSONS: Noun[KeyPerson] = Noun(
    "key_person",
    KeyPerson,
    visible,
    lambda row, *_: KeyPersonRef(id=row.id, version=row.version),
    People("key-persons", reveal="keyperson.reveal", require_reach=_require_adult),
)


class Rule(NamedTuple):
    """One row of `VisitFrequency`, read."""

    key_class: str
    level: str
    area_code: str
    valid_from: date
    every_days: int


@dataclass(frozen=True)
class Known:
    """How often whom, the keys under which the persons named are sealed, and who has just read which record."""

    rules: Sequence[Rule]
    keys: Mapping[UUID, Sealing]
    readers: Set[tuple[UUID, str]] = frozenset()
    ground: Ground | None = None

    def due(self, grade: Grade, area: str, at: datetime) -> datetime:
        """When the next visit is due after one at `at`."""
        fitting = (r for r in self.rules if (r.key_class, r.level) == grade)
        row = in_force(fitting, area, local_day(at))
        if row is None:
            raise VisitFrequencyMissing
        return at + timedelta(days=row.every_days)

    def require_read(self, row: KeyPerson, call: Call) -> None:
        """A minor's record, which is read for a norm and a document alone."""
        was_read = (row.id, call.caller.subject) in self.readers
        if row.is_minor(local_day(call.recorded_at)) and not was_read:
            raise ReadByLawFirst

    def sealing(self, id: UUID) -> Sealing:
        if id not in self.keys:
            raise PersonGone
        return self.keys[id]


async def known(connection: AsyncConnection, items: Sequence[Item]) -> Known:
    rules, ids = await recent(connection, _rules), [item.id for item in items]
    raw = await driver(connection)
    readers = {(row[0], row[1]) for row in await raw.fetch(READERS, ids)}
    return Known(rules, await sealings(connection, ids), readers)


async def known_of_new(connection: AsyncConnection, items: Sequence[Item]) -> Known:
    return Known(await recent(connection, _rules), {}, ground=await ground(connection, items))


async def sealings(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Sealing]:
    """By record, of whom nobody has erased."""
    vault, raw = vault_of(connection), await driver(connection)
    rows = await raw.fetch(KEYS, ids)
    return {record: Sealing.of(vault, id, key) for record, id, key in map(tuple, rows)}


async def _rules(connection: AsyncConnection) -> list[Rule]:
    raw = await driver(connection)
    rows = await raw.fetch(
        "select key_class, level, area_code, valid_from, every_days from keyperson.visit_frequency"
    )
    return [Rule._make(row) for row in map(tuple, rows)]
