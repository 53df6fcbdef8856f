from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.disputes.groups import operations, schemas
from services.disputes.groups.queries import GROUPS

router = APIRouter(prefix="/v1/disputes/service-groups", tags=["service groups"])


@router.post("", **creation(operations.form_service_group))
async def form_service_group(body: schemas.GroupIn, unit: Creating) -> Response:
    return await unit.create(operations.form_service_group, body)


@router.get("", **reads("group.read", Page[schemas.GroupLine], "list_service_groups"))
async def list_service_groups(reading: Reading, pages: Pages) -> Response:
    """Service groups that the caller may see, dissolved ones included, newest entry first."""
    return await reading.page(GROUPS, schemas.GroupLine, pages)


@router.get("/{group_id}", **reads("group.read", schemas.GroupOut, "get_service_group"))
async def get_service_group(group_id: UUID, reading: Reading) -> Response:
    """A service group with its members and projects, past ones included."""
    return await reading.detail(GROUPS, group_id)


@router.put("/{group_id}/members", **step(operations.change_service_group_members))
async def change_service_group_members(
    group_id: UUID, body: schemas.GroupChangeIn, unit: Stepping
) -> Response:
    return await unit.step(operations.change_service_group_members, group_id, body)


@router.post("/{group_id}/dissolve", **step(operations.dissolve_service_group))
async def dissolve_service_group(
    group_id: UUID, body: schemas.DissolveIn, unit: Stepping
) -> Response:
    return await unit.step(operations.dissolve_service_group, group_id, body)
