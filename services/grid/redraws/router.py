from fastapi import APIRouter

from services.chassis.http.reads import reads
from services.chassis.runtime import CallerDep, RuntimeDep
from services.grid.redraws import operations, queries
from services.grid.redraws.schemas import RedrawIn, Redrawn

router = APIRouter(prefix="/v1/grid/areas", tags=["areas"])


@router.put("/redraw", **reads("area.redraw", Redrawn, "redraw_areas"))
async def redraw_areas(body: RedrawIn, runtime: RuntimeDep, caller: CallerDep) -> Redrawn:
    """Split, merge, move or end areas from a day on: those that close, and those that come of them. The whole redraw
    or nothing; an equal one changes nothing, and one that contradicts another is refused. What was recorded keeps its
    area; see the dashboard's `tree`."""
    items = operations.items(body, await queries.entries(runtime, body))
    results = await runtime.unit.run(items, caller, also=operations.or_nothing(body))
    return operations.told(body, results)
