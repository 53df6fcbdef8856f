"""Keeping the micro-grids: one idempotent import."""

from services.chassis.decision import OutsideScope
from services.chassis.operation import Call, Done, Item, operation
from services.grid.areas.rules import ParentUnknown
from services.grid.micro_grids.models import MicroGrid, micro_grid_id
from services.grid.micro_grids.queries import MICRO_GRIDS, Tree, tree
from services.grid.micro_grids.schemas import MicroGridIn


@operation(MICRO_GRIDS, permission="area.import", puts=True, given=tree)
def put_micro_grid(
    known: MicroGrid | None, body: MicroGridIn, given: Tree, call: Call
) -> Done[MicroGrid] | None:
    """Register or change a micro-grid of a grid that is there on its first day."""
    grid = body.code[:-2]
    if not call.caller.covers(grid):
        raise OutsideScope(grid)
    given.parts.require_span(body.code, body.valid_from, body.valid_to)
    if not given.grids.holds(grid, body.valid_from):
        raise ParentUnknown(grid)
    given.parts.add(body.code, body.valid_from, body.valid_to)
    facts = body.model_dump(exclude={"occurred_at", "on_behalf_of"})
    if known is None:
        known = MicroGrid.of(id=call.id, **facts)
    elif not known.take_over(facts):
        return None
    known.occurred_at = call.at
    return Done(known, known.snapshot())


def items(rows: list[MicroGridIn]) -> list[Item]:
    return [Item(put_micro_grid, micro_grid_id(row.code, row.valid_from), row) for row in rows]
