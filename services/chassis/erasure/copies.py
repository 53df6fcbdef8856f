"""What a service holds of a person, in the clear: its part of the copy that the person asked for (查阅、复制)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from services.chassis.audit import Action, Entry
from services.chassis.database import driver
from services.chassis.erasure.matching import MEANT, Sought, sought_of
from services.chassis.http.reads import permitted
from services.chassis.privacy.reveal import NEVER_KEPT
from services.chassis.privacy.vault import FIELDS, Vault
from services.chassis.runtime import CallerDep, RuntimeDep

COPY = "subject.copy"
HELD = f"""
    select p.*, k.key from person p left join person_key k on k.person_id = p.id
    where {MEANT.format(resident="$1", phone="$2", until="now()")} order by p.created_at, p.id"""

UNREACHED = """
    select count(*) from person where erased_at is null and phone_index = $2
      and resident_index is not null and $1::bytea is null"""


class CopyIn(BaseModel):
    """For which request, and of whom: blind indexes, hex."""

    model_config = ConfigDict(extra="forbid")

    request_id: UUID
    resident_index: str | None
    phone_index: str | None

    @property
    def sought(self) -> Sought:
        return sought_of(self.resident_index, self.phone_index)


class HeldOut(BaseModel):
    """A person as one record holds them."""

    noun: str
    record: UUID
    area_code: str
    entered_at: datetime
    name: str | None
    phone: str | None
    resident_id: str | None
    address: str | None


class CopyOut(BaseModel):
    """`unreached`: entries with the telephone number, which a resident ID would have to name."""

    items: list[HeldOut]
    unreached: int


def router() -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.post("/internal/people", dependencies=[permitted(COPY)])
    async def copy(body: CopyIn, runtime: RuntimeDep, caller: CallerDep) -> Response:
        """Everything of a person; asked by the gateway in the name of who gathers it, recorded before the answer."""
        fields = tuple(FIELDS)
        async with runtime.database.transaction() as connection:
            items = await _held(connection, runtime.unit.vault, body.sought)
            unreached = await (await driver(connection)).fetchval(UNREACHED, *body.sought)
            entry = Entry(Action.ACCESSED, "subject_request", body.request_id, None, fields)
            await runtime.audit.record(connection, caller, entry)
        told = CopyOut(items=items, unreached=unreached).model_dump_json()
        return Response(told, media_type="application/json", headers=NEVER_KEPT)

    return routes


async def _held(connection: AsyncConnection, vault: Vault, sought: Sought) -> list[HeldOut]:
    raw = await driver(connection)
    return [_shown(dict(row), vault) for row in await raw.fetch(HELD, *sought)]


def _shown(row: dict[str, Any], vault: Vault) -> HeldOut:
    facts: dict[str, str | None] = dict.fromkeys(FIELDS)
    facts |= vault.opened(row["id"], row)
    return HeldOut(
        noun=row["noun"],
        record=row["aggregate_id"],
        area_code=row["area_code"],
        entered_at=row["created_at"],
        **facts,
    )
