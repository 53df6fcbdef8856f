"""Keeping the tree of organisations: one idempotent import."""

from services.chassis.decision import OutsideScope
from services.chassis.operation import Call, Done, Item, operation
from services.grid.areas.rules import AreaUnknown, ParentUnknown
from services.grid.organisations.models import Organisation, organisation_id
from services.grid.organisations.queries import ORGANISATIONS, Tree, tree
from services.grid.organisations.rules import require_above
from services.grid.organisations.schemas import OrganisationIn


@operation(ORGANISATIONS, permission="area.import", puts=True, given=tree)
def put_organisation(
    organisation: Organisation | None, body: OrganisationIn, given: Tree, call: Call
) -> Done[Organisation] | None:
    """Register or change an organisation. Its parent comes before it."""
    if not call.caller.covers(body.area_code):
        raise OutsideScope(body.area_code)
    _require_place(body, given)
    given.bodies.add(body.code, body.valid_from, body.valid_to)
    given.parents[body.code] = body.parent
    facts = body.model_dump(exclude={"occurred_at", "on_behalf_of"})
    if organisation is None:
        organisation = Organisation(id=call.id, correlation_id=call.id, **facts)
    elif not organisation.take_over(facts):
        return None
    organisation.occurred_at = call.at
    return Done(organisation, organisation.snapshot())


def _require_place(body: OrganisationIn, given: Tree) -> None:
    """Its area and its parent exist during a part of its time: both may change while it lives."""
    span = body.valid_from, body.valid_to
    given.bodies.require_span(body.code, *span)
    if not given.areas.overlaps(body.area_code, *span):
        raise AreaUnknown(body.area_code)
    require_above(body.code, body.parent, given.parents)
    if body.parent and not given.bodies.overlaps(body.parent, *span):
        raise ParentUnknown(body.parent)


def items(rows: list[OrganisationIn]) -> list[Item]:
    return [Item(put_organisation, organisation_id(row.code, row.valid_from), row) for row in rows]
