"""Drill-down: the records behind a figure of the dashboards, from the gateway's own cards."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.chassis.deadlines.calendar import local_day
from services.chassis.errors import NotFound
from services.contracts.codes_gateway import FigurePart as Part
from services.contracts.event import AREA_CODE
from services.gateway.dashboards.scope import period_of
from services.gateway.dashboards.sections import look
from services.gateway.drilldown import queries
from services.gateway.drilldown.made_of import made_of
from services.gateway.drilldown.schemas import RecordsOut
from services.gateway.edge.guard import GatewayDep, Guarded, reads
from services.gateway.policy import KNOWING
from services.gateway.reading import one_snapshot
from services.gateway.reference.queries import with_parts

router = APIRouter(prefix="/v1", tags=["dashboard"])


@router.get(
    "/areas/{code}/figures/{figure}/records",
    **reads("dashboard.records", RecordsOut, "list_figure_records"),
)
async def list_figure_records(
    code: Annotated[str, Path(pattern=AREA_CODE)],
    figure: str,
    gateway: GatewayDep,
    caller: Guarded,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    part: Part = Part.NUMERATOR,
    dimension: Annotated[str | None, Query(max_length=100, pattern=r"^[A-Za-z0-9_/-]+$")] = None,
    after: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RecordsOut:
    """The records that a figure of the dashboard, or an indicator (by its id), is made of, in the caller's own areas only:
    of a rate its numerator, or with `part=denominator` the other. The period is the dashboard's. A stock lists what came
    and what left (−1) until the end of the period. `dimension`: those of one alone. `limit` counts records; a page looks
    at some thousand at most, and may hold fewer or none. Of sensitive reports only offices and auditors are told the id
    and the dimension: to others they come without, and by no `dimension`."""
    now = datetime.now(UTC)
    today = local_day(now)
    period = period_of(first, last, today)
    made = made_of(figure, part, period, today, dimension)
    if not caller.covers(code):
        raise NotFound
    async with one_snapshot(gateway.database) as raw:
        if code not in await with_parts(raw, period.last, code, len(code)):
            raise NotFound
        age = (await look(raw)).ages(now)[made.service]
        knows = bool(caller.roles & KNOWING)
        found = await queries.page(raw, made, code, after, limit, knows=knows)
    return RecordsOut.model_validate(
        {
            "area": code,
            "figure": figure,
            "definition": made.figure.definition,
            "part": part,
            "days": {"from": made.first or made.served, "to": made.last},
            "status": age.status,
            "as_of": age.as_of,
            "items": found.lines,
            "next": found.next,
        }
    )
