"""Indicators G1–G14: from the gateway's own tables, as the dashboards, each with its definition."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic_core import to_json
from starlette.responses import Response

from services.contracts.codes_gateway import CODES
from services.gateway.dashboards.again import Again, answered
from services.gateway.dashboards.answers import Question, State
from services.gateway.dashboards.numbers import as_is, as_was, last_over
from services.gateway.dashboards.rates import with_rates
from services.gateway.dashboards.scope import ViewDep, layout
from services.gateway.dashboards.sections import look
from services.gateway.dashboards.trees import UNDIVIDED, terms
from services.gateway.edge.guard import GatewayDep, Guarded, reads
from services.gateway.indicators.definitions import INDICATORS, Indicator
from services.gateway.indicators.numbers import indicators, unknown
from services.gateway.indicators.schemas import DefinitionsOut, IndicatorsOut
from services.gateway.reading import one_snapshot
from services.gateway.reference.queries import populations

router = APIRouter(prefix="/v1", tags=["dashboard"], route_class=Again)
SERVICE = "grid"
PER = {name: indicator.figure.per for name, indicator in INDICATORS.items() if indicator.figure.per}


@router.get("/indicators", **reads("dashboard.read", DefinitionsOut, "list_indicators"))
async def list_indicators() -> DefinitionsOut:
    """What each indicator counts, in words, with its version."""
    return DefinitionsOut.model_validate({"items": [*map(_defined, INDICATORS.values())]})


@router.get(
    "/areas/{code}/indicators", **reads("dashboard.read", IndicatorsOut, "get_area_indicators")
)
async def get_area_indicators(
    request: Request, gateway: GatewayDep, caller: Guarded, view: ViewDep
) -> Response:
    """The indicators of an area in a period (default: the year until `to`, which is today). Who sees what, `group_by` and
    `tree` as of the dashboard, and so is the ETag; rows and `undivided` add up to the area. The records behind a
    numerator or denominator: `/v1/areas/{code}/figures/{id}/records`."""
    async with one_snapshot(gateway.database) as raw:
        names, rows, where = await layout(raw, view, caller)
        whole = view.area if rows is not None and caller.covers(view.area) else None
        question = Question(view.area, view.period, rows, view.tree, whole is not None)
        areas, is_summed = question.areas, where is not None or whole is not None
        source = as_is(terms(areas, where or (), whole)) if is_summed else as_was(areas)
        seen = await look(raw)
        age = seen.ages(view.now)[SERVICE]
        told = [*areas, UNDIVIDED] if whole else areas
        found = await gateway.answers.once(
            question,
            "indicators",
            State(seen.versions[SERVICE], view.today, where),
            lambda: indicators(raw, told, view.period, view.today, source),
        )
        living = await populations(raw, view.period.last.year, areas)
    if age.status == "unavailable":
        found = {area: unknown(figures) for area, figures in found.items()}

    def shown(area: str) -> dict[str, Any]:
        counted = with_rates(found[area], living.get(area), PER)
        return {"area": area, "name": names[area], "indicators": counted}

    answer: dict[str, Any] = {
        "tree": view.tree,
        "period": {"from": view.period.first, "to": view.period.last},
        "last_over": last_over(view.period, view.today),
        **age._asdict(),
        **shown(view.area),
    }
    if where is not None:
        answer["tree_on"] = view.today
    if rows is not None:
        answer["rows"] = [shown(area) for area in rows]
    if whole:
        answer[UNDIVIDED] = {"indicators": found[UNDIVIDED]}
    made_of = {SERVICE: (seen.versions[SERVICE], age)}
    return answered(request, gateway, caller, to_json(answer), made_of, view.today)


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
