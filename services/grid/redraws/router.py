from fastapi import APIRouter

from services.chassis.http.reads import reads
from services.chassis.runtime import CallerDep, RuntimeDep
from services.grid.redraws import operations, queries
from services.grid.redraws.schemas import RedrawIn, Redrawn, WithdrawalIn, Withdrawn

router = APIRouter(prefix="/v1/grid/areas", tags=["areas"])


@router.put("/redraw", **reads("area.redraw", Redrawn, "redraw_areas"))
async def redraw_areas(body: RedrawIn, runtime: RuntimeDep, caller: CallerDep) -> Redrawn:
    """Split, merge, move or end areas from a day on: those that close, and those that come of them. The whole redraw
    or nothing; an equal one changes nothing, and one that contradicts another is refused. What was recorded keeps its
    area; see the dashboard's `tree`."""
    items = operations.items(body, await queries.entries(runtime, body))
    results = await runtime.unit.run(items, caller, also=operations.or_nothing(body))
    return operations.told(body, results)


@router.post("/redraw/withdraw", **reads("area.redraw", Withdrawn, "withdraw_area_redraw"))
async def withdraw_area_redraw(
    body: WithdrawalIn, runtime: RuntimeDep, caller: CallerDep
) -> Withdrawn:
    """Withdraw a planned redraw before its day: what was to close stays as it was, what was to come of it never is.
    The whole of it or nothing; refused where something else is planned or recorded in what was to come."""
    planned = await queries.planned(runtime, body)
    items = operations.undone(body, planned)
    await runtime.unit.run(items, caller, also=operations.all_undone)
    return Withdrawn(closes=len(body.closes), opens=len(planned.opens))
