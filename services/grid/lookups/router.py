from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter

from services.chassis.http.reads import permitted, reads
from services.chassis.runtime import CallerDep, RuntimeDep
from services.grid.lookups import queries
from services.grid.lookups.schemas import CodeOut, ProgressIn, ProgressOut

router = APIRouter(prefix="/v1/grid/reports", tags=["reports"])
public = APIRouter(include_in_schema=False)


@router.post(
    "/{report_id}/lookup-code",
    status_code=201,
    **reads("report.code", CodeOut, "make_report_lookup_code", conflicts=False),
)
async def make_report_lookup_code(
    report_id: UUID, runtime: RuntimeDep, caller: CallerDep
) -> CodeOut:
    """A code by which its reporter, without a token, asks how the report is going (查询码). It is told this once; a
    new one ends the former. An office of its area makes one for who reported at its window."""
    return await queries.make_code(runtime, caller, report_id, datetime.now(UTC))


@public.post("/internal/reports/progress", dependencies=[permitted("report.look_up")])
async def look_up(body: ProgressIn, runtime: RuntimeDep) -> ProgressOut:
    """What the gateway asks for whoever has a code."""
    return await queries.progress(runtime, body.code, datetime.now(UTC))
