"""Redrawing areas: the whole redraw in one transaction, or nothing of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.deadlines.calendar import local_day
from services.chassis.decision import OutsideScope, Receipt, Result
from services.chassis.errors import Refusal
from services.chassis.operation import Call, Done, Item, operation
from services.chassis.unit import Also
from services.contracts.roles import DATA_IMPORTER
from services.grid.areas.models import Area, Centroid, area_id
from services.grid.areas.queries import AREAS
from services.grid.areas.schemas import NOTICE
from services.grid.redraws.queries import ground, withdrawing
from services.grid.redraws.rules import Ground, require_whole
from services.grid.redraws.schemas import (
    OpeningIn,
    Part,
    RedrawIn,
    Redrawn,
    Undone,
    WithdrawalIn,
)
from services.grid.redraws.withdrawing import NotPlanned, Withdrawal

FIELDS = {"/area_code": "/code", "/parent": "/code", "/valid_to": "/code"}
"""What rules of areas name, as the body of a redraw has it: a parent is the code without its end, and nothing that
opens has one."""


@operation(AREAS, permission="area.redraw", puts=True, given=ground)
def redraw_area(area: Area | None, body: Part, given: Ground, call: Call) -> Done[Area] | None:
    """Close an area, or open one that comes of others. Refused where something valid would be left below it, where
    there are records of a later day, where a code was used before, and where another redraw has it otherwise."""
    redraw, plan = body.redraw, given.plan
    if not call.caller.covers(body.code):
        raise OutsideScope(body.code)
    historian = DATA_IMPORTER in call.caller.roles
    require_whole(plan, redraw.codes, local_day(call.recorded_at), historian=historian)
    if body.code in plan.closes:
        given.require_closing(body.code)
        if area is None or not area.end(plan.on, plan.closes[body.code], call.at):
            return None
    else:
        opening = next(row for row in redraw.opens if row.code == body.code)
        given.require_opening(body.code, opening.kind)
        facts = _facts(opening, plan.on)
        if area is None:
            area = Area.open(call.at, id=call.id, area_code=body.code, **facts)
        elif not area.put(facts | ({"valid_to": None} if area.is_void else {}), call.at):
            return None
    return Done(area, area.snapshot())


def _facts(opening: OpeningIn, on: date) -> dict[str, Any]:
    told = opening.model_dump(exclude={"code", *(NOTICE - opening.model_fields_set)})
    if opening.centroid:
        told["centroid"] = Centroid(**told["centroid"])
    return told | {"parent": opening.code[:-3], "valid_from": on}


def items(redraw: RedrawIn, entries: dict[str, date]) -> list[Item]:
    """One for each area, in the order in which the redraw names them; `entries`: since when those that close are."""
    starts = {row.code: redraw.on for row in redraw.opens} | entries
    return [
        Item(
            redraw_area, area_id(code, starts.get(code, redraw.on)), Part(code=code, redraw=redraw)
        )
        for code in redraw.codes
    ]


@operation(AREAS, permission="area.redraw", puts=True, given=withdrawing)
def undo_area_redraw(
    area: Area | None, body: Undone, given: Withdrawal, call: Call
) -> Done[Area] | None:
    """Undo what a planned redraw does to an area, before its day: it does not close, or it is not opened. Refused where
    it is no redraw's, and where something else depends on what was to come."""
    if not call.caller.covers(body.code):
        raise OutsideScope(body.code)
    given.require_ahead(local_day(call.recorded_at))
    if area is None or {*body.opens} != given.opens.keys():
        raise NotPlanned(body.code, given.on)
    if body.code in given.opens:
        given.require_unused(body.code)
        area.void(call.at)
    else:
        given.require_reopening(body.code)
        area.reopen(call.at)
    return Done(area, area.snapshot())


def undone(body: WithdrawalIn, planned: Withdrawal) -> list[Item]:
    opens = [*planned.opens]
    starts = {code: planned.entry(code) or body.on for code in body.closes}
    ids = starts | dict.fromkeys(opens, body.on)
    told = {"opens": opens, "withdrawal": body}
    return [
        Item(undo_area_redraw, area_id(code, start), Undone(code=code, **told))
        for code, start in ids.items()
    ]


async def all_undone(_: AsyncConnection, results: Sequence[Result]) -> None:
    """Undoes nothing if one of the areas is refused."""
    for result in results:
        if isinstance(result, Refusal):
            raise result


def or_nothing(redraw: RedrawIn) -> Also:
    """Undoes all if one of the areas is refused; the answer says which."""

    async def whole(_: AsyncConnection, results: Sequence[Result]) -> None:
        for index, result in enumerate(results):
            if isinstance(result, Refusal):
                closes = len(redraw.closes)
                place = f"closes/{index}" if index < closes else f"opens/{index - closes}"
                field = result.pointer or ""
                if field not in {"/on", "/closes", "/opens"}:
                    result.pointer = f"/{place}{FIELDS.get(field, field)}"
                raise result

    return whole


def told(redraw: RedrawIn, results: Sequence[Result]) -> Redrawn:
    done = [isinstance(result, Receipt) for result in results]
    closed = sum(done[: len(redraw.closes)])
    return Redrawn(closed=closed, opened=sum(done) - closed, unchanged=len(done) - sum(done))
