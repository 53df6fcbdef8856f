"""`POST /v1/<service>/<nouns>/{id}/people/{person}/reveal`: clear values, for a purpose that is put on record."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from starlette.responses import Response

from services.chassis.audit import Action, Entry
from services.chassis.errors import Conflict, NotFound
from services.chassis.http.reads import reads
from services.chassis.operation import Noun
from services.chassis.privacy.people import People, found
from services.chassis.privacy.purpose import Purpose
from services.chassis.runtime import CallerDep, RuntimeDep
from services.chassis.unit import load_rows
from services.contracts.codes_privacy import PersonalField

NEVER_KEPT = {"Cache-Control": "no-store"}


class PersonErased(Conflict):
    zh = "该人员的个人信息已删除。"
    en = "The personal data of this person were erased."


class RevealIn(BaseModel):
    """Why, and what: nothing that is not asked for is told."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    purpose: Purpose
    fields: list[PersonalField] = Field(min_length=1, max_length=4)


class RevealedOut(BaseModel):
    """The fields that were asked for, in the clear; null where nothing is known."""

    id: UUID
    name: str | None = None
    phone: str | None = None
    resident_id: str | None = None
    address: str | None = None


def routers(service: str, nouns: Sequence[Noun[Any]]) -> Iterable[APIRouter]:
    """One for each noun that has people."""
    return [_router(service, noun, noun.people) for noun in nouns if noun.people]


def _router(service: str, noun: Noun[Any], declared: People) -> APIRouter:
    routes = APIRouter(prefix=f"/v1/{service}/{declared.path}", tags=[declared.path])

    @routes.post(
        "/{row_id}/people/{person_id}/reveal",
        **reads(declared.reveal, RevealedOut, f"reveal_person_of_{noun.name.replace('-', '_')}"),
    )
    async def reveal(
        row_id: UUID, person_id: UUID, body: RevealIn, runtime: RuntimeDep, caller: CallerDep
    ) -> Response:
        """Clear values of a person, for a purpose. Who asked, for what and why is recorded before the answer."""
        model, vault = noun.model, runtime.unit.vault
        statement = select(model).where(model.id == row_id, noun.visible(caller.in_emergency))
        async with runtime.database.transaction() as connection:
            row = (await connection.run_sync(load_rows, statement)).get(row_id)
            people = await found(connection, [row_id]) if row else []
            sealed = next((person for person in people if person["id"] == person_id), None)
            if row is None or sealed is None:
                raise NotFound
            declared.require_reach(row, caller.in_emergency)
            if sealed["erased_at"] is not None:
                raise PersonErased
            known = vault.opened(person_id, sealed)
            fields = tuple(f"people/{person_id}/{field}" for field in sorted(set(body.fields)))
            told = Entry(Action.REVEALED, noun.name, row_id, row.area_code, fields, body.purpose)
            await runtime.audit.record(connection, caller, told)
        values: dict[str, Any] = {field: known.get(field) for field in body.fields}
        out = RevealedOut(id=person_id, **values).model_dump_json(exclude_unset=True)
        return Response(out, media_type="application/json", headers=NEVER_KEPT)

    return routes
