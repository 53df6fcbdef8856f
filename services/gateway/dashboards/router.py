"""Dashboards: read from the gateway's own tables only, so they answer while services are away."""

import hashlib
from collections.abc import Callable, Coroutine, Hashable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.routing import APIRoute
from pydantic_core import to_json
from starlette.responses import Response

from services.chassis.database import driver
from services.chassis.deadlines.calendar import local_day
from services.chassis.errors import Unavailable
from services.chassis.http.reads import entity_tags
from services.chassis.identity.caller import Caller
from services.contracts.event import AREA_CODE
from services.gateway.dashboards.answers import Given, Question
from services.gateway.dashboards.numbers import unknown
from services.gateway.dashboards.rates import with_rates
from services.gateway.dashboards.schemas import DashboardOut
from services.gateway.dashboards.scope import GroupBy, parts, period_of, require_sight
from services.gateway.dashboards.sections import Age, look
from services.gateway.dashboards.trees import UNDIVIDED, Tree, moved
from services.gateway.edge.guard import GatewayDep, Guarded, admitted, reads
from services.gateway.edge.guard import gateway as gateway_of
from services.gateway.reference import queries


class Again(APIRoute):
    """Answers at once what it has just answered, while nothing that it says has changed."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        fully = super().get_route_handler()

        async def handle(request: Request) -> Response:
            gateway = await gateway_of(request)
            caller = await admitted(request, gateway)
            if seen := gateway.live.seen:
                now = datetime.now(UTC)
                given = gateway.answers.again(_asked(request, caller), seen, now, local_day(now))
                if given:
                    return _response(given, request.headers.get("if-none-match"))
            return await fully(request)

        return handle


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
    code: Annotated[str, Path(pattern=AREA_CODE)],
    gateway: GatewayDep,
    caller: Guarded,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    group_by: GroupBy | None = None,
    tree: Tree = Tree.AS_WAS,
    require: Require | None = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """The figures of an area in a period (default: the year until `to`, which is today), each with its definition, each
    section with its age. A township's user may see its own area and the district's totals. `group_by=township`
    adds the rows of the townships that the caller may see, `children` those of the areas right below;
    `tree=as_is` counts what was recorded in former areas where they are today, `as_was` where it was recorded;
    `require=complete` answers 503 unless every section is fresh."""
    now = datetime.now(UTC)
    today = local_day(now)
    period = period_of(first, last, today)
    require_sight(caller, code)
    async with gateway.database.transaction() as connection:
        raw = await driver(connection)
        await raw.execute("set transaction isolation level repeatable read, read only")
        present = tree is Tree.AS_IS
        known, below = await parts(
            raw, code, group_by, today if present else period.last, caller, present
        )
        rows = below if group_by else None
        undivided = present and rows is not None and caller.covers(code)
        question = Question(code, period, rows, tree, undivided)
        seen = await look(raw)
        age = seen.ages(now)
        where = await moved(raw, today) if present else None
        figures = await gateway.answers.figures(raw, question, seen, today, where)
        living = await queries.populations(raw, period.last.year, question.areas)
    if require and any(a.status != "fresh" for a in age.values()):
        raise Incomplete([name for name, a in age.items() if a.status != "fresh"])
    told = {a: _sections(figures[a], age, living.get(a)) for a in figures}
    body = to_json(_dashboard(question, told, age, known, living, today))
    etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    given = Given(seen.versions, age, today, body, etag)
    gateway.answers.given.put(_asked(request, caller), given)
    return _response(given, if_none_match)


def _asked(request: Request, caller: Caller) -> Hashable:
    """The question as it was sent, and what decides who may see which rows."""
    scope = request.scope
    return scope["path"], scope["query_string"], caller.areas, caller.roles


def _response(given: Given, if_none_match: str | None) -> Response:
    headers = {"ETag": given.etag, "Cache-Control": "private, no-cache"}
    tags = entity_tags(if_none_match or "") or []
    if tags == ["*"] or given.etag in [tag.removeprefix("W/") for tag in tags]:
        return Response(status_code=304, headers=headers)
    return Response(given.body, media_type="application/json", headers=headers)


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
