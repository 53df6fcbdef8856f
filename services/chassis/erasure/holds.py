"""Legal holds (依法保全): what must not be erased or purged, whoever asks, until somebody lifts the hold."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from services.chassis.audit import Action, Entry
from services.chassis.database import driver
from services.chassis.decision import OutsideScope
from services.chassis.errors import Conflict, Invalid, NotFound
from services.chassis.http.reads import reads
from services.chassis.identifiers import Mobile, ResidentId
from services.chassis.identity.caller import Caller
from services.chassis.privacy.purpose import IMPERSONAL
from services.chassis.runtime import CallerDep, Runtime, RuntimeDep
from services.contracts.event import AREA_CODE

READ, MANAGE = "legal_hold.read", "legal_hold.manage"
Why = Annotated[str, Field(min_length=5, max_length=300), IMPERSONAL]
SET = """
    insert into legal_hold (id, area_code, aggregate_id, resident_index, phone_index, reason, set_at, set_by)
    values ($1, $2, $3, $4, $5, $6, now(), $7) on conflict (id) do update set id = excluded.id
    where (legal_hold.area_code, legal_hold.aggregate_id, legal_hold.resident_index, legal_hold.phone_index,
           legal_hold.reason) is not distinct from (excluded.area_code, excluded.aggregate_id,
           excluded.resident_index, excluded.phone_index, excluded.reason) returning *, xmax = 0 as is_new"""
LIFT = """
    update legal_hold set lifted_at = now(), lifted_by = $2, lifted_why = $3
    where id = $1 and lifted_at is null returning *"""
SEEN = "exists (select from unnest({areas}::text[]) a where starts_with(area_code, a))"
ONE = f"select * from legal_hold where id = $1 and {SEEN.format(areas='$2')}"
PAGE = f"""
    select * from legal_hold where {SEEN.format(areas="$1")} and (lifted_at is null or not $2)
      and ($3::uuid is null or id < $3) order by id desc limit $4"""


class HoldsNothing(Invalid):
    zh = "请指明要保全的记录，或以证件号码、电话号码指明人员，二者择一。"
    en = "Name either a record or, by resident ID or telephone number, a person."
    pointer = "/aggregate_id"


class HoldDiffers(Conflict):
    zh = "该编号已用于内容不同的保全。"
    en = "This id was used for a hold of something else."


class AlreadyLifted(Conflict):
    zh = "该保全已解除。"
    en = "The hold was lifted already."


class HoldIn(BaseModel):
    """What is held: a record with all its people, or a person in every record of this service. `id`: made by the client,
    so that a retry sets one hold. The numbers are kept as blind indexes only."""

    model_config = ConfigDict(extra="forbid")

    id: UUID | None = None
    area_code: str = Field(pattern=AREA_CODE)
    aggregate_id: UUID | None = None
    resident_id: ResidentId | None = None
    phone: Mobile | None = None
    reason: Why

    def require_one(self) -> None:
        if bool(self.aggregate_id) is bool(self.resident_id or self.phone):
            raise HoldsNothing


class LiftIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Why


class HoldOut(BaseModel):
    """`of_person`: it holds a person, whose numbers nobody is told."""

    id: UUID
    area_code: str
    aggregate_id: UUID | None
    of_person: bool
    reason: str
    set_at: datetime
    set_by: str
    lifted_at: datetime | None
    lifted_by: str | None
    lifted_why: str | None

    @classmethod
    def of(cls, row: Any) -> Self:
        return cls.model_validate({**row, "of_person": row["aggregate_id"] is None})


class HoldsOut(BaseModel):
    """`next`: the cursor of the following page, null on the last one."""

    items: list[HoldOut]
    next: UUID | None


def router(service: str) -> APIRouter:
    routes = APIRouter(prefix=f"/v1/{service}/legal-holds", tags=["legal holds"])

    @routes.post("", **reads(MANAGE, HoldOut, f"set_{service}_legal_hold"), status_code=201)
    async def set_legal_hold(body: HoldIn, runtime: RuntimeDep, caller: CallerDep) -> HoldOut:
        """Keep a record, or a person, from being erased or purged. Who set it and why is on record."""
        body.require_one()
        if not caller.covers(body.area_code):
            raise OutsideScope(body.area_code)
        vault, id = runtime.unit.vault, body.id or uuid7()
        indexes = [
            value and vault.index(field, value)
            for field, value in (("resident_id", body.resident_id), ("phone", body.phone))
        ]
        told = body.area_code, body.aggregate_id, *indexes, body.reason, caller.subject
        async with runtime.database.transaction() as connection:
            raw = await driver(connection)
            row = await raw.fetchrow(SET, id, *told)
            if row is None:
                raise HoldDiffers
            if row["is_new"]:
                await _told(runtime, connection, caller, row, "set")
        return HoldOut.of(row)

    @routes.post("/{hold_id}/lift", **reads(MANAGE, HoldOut, f"lift_{service}_legal_hold"))
    async def lift_legal_hold(
        hold_id: UUID, body: LiftIn, runtime: RuntimeDep, caller: CallerDep
    ) -> HoldOut:
        """Lift a hold. What it kept from being erased goes with the next purge."""
        async with runtime.database.transaction() as connection:
            raw = await driver(connection)
            if await raw.fetchrow(ONE, hold_id, list(caller.areas)) is None:
                raise NotFound
            row = await raw.fetchrow(LIFT, hold_id, caller.subject, body.reason)
            if row is None:
                raise AlreadyLifted
            await _told(runtime, connection, caller, row, "lifted")
        return HoldOut.of(row)

    @routes.get("", **reads(READ, HoldsOut, f"list_{service}_legal_holds"))
    async def list_legal_holds(
        runtime: RuntimeDep,
        caller: CallerDep,
        in_force: bool = True,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> HoldsOut:
        """The holds of the caller's areas, newest first; with `in_force=false` those that were lifted, too."""
        async with runtime.database.connection() as connection:
            raw = await driver(connection)
            rows = await raw.fetch(PAGE, list(caller.areas), in_force, after, limit + 1)
        items = [HoldOut.of(row) for row in rows[:limit]]
        return HoldsOut(items=items, next=items[-1].id if len(rows) > limit else None)

    return routes


async def _told(
    runtime: Runtime, connection: AsyncConnection, caller: Caller, row: Any, outcome: str
) -> None:
    why = row["lifted_why"] or row["reason"]
    entry = Entry(Action.CONFIGURED, "legal_hold", row["id"], row["area_code"], (), why, outcome)
    await runtime.audit.record(connection, caller, entry)
