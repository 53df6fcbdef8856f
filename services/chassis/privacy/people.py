"""The people of a noun as a caller may see them: opened and masked on the server, with one query for a page."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.database import as_json, driver
from services.chassis.identity.caller import Caller
from services.chassis.privacy.masking import (
    masked_address,
    masked_id,
    masked_id_for_handler,
    masked_name,
    masked_phone,
)
from services.chassis.privacy.vault import Vault

ERASED = "已删除"
FOUND = """
    select p.*, k.key from person p left join person_key k on k.person_id = p.id
    where p.aggregate_id = any($1::uuid[])"""


class PersonOut(BaseModel):
    """A person, masked: 王**, 138****5678. Of one who was erased (已删除) nothing is left."""

    id: UUID
    name: str | None = None
    phone: str | None = None
    resident_id: str | None = None
    address: str | None = None
    erased: bool = False


Shown = Mapping[UUID, PersonOut]
Line = dict[str, Any]
Put = Callable[[Line, Shown], None]


def nobody(row: Any, caller: Caller) -> bool:
    return False


def whoever_sees_it(row: Any, caller: Caller) -> None:
    pass


@dataclass(frozen=True)
class People:
    """That rows of a noun refer to people (`row.people()`); its `show` is told them, too. `path` names the noun in
    addresses, `reveal` is the permission to see clear values for a purpose; `require_reach` refuses whom that
    permission does not reach this row for. Who handles the row sees names and addresses in full in its detail."""

    path: str
    reveal: str
    handles: Callable[[Any, Caller], bool] = nobody
    require_reach: Callable[[Any, Caller], None] = whoever_sees_it


async def found(connection: AsyncConnection, rows: Sequence[UUID]) -> list[Mapping[str, Any]]:
    """The people of these aggregates, sealed."""
    raw = await driver(connection)
    return [dict(row) for row in await raw.fetch(FOUND, rows)]


async def of_row(
    connection: AsyncConnection, vault: Vault, declared: People | None, row: Any, caller: Caller
) -> list[Shown]:
    """What the noun's `show` is told besides: nothing where it has no people."""
    if declared is None:
        return []
    if not row.people():
        return [{}]
    to_handler = declared.handles(row, caller)
    return [await shown(connection, vault, [row.id], to_handler=to_handler)]


async def shown(
    connection: AsyncConnection, vault: Vault, rows: Sequence[UUID], *, to_handler: bool = False
) -> Shown:
    """The people of these aggregates, by id."""
    people = await found(connection, rows)
    return {person["id"]: masked(person, vault, to_handler=to_handler) for person in people}


async def with_people(
    connection: AsyncConnection, vault: Vault, lines: Sequence[str], put: Put
) -> list[str]:
    """Lines of a list, as JSON; `put` places in each line those of its people that it shows."""
    told: list[Line] = [json.loads(line) for line in lines]
    people = await shown(connection, vault, [UUID(line["id"]) for line in told])
    for line in told:
        put(line, people)
    return [as_json(line) for line in told]


def masked(row: Mapping[str, Any], vault: Vault, *, to_handler: bool) -> PersonOut:
    if row["erased_at"] is not None:
        return PersonOut(id=row["id"], name=ERASED, erased=True)
    told = {
        field: (TO_HANDLER if to_handler else TO_ALL)[field](value)
        for field, value in vault.opened(row["id"], row).items()
    }
    return PersonOut(id=row["id"], **told)


TO_ALL: dict[str, Callable[[str], str]] = {
    "name": masked_name,
    "phone": masked_phone,
    "resident_id": masked_id,
    "address": masked_address,
}
TO_HANDLER = TO_ALL | {"name": str, "resident_id": masked_id_for_handler, "address": str}
