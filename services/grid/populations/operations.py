"""Keeping how many live where: one idempotent import."""

from datetime import date

from services.chassis.decision import OutsideScope
from services.chassis.operation import Call, Done, Item, operation
from services.grid.areas.rules import AreaUnknown, Validity
from services.grid.populations.models import Population, population_id
from services.grid.populations.queries import POPULATIONS, places
from services.grid.populations.schemas import PopulationIn


@operation(POPULATIONS, permission="area.import", puts=True, given=places)
def put_population(
    known: Population | None, body: PopulationIn, given: Validity, call: Call
) -> Done[Population] | None:
    """Tell or correct how many live in an area by the figures of a year in which it exists."""
    if not call.caller.covers(body.area_code):
        raise OutsideScope(body.area_code)
    if not given.overlaps(body.area_code, date(body.year, 1, 1), date(body.year + 1, 1, 1)):
        raise AreaUnknown(body.area_code)
    facts = body.model_dump(exclude={"occurred_at", "on_behalf_of"})
    if known is None:
        known = Population(id=call.id, correlation_id=call.id, **facts)
    elif not known.take_over(facts):
        return None
    known.occurred_at = call.at
    return Done(known, known.snapshot())


def items(rows: list[PopulationIn]) -> list[Item]:
    return [Item(put_population, population_id(row.area_code, row.year), row) for row in rows]
