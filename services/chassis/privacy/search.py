"""`POST /v1/<service>/people/search`: where one person appears, found by equality of a blind index."""

from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import ColumnElement, Select, select
from starlette.responses import Response

from services.chassis.audit import Action, Entry
from services.chassis.http.reads import reads
from services.chassis.identifiers import ResidentId
from services.chassis.identity.caller import Caller
from services.chassis.operation import Noun
from services.chassis.privacy.people import PersonOut, masked
from services.chassis.privacy.purpose import Purpose
from services.chassis.privacy.reveal import NEVER_KEPT
from services.chassis.privacy.tables import person, person_key
from services.chassis.privacy.vault import Vault
from services.chassis.runtime import CallerDep, RuntimeDep

MOST = 200
SOUGHT = {"resident_id": person.c.resident_index, "phone": person.c.phone_index}


class SearchIn(BaseModel):
    """One of the two, in full, and why."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    resident_id: ResidentId | None = None
    phone: Annotated[str, Field(pattern=r"^\+?[0-9 -]{5,20}$")] | None = None
    purpose: Purpose

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.resident_id is None) == (self.phone is None):
            raise ValueError(
                "resident_id 与 phone 须且只能给出一个 · give either resident_id or phone"
            )
        return self


class FoundOut(BaseModel):
    """`noun` and `aggregate_id`: the record in which the person stands."""

    noun: str
    aggregate_id: UUID
    person: PersonOut


class FoundPeopleOut(BaseModel):
    """At most 200 of each noun, newest first."""

    items: list[FoundOut]


def router(service: str) -> APIRouter:
    routes = APIRouter(prefix=f"/v1/{service}/people", tags=["people"])

    @routes.post(
        "/search",
        **reads("people.search", FoundPeopleOut, f"search_{service}_people", conflicts=False),
    )
    async def search(body: SearchIn, runtime: RuntimeDep, caller: CallerDep) -> Response:
        """The records within the caller's scope in which a person stands. That it was asked, and why, is recorded."""
        field = "resident_id" if body.resident_id else "phone"
        index = runtime.unit.vault.index(field, body.resident_id or body.phone or "")
        items: list[FoundOut] = []
        async with runtime.database.transaction() as connection:
            for noun in runtime.definition.nouns:
                if noun.people:
                    found = await connection.execute(_sought(noun, caller, SOUGHT[field] == index))
                    items += [_out(dict(row), runtime.unit.vault) for row in found.mappings()]
            told = Entry(Action.SEARCHED, "person", None, None, (field,), body.purpose)
            await runtime.audit.record(connection, caller, told)
        out = FoundPeopleOut(items=items).model_dump_json()
        return Response(out, media_type="application/json", headers=NEVER_KEPT)

    return routes


def _sought(noun: Noun[Any], caller: Caller, equal: ColumnElement[bool]) -> Select[Any]:
    known = noun.model.id == person.c.aggregate_id
    return (
        select(person, person_key.c.key)
        .join(person_key, person_key.c.person_id == person.c.id)
        .join(noun.model, known)
        .where(equal, person.c.noun == noun.name, noun.visible(caller))
        .order_by(person.c.id.desc())
        .limit(MOST)
    )


def _out(row: dict[str, Any], vault: Vault) -> FoundOut:
    shown = masked(row, vault, to_handler=False)
    return FoundOut(noun=row["noun"], aggregate_id=row["aggregate_id"], person=shown)
