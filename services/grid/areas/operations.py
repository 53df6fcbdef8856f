"""Keeping the administrative tree: one idempotent import."""

from services.chassis.decision import OutsideScope
from services.chassis.operation import Call, Done, Item, operation
from services.grid.areas.models import Area, Centroid, area_id
from services.grid.areas.queries import AREAS, Tree, tree
from services.grid.areas.rules import require_lineage, require_parent_meanwhile, require_place
from services.grid.areas.schemas import NOTICE, AreaIn

KEPT = NOTICE | {"predecessors"}
"""What stays as it is where a row does not tell it."""


@operation(AREAS, permission="area.import", puts=True, given=tree)
def put_area(area: Area | None, body: AreaIn, given: Tree, call: Call) -> Done[Area] | None:
    """Register or change an area. Its parent comes before it. Refused where a redraw says otherwise of what it
    comes of."""
    if not call.caller.covers(body.code):
        raise OutsideScope(body.code)
    validity, span = given.validity, (body.code, body.valid_from, body.valid_to)
    validity.require_span(*span)
    require_place(body.code, body.kind, body.parent, body.valid_from, validity)
    untold, before = KEPT - body.model_fields_set, area.predecessors if area else []
    if area is None or area.is_void:
        require_parent_meanwhile(span, body.parent, given.redrawn)
        untold, before = untold - {"predecessors"}, []
    if "predecessors" not in untold:
        told = before, body.predecessors, given.redrawn
        require_lineage(body.code, body.valid_from, *told)
    validity.add(*span)
    facts = body.model_dump(exclude={"code", "occurred_at", "on_behalf_of", *untold})
    if body.centroid:
        facts["centroid"] = Centroid(**facts["centroid"])
    if area is None:
        area = Area.open(call.at, id=call.id, area_code=body.code, **facts)
    elif not area.put(facts, call.at):
        return None
    return Done(area, area.snapshot())


def items(rows: list[AreaIn]) -> list[Item]:
    return [Item(put_area, area_id(row.code, row.valid_from), row) for row in rows]
