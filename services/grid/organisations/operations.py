"""Keeping the tree of organisations: one idempotent import."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, true
from sqlmodel import col

from services.chassis.decision import OutsideScope
from services.chassis.identity.caller import Caller
from services.chassis.operation import Body, Call, Done, Item, Noun, operation
from services.grid.areas.operations import Code as AreaCode
from services.grid.organisations.models import Organisation, organisation_id

Code = Annotated[str, Field(pattern=r"^[0-9a-z-]{3,60}$")]


KIND = r"^[A-Z_]{2,40}$"


class OrganisationIn(Body):
    """One body of the district. `area_code`: the area that it serves."""

    code: Code
    name: str = Field(min_length=1, max_length=80)
    kind: str = Field(pattern=KIND)
    parent: Code | None = None
    area_code: AreaCode
    valid_from: date
    valid_to: date | None = None


class OrganisationLine(BaseModel):
    id: UUID
    code: str
    name: str
    kind: str
    parent: str | None
    area_code: str
    valid_from: date
    valid_to: date | None
    version: int


class OrganisationsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[OrganisationIn] = Field(min_length=1, max_length=5000)


def visible(_: Caller) -> ColumnElement[bool]:
    """Organisations are public bodies."""
    return true()


ORGANISATIONS: Noun[Organisation] = Noun(
    "organisation",
    Organisation,
    visible,
    lambda body, *_: OrganisationLine.model_validate(body, from_attributes=True),
)


@operation(ORGANISATIONS, permission="area.import", puts=True)
def put_organisation(
    organisation: Organisation | None, body: OrganisationIn, _: None, call: Call
) -> Done[Organisation] | None:
    """Register or change an organisation."""
    if not call.caller.covers(body.area_code):
        raise OutsideScope(body.area_code)
    facts = body.model_dump(exclude={"occurred_at", "on_behalf_of"})
    if organisation is None:
        organisation = Organisation(id=call.id, correlation_id=call.id, **facts)
    elif not organisation.take_over(facts):
        return None
    organisation.occurred_at = call.at
    return Done(organisation, organisation.snapshot())


def items(rows: list[OrganisationIn]) -> list[Item]:
    return [Item(put_organisation, organisation_id(row.code, row.valid_from), row) for row in rows]


def of_kind(kind: str | None) -> ColumnElement[bool] | None:
    return col(Organisation.kind) == kind if kind else None
