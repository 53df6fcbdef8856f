from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.chassis.runtime import CallerDep, RuntimeDep
from services.grid.areas.schemas import Day
from services.grid.tasks import operations, queries, rounds, schemas
from services.grid.tasks.issuing import issued
from services.grid.tasks.queries import ADMISSIONS, ITEMS, ORDERS
from services.grid.tasks.rules import Status

admissions = APIRouter(prefix="/v1/grid/admission-items", tags=["tasks"])
orders = APIRouter(prefix="/v1/grid/task-orders", tags=["tasks"])
items = APIRouter(prefix="/v1/grid/task-items", tags=["tasks"])


@admissions.post("", **creation(operations.admit_matter))
async def admit_matter(body: schemas.AdmissionIn, unit: Creating) -> Response:
    return await unit.create(operations.admit_matter, body)


@admissions.get("", **reads("task.read", Page[schemas.AdmissionLine], "list_admission_items"))
async def list_admission_items(reading: Reading, pages: Pages, on: Day | None = None) -> Response:
    """What may be asked of grids (准入清单). `on`: on that day."""
    return await reading.page(ADMISSIONS, schemas.AdmissionLine, pages, queries.on(on))


@admissions.get("/{item_id}", **reads("task.read", schemas.AdmissionOut, "get_admission_item"))
async def get_admission_item(item_id: UUID, reading: Reading) -> Response:
    """An entry of the list."""
    return await reading.detail(ADMISSIONS, item_id)


@admissions.post("/{item_id}/take-off", **step(operations.take_off_matter))
async def take_off_matter(item_id: UUID, body: schemas.TakeOffIn, unit: Stepping) -> Response:
    return await unit.step(operations.take_off_matter, item_id, body)


@orders.post("", **creation(operations.issue_task_order))
async def issue_task_order(body: schemas.OrderIn, unit: Creating) -> Response:
    return await issued(unit, operations.issue_task_order, body, len(body.targets))


@orders.post("/repeats", **creation(rounds.repeat_task_order))
async def repeat_task_order(
    body: schemas.RepeatIn, unit: Creating, runtime: RuntimeDep, caller: CallerDep
) -> Response:
    parts = await queries.parts(runtime.database, caller, body.order_id)
    return await issued(unit, rounds.repeat_task_order, body, parts)


@orders.get("", **reads("task.read", Page[schemas.OrderLine], "list_task_orders"))
async def list_task_orders(reading: Reading, pages: Pages) -> Response:
    """Tasks of one's areas and of those above them, newest first."""
    return await reading.page(ORDERS, schemas.OrderLine, pages)


@orders.get("/{order_id}", **reads("task.read", schemas.OrderOut, "get_task_order"))
async def get_task_order(order_id: UUID, reading: Reading) -> Response:
    """A task in full, with its form."""
    return await reading.detail(ORDERS, order_id)


@orders.post("/{order_id}/end", **step(rounds.end_task_order))
async def end_task_order(order_id: UUID, body: schemas.StepIn, unit: Stepping) -> Response:
    return await unit.step(rounds.end_task_order, order_id, body)


@items.get("", **reads("task.read", Page[schemas.ItemLine], "list_task_items"))
async def list_task_items(
    reading: Reading,
    pages: Pages,
    status: Annotated[list[Status] | None, Query()] = None,
    order: UUID | None = None,
    expired: bool | None = None,
) -> Response:
    """Parts of tasks: those of one's areas, and those for which one is named."""
    conditions = queries.matching(status, order, expired)
    return await reading.page(ITEMS, schemas.ItemLine, pages, *conditions)


@items.get("/{item_id}", **reads("task.read", schemas.ItemOut, "get_task_item"))
async def get_task_item(item_id: UUID, reading: Reading) -> Response:
    """A part of a task in full, with what this caller could do with it now."""
    return await reading.detail(ITEMS, item_id)


@items.post("", **creation(operations.give_task))
async def give_task(body: schemas.GiveIn, unit: Creating) -> Response:
    return await unit.create(operations.give_task, body)


@items.post("/{item_id}/read", **step(operations.read_task))
async def read_task(item_id: UUID, body: schemas.StepIn, unit: Stepping) -> Response:
    return await unit.step(operations.read_task, item_id, body)


@items.post("/{item_id}/start", **step(operations.start_task))
async def start_task(item_id: UUID, body: schemas.StepIn, unit: Stepping) -> Response:
    return await unit.step(operations.start_task, item_id, body)


@items.post("/{item_id}/submit", **step(operations.submit_task))
async def submit_task(item_id: UUID, body: schemas.SubmitIn, unit: Stepping) -> Response:
    return await unit.step(operations.submit_task, item_id, body)


@items.post("/{item_id}/accept", **step(operations.accept_task))
async def accept_task(item_id: UUID, body: schemas.StepIn, unit: Stepping) -> Response:
    return await unit.step(operations.accept_task, item_id, body)


@items.post("/{item_id}/reject", **step(operations.reject_task))
async def reject_task(item_id: UUID, body: schemas.RejectIn, unit: Stepping) -> Response:
    return await unit.step(operations.reject_task, item_id, body)
