"""Indicators G1–G14: from the gateway's own tables, as the dashboards, each with its definition."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from services.chassis.database import driver
from services.chassis.deadlines.calendar import local_day
from services.contracts.codes_gateway import CODES
from services.contracts.event import AREA_CODE
from services.gateway.dashboards.numbers import as_is, as_was, last_over
from services.gateway.dashboards.rates import with_rates
from services.gateway.dashboards.scope import GroupBy, parts, period_of, require_sight
from services.gateway.dashboards.sections import look
from services.gateway.dashboards.trees import UNDIVIDED, Tree, moved, terms
from services.gateway.edge.guard import GatewayDep, Guarded, reads
from services.gateway.indicators.definitions import INDICATORS, Indicator
from services.gateway.indicators.numbers import indicators, unknown
from services.gateway.indicators.schemas import DefinitionsOut, IndicatorsOut
from services.gateway.reference.queries import populations

router = APIRouter(prefix="/v1", tags=["dashboard"])
SERVICE = "grid"
PER = {name: indicator.figure.per for name, indicator in INDICATORS.items() if indicator.figure.per}


@router.get("/indicators", **reads("dashboard.read", DefinitionsOut, "list_indicators"))
async def list_indicators() -> DefinitionsOut:
    """What each indicator counts, in words, with its version."""
    return DefinitionsOut.model_validate({"items": [*map(_defined, INDICATORS.values())]})


@router.get(
    "/areas/{code}/indicators",
    **reads("dashboard.read", IndicatorsOut, "get_area_indicators"),
    response_model_exclude_unset=True,
)
async def get_area_indicators(
    code: Annotated[str, Path(pattern=AREA_CODE)],
    gateway: GatewayDep,
    caller: Guarded,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    group_by: GroupBy | None = None,
    tree: Tree = Tree.AS_WAS,
) -> IndicatorsOut:
    """The indicators of an area in a period (default: the year until `to`, which is today). Who sees what, `group_by` and
    `tree` as of the dashboard; rows and `undivided` add up to the area. The records behind a numerator or denominator:
    `/v1/areas/{code}/figures/{id}/records`."""
    now = datetime.now(UTC)
    today = local_day(now)
    period = period_of(first, last, today)
    require_sight(caller, code)
    async with gateway.database.transaction() as connection:
        raw = await driver(connection)
        await raw.execute("set transaction isolation level repeatable read, read only")
        present = tree is Tree.AS_IS
        day = today if present else period.last
        names, below = await parts(raw, code, group_by, day, caller, present)
        areas = [code, *(below if group_by else ())]
        whole = code if group_by and caller.covers(code) else None
        where = await moved(raw, today) if present else ()
        source = as_is(terms(areas, where, whole)) if present or whole else as_was(areas)
        told = [*areas, UNDIVIDED] if whole else areas
        age = (await look(raw)).ages(now)[SERVICE]
        found = await indicators(raw, told, period, today, source)
        living = await populations(raw, period.last.year, areas)
    if age.status == "unavailable":
        found = {area: unknown(figures) for area, figures in found.items()}

    def shown(area: str) -> dict[str, Any]:
        return {
            "area": area,
            "name": names[area],
            "indicators": with_rates(found[area], living.get(area), PER),
        }

    answer: dict[str, Any] = {
        "tree": tree,
        "period": {"from": period.first, "to": period.last},
        "last_over": last_over(period, today),
        **age._asdict(),
        **shown(code),
    }
    if present:
        answer["tree_on"] = today
    if group_by:
        answer["rows"] = [shown(area) for area in below]
    if whole:
        answer[UNDIVIDED] = {"indicators": found[UNDIVIDED]}
    return IndicatorsOut.model_validate(answer)


def _defined(indicator: Indicator) -> dict[str, Any]:
    figure, reasons = indicator.figure, CODES["exclusion"]
    below, note = indicator.denominator, indicator.note
    return {
        "id": figure.name,
        "version": figure.version,
        "definition": figure.definition,
        "title": {"zh": figure.zh, "en": figure.en},
        "unit": indicator.unit,
        "formula": indicator.formula._asdict(),
        "numerator": indicator.numerator._asdict(),
        "denominator": below and below._asdict(),
        "excludes": [{"reason": r, **reasons[r]._asdict()} for r in indicator.excludes],
        "note": note and note._asdict(),
    }
