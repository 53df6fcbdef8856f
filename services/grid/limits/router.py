"""The tables by which clocks run and positions are judged: what is in force where and when, and what is to be."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.chassis.http.reads import reads
from services.chassis.http.whole_tables import Imported
from services.chassis.runtime import CallerDep, RuntimeDep, inline
from services.grid.errands.limits import ErrandLimit
from services.grid.key_persons.models import VisitFrequency
from services.grid.limits import schemas
from services.grid.limits.queries import Asked, asked, listed, put
from services.grid.limits.schemas import Rows, Versions
from services.grid.positions.models import PositionLimit
from services.grid.reports.clocks.limits import HandlingRule, TimeLimit

router = APIRouter(prefix="/v1/grid", tags=["limits"])
AskedDep = Annotated[Asked, Depends(inline(asked))]
SET = "limit.configure"


@router.get(
    "/time-limits", **reads("report.read", Versions[schemas.TimeLimitOut], "list_time_limits")
)
async def list_time_limits(runtime: RuntimeDep, asked: AskedDep) -> Versions[schemas.TimeLimitOut]:
    """时限: how long the clocks of reports may run, by urgency."""
    return await listed(runtime.database, TimeLimit, schemas.TimeLimitOut, asked)


@router.put("/time-limits/import", **reads(SET, Imported, "import_time_limits"))
async def import_time_limits(
    body: Rows[schemas.TimeLimitIn], runtime: RuntimeDep, caller: CallerDep
) -> Imported:
    """Set time limits from a later day on, all rows or none. A clock keeps the limit that it began with."""
    return await put(runtime, caller, TimeLimit, body.rows)


@router.get(
    "/handling-rules",
    **reads("report.read", Versions[schemas.HandlingRuleOut], "list_handling_rules"),
)
async def list_handling_rules(
    runtime: RuntimeDep, asked: AskedDep
) -> Versions[schemas.HandlingRuleOut]:
    """The numbers by which reports are handled."""
    return await listed(runtime.database, HandlingRule, schemas.HandlingRuleOut, asked)


@router.put("/handling-rules/import", **reads(SET, Imported, "import_handling_rules"))
async def import_handling_rules(
    body: Rows[schemas.HandlingRuleIn], runtime: RuntimeDep, caller: CallerDep
) -> Imported:
    """Set numbers from a later day on, all rows or none. What was closed before goes by those of its day."""
    return await put(runtime, caller, HandlingRule, body.rows)


@router.get(
    "/errand-limits", **reads("errand.read", Versions[schemas.ErrandLimitOut], "list_errand_limits")
)
async def list_errand_limits(
    runtime: RuntimeDep, asked: AskedDep
) -> Versions[schemas.ErrandLimitOut]:
    """By when errands are promised, and how long copies of papers are kept."""
    return await listed(runtime.database, ErrandLimit, schemas.ErrandLimitOut, asked)


@router.put("/errand-limits/import", **reads(SET, Imported, "import_errand_limits"))
async def import_errand_limits(
    body: Rows[schemas.ErrandLimitIn], runtime: RuntimeDep, caller: CallerDep
) -> Imported:
    """Set limits of errands from a later day on, all rows or none. What was promised stays promised."""
    return await put(runtime, caller, ErrandLimit, body.rows)


@router.get(
    "/visit-frequencies",
    **reads("keyperson.read", Versions[schemas.VisitFrequencyOut], "list_visit_frequencies"),
)
async def list_visit_frequencies(
    runtime: RuntimeDep, asked: AskedDep
) -> Versions[schemas.VisitFrequencyOut]:
    """走访频次: every how many days key persons are visited, by class and level."""
    return await listed(runtime.database, VisitFrequency, schemas.VisitFrequencyOut, asked)


@router.put("/visit-frequencies/import", **reads(SET, Imported, "import_visit_frequencies"))
async def import_visit_frequencies(
    body: Rows[schemas.VisitFrequencyIn], runtime: RuntimeDep, caller: CallerDep
) -> Imported:
    """Set frequencies from a later day on, all rows or none. They hold from the next visit or regrading on."""
    return await put(runtime, caller, VisitFrequency, body.rows)


@router.get(
    "/position-limits",
    **reads("report.read", Versions[schemas.PositionLimitOut], "list_position_limits"),
)
async def list_position_limits(
    runtime: RuntimeDep, asked: AskedDep
) -> Versions[schemas.PositionLimitOut]:
    """定位要求: how accurate, how fresh and how near a position must be to prove anything."""
    return await listed(runtime.database, PositionLimit, schemas.PositionLimitOut, asked)


@router.put("/position-limits/import", **reads(SET, Imported, "import_position_limits"))
async def import_position_limits(
    body: Rows[schemas.PositionLimitIn], runtime: RuntimeDep, caller: CallerDep
) -> Imported:
    """Set limits of positions from a later day on, all rows or none. What was judged before stays as it was judged."""
    return await put(runtime, caller, PositionLimit, body.rows)
