from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.contracts.codes_people import MemberKind
from services.grid.areas.schemas import GridClosed
from services.grid.members import operations, queries, schemas
from services.grid.members.queries import MEMBERS
from services.grid.members.rules import Status
from services.grid.organisations.schemas import Code as Branch

router = APIRouter(prefix="/v1/grid/members", tags=["members"])


@router.post("", **creation(operations.register_member))
async def register_member(body: schemas.MemberIn, unit: Creating) -> Response:
    return await unit.create(operations.register_member, body)


@router.get("", **reads("member.read", Page[schemas.MemberLine], "list_members"))
async def list_members(
    reading: Reading,
    pages: Pages,
    kind: MemberKind | None = None,
    status: Status | None = None,
    branch: Branch | None = None,
    load_warning: Annotated[
        bool | None,
        Query(description="true: 联系户数异常 only those with an unusual load; false: all others"),
    ] = None,
    grid_closed: GridClosed = None,
) -> Response:
    """Members that the caller may see, masked, newest entry first."""
    conditions = queries.matching(kind, status, branch, load_warning, grid_closed)
    return await reading.page(MEMBERS, schemas.MemberLine, pages, *conditions, people=schemas.put)


@router.get("/{member_id}", **reads("member.read", schemas.MemberOut, "get_member"))
async def get_member(member_id: UUID, reading: Reading) -> Response:
    """A member in full, masked, with what this caller could do with it now."""
    return await reading.detail(MEMBERS, member_id)


@router.post("/{member_id}/appoint", **step(operations.appoint_member))
async def appoint_member(member_id: UUID, body: schemas.GridIn, unit: Stepping) -> Response:
    return await unit.step(operations.appoint_member, member_id, body)


@router.post("/{member_id}/release", **step(operations.release_member))
async def release_member(member_id: UUID, body: schemas.GridIn, unit: Stepping) -> Response:
    return await unit.step(operations.release_member, member_id, body)


@router.post("/{member_id}/change", **step(operations.change_member))
async def change_member(member_id: UUID, body: schemas.ChangeIn, unit: Stepping) -> Response:
    return await unit.step(operations.change_member, member_id, body)


@router.post("/{member_id}/dismiss", **step(operations.dismiss_member))
async def dismiss_member(member_id: UUID, body: schemas.LeaveIn, unit: Stepping) -> Response:
    return await unit.step(operations.dismiss_member, member_id, body)
