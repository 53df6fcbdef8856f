"""Dashboards: read from the gateway's own tables only, so they answer while services are away."""

from datetime import date
from enum import StrEnum
from typing import Any

from fastapi import APIRouter, Request
from pydantic_core import to_json
from starlette.responses import Response

from services.chassis.errors import Unavailable
from services.gateway.dashboards.again import Again, answered
from services.gateway.dashboards.answers import MadeOf, Question
from services.gateway.dashboards.numbers import unknown
from services.gateway.dashboards.rates import with_rates
from services.gateway.dashboards.schemas import DashboardOut
from services.gateway.dashboards.scope import ViewDep, layout
from services.gateway.dashboards.sections import Age, look
from services.gateway.dashboards.trees import UNDIVIDED, Tree
from services.gateway.edge.guard import GatewayDep, Guarded, reads
from services.gateway.projections.registry import SERVICES
from services.gateway.reading import one_snapshot
from services.gateway.reference import queries

router = APIRouter(prefix="/v1", tags=["dashboard"], route_class=Again)


class Require(StrEnum):
    COMPLETE = "complete"


class Incomplete(Unavailable):
    def __init__(self, sections: list[str]) -> None:
        names = "、".join(sections)
        super().__init__(f"以下部分不是最新：{names}。", f"Not fresh: {', '.join(sections)}.")


@router.get(
    "/districts/{code}/dashboard", **reads("dashboard.read", DashboardOut, "get_district_dashboard")
)
@router.get(
    "/areas/{code}/dashboard", **reads("dashboard.read", DashboardOut, "get_area_dashboard")
)
async def get_dashboard(
    request: Request,
    gateway: GatewayDep,
    caller: Guarded,
    view: ViewDep,
    require: Require | None = None,
) -> Response:
    """The figures of an area in a period (default: the year until `to`, which is today), each with its definition, each
    section with its age. A township's user may see its own area and the district's totals. `group_by=township`
    adds the rows of the townships that the caller may see, `children` those of the areas right below;
    `tree=as_is` counts what was recorded in former areas where they are today, `as_was` where it was recorded;
    `require=complete` answers 503 unless every section is fresh."""
    async with one_snapshot(gateway.database) as raw:
        names, rows, where = await layout(raw, view, caller)
        undivided = where is not None and rows is not None and caller.covers(view.area)
        question = Question(view.area, view.period, rows, view.tree, undivided)
        seen = await look(raw)
        age = seen.ages(view.now)
        figures = await gateway.answers.figures(raw, question, seen, view.today, where)
        living = await queries.populations(raw, view.period.last.year, question.areas)
    if require and any(a.status != "fresh" for a in age.values()):
        raise Incomplete([name for name, a in age.items() if a.status != "fresh"])
    told = {a: _sections(figures[a], age, living.get(a)) for a in figures}
    body = to_json(_dashboard(question, told, age, names, living, view.today))
    made_of: MadeOf = {service: (seen.versions[service], age[service]) for service in SERVICES}
    return answered(request, gateway, caller, body, made_of, view.today)


def _dashboard(
    question: Question,
    sections: dict[str, Any],
    age: dict[str, Age],
    names: dict[str, str],
    living: dict[str, queries.Population],
    today: date,
) -> dict[str, Any]:
    told = [a.as_of for a in age.values()]

    def shown(area: str) -> dict[str, Any]:
        people = {"population": living[area]._asdict()} if area in living else {}
        return {"area": area, "name": names[area], **people, "sections": sections[area]}

    answer: dict[str, Any] = {
        "tree": question.tree,
        "period": {"from": question.period.first, "to": question.period.last},
        "as_of": min(told) if all(told) else None,  # type: ignore[type-var]
        "complete": all(a.status == "fresh" for a in age.values()),
        **shown(question.area),
    }
    if question.tree is Tree.AS_IS:
        answer["tree_on"] = today
    if question.rows is not None:
        answer["rows"] = [shown(area) for area in question.rows]
    if question.undivided:
        answer[UNDIVIDED] = {"sections": sections[UNDIVIDED]}
    return answer


def _sections(
    figures: dict[str, dict[str, Any]], age: dict[str, Age], population: queries.Population | None
) -> dict[str, Any]:
    """Where nothing was ever read, nothing is known: not even that there is none."""
    return {
        service: {
            "status": age[service].status,
            "reason": age[service].reason,
            "as_of": age[service].as_of,
            "figures": unknown(told)
            if age[service].status == "unavailable"
            else with_rates(told, population),
        }
        for service, told in figures.items()
    }
