from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.grid.visit_tasks import queries, schemas
from services.grid.visit_tasks.queries import VISIT_TASKS
from services.grid.visit_tasks.rules import Status

router = APIRouter(prefix="/v1/grid/visit-tasks", tags=["visits"])


@router.get("", **reads("visit_task.read", Page[schemas.TaskLine], "list_visit_tasks"))
async def list_visit_tasks(
    reading: Reading,
    pages: Pages,
    status: Status | None = None,
    household_id: UUID | None = None,
    overdue: Annotated[
        bool | None,
        Query(description="true: 逾期 only those not visited in time; false: all others"),
    ] = None,
) -> Response:
    """Visits that are owed because of a report, as far as the caller may see them."""
    conditions = queries.matching(status, household_id, overdue)
    return await reading.page(VISIT_TASKS, schemas.TaskLine, pages, *conditions)


@router.get("/{task_id}", **reads("visit_task.read", schemas.TaskLine, "get_visit_task"))
async def get_visit_task(task_id: UUID, reading: Reading) -> Response:
    """One visit that is owed."""
    return await reading.detail(VISIT_TASKS, task_id)
