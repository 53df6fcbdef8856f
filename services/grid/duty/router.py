from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.whole_tables import Imported, import_rows
from services.chassis.runtime import CallerDep, RuntimeDep, inline
from services.grid.duty import operations, queries, schemas
from services.grid.duty.models import DutyRule
from services.grid.duty.queries import DUTY_WEEKS, Asked
from services.grid.duty.rules import GroupBy
from services.grid.limits.queries import put

router = APIRouter(prefix="/v1/grid", tags=["duty"])


def asked(
    caller: CallerDep,
    by: GroupBy = GroupBy.TOWNSHIP,
    area: Annotated[str | None, Query(pattern=r"^[0-9]{6}([0-9]{3}){0,3}$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=60)] = None,
) -> Asked:
    return Asked(caller, by, area, limit, after)


AskedDep = Annotated[Asked, Depends(inline(asked))]


@router.get("/duty", **reads("duty.read", schemas.DutyOut, "get_duty"))
async def get_duty(runtime: RuntimeDep, asked: AskedDep, week: schemas.Week) -> schemas.DutyOut:
    """每周走访: what the links that the caller may see come to in an ISO week, counted from the rows now. Red members
    see their own links."""
    return await queries.duty(runtime.database, week, asked)


@router.get("/duty/extra", **reads("duty.read", schemas.DutyOut, "get_extra_duty"))
async def get_extra_duty(
    runtime: RuntimeDep, asked: AskedDep, month: schemas.Month
) -> schemas.DutyOut:
    """每月加访: of the linked households of which one visit more is owed each month (tags B1 to B4), linked all month,
    how many had it: some week with a second visit."""
    return await queries.extra_duty(runtime.database, month, asked)


@router.put("/duty-weeks", **reads("duty.count", Imported, "count_duty_weeks"))
async def count_duty_weeks(
    body: schemas.CountsIn, runtime: RuntimeDep, caller: CallerDep
) -> Imported:
    """Count weeks of townships now, for the dashboards; what was counted already and is the same stays."""
    return await import_rows(runtime, caller, operations.items(body.rows))


@router.get("/duty-weeks", **reads("duty.read", Page[schemas.DutyWeekLine], "list_duty_weeks"))
async def list_duty_weeks(reading: Reading, pages: Pages) -> Response:
    """Weeks as they were counted last, newest entry first."""
    return await reading.page(DUTY_WEEKS, schemas.DutyWeekLine, pages)


@router.get("/duty-weeks/{week_id}", **reads("duty.read", schemas.DutyWeekLine, "get_duty_week"))
async def get_duty_week(week_id: UUID, reading: Reading) -> Response:
    """One township's week as it was counted last."""
    return await reading.detail(DUTY_WEEKS, week_id)


@router.get("/duty-rules", **reads("duty.read", schemas.DutyRulesOut, "list_duty_rules"))
async def list_duty_rules(runtime: RuntimeDep) -> schemas.DutyRulesOut:
    """Every rule of the weekly visits, of every area and day: of two that hold, the one of the smaller area, then the
    newer one."""
    return await queries.all_rules(runtime.database)


@router.put("/duty-rules/import", **reads("visiting.configure", Imported, "import_duty_rules"))
async def import_duty_rules(
    body: schemas.DutyRulesIn, runtime: RuntimeDep, caller: CallerDep
) -> Imported:
    """Enter rules from a later day on, all rows or none. One whose day has come is never changed: weeks that were
    counted stay as they are."""
    return await put(runtime, caller, DutyRule, body.rows)
