"""Keeping the administrative tree: one idempotent import."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, true
from sqlmodel import col

from services.chassis.errors import Invalid
from services.chassis.identity.caller import Caller
from services.chassis.operation import Body, Call, Done, Item, Noun, operation
from services.grid.areas.models import Area, area_id

CODE = r"^[0-9]{6}([0-9]{3}){0,3}$"
Code = Annotated[str, Field(pattern=CODE)]


class AreaIn(Body):
    """One area. `code` has 6 (district), 9 (township), 12 (village) or 15 (grid) digits and begins with
    its parent's. `demo`: not a real one."""

    code: Code
    name: str = Field(min_length=1, max_length=60)
    kind: str = Field(pattern=r"^[A-Z_]{2,30}$")
    parent: Code | None = None
    valid_from: date
    valid_to: date | None = None
    demo: bool = False
    predecessors: list[Code] = Field(default=[], max_length=20)


class AreaLine(BaseModel):
    id: UUID
    area_code: str
    name: str
    kind: str
    parent: str | None
    valid_from: date
    valid_to: date | None
    demo: bool
    version: int


class AreasIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[AreaIn] = Field(min_length=1, max_length=5000)


def visible(_: Caller) -> ColumnElement[bool]:
    """Areas are public."""
    return true()


AREAS: Noun[Area] = Noun(
    "area",
    Area,
    visible,
    lambda area, *_: AreaLine.model_validate(area, from_attributes=True),
)


class ParentMismatch(Invalid):
    def __init__(self, code: str) -> None:
        super().__init__(
            f"区域 {code} 的代码应以上级代码开头。",
            f"The code of area {code} must begin with its parent's.",
            pointer="/parent",
        )


@operation(AREAS, permission="area.import", puts=True)
def put_area(area: Area | None, body: AreaIn, _: None, call: Call) -> Done[Area] | None:
    """Register or change an area."""
    if body.parent and (body.code == body.parent or not body.code.startswith(body.parent)):
        raise ParentMismatch(body.code)
    facts = body.model_dump(exclude={"code", "occurred_at", "on_behalf_of"})
    if area is None:
        area = Area(id=call.id, area_code=body.code, correlation_id=call.id, **facts)
    elif not area.take_over(facts):
        return None
    area.occurred_at = call.at
    return Done(area, area.snapshot())


def items(rows: list[AreaIn]) -> list[Item]:
    return [Item(put_area, area_id(row.code, row.valid_from), row) for row in rows]


def under(parent: str | None) -> ColumnElement[bool] | None:
    return col(Area.parent) == parent if parent else None
