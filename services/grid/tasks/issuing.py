"""A task and the parts of all its targets, as one run: either all of it is there, or nothing."""

from uuid import NAMESPACE_OID, UUID, uuid5

from starlette.responses import Response
from uuid_utils.compat import uuid7

from services.chassis.errors import Refusal
from services.chassis.http.writes import ReceiptOut, Writer
from services.chassis.operation import Creation, Item, Operation
from services.grid.tasks.operations import give_task
from services.grid.tasks.schemas import GiveIn


def item_id(order: UUID, place: int) -> UUID:
    """The same in every run, as a client would make one."""
    return _named(order, place)


def order_id(unit: Writer, operation: Operation, body: Creation) -> UUID:
    """A retry by its key alone means the same task, of which its parts tell."""
    if body.id or not unit.key:
        return body.id or uuid7()
    return _named(NAMESPACE_OID, (unit.reader.caller.subject, operation.name, unit.key))


async def issued(unit: Writer, operation: Operation, body: Creation, targets: int) -> Response:
    """Run `operation` and give each of its targets its part; the receipt is the task's."""
    runtime, caller = unit.reader.runtime, unit.reader.caller
    id, key = order_id(unit, operation, body), unit.key or (f"id:{body.id}" if body.id else None)
    items = [Item(operation, id, body, key)]
    for place in range(1, targets + 1):
        part = GiveIn(order_id=id, place=place, occurred_at=body.occurred_at)
        items.append(Item(give_task, item_id(id, place), part, key and f"{key}/{place}"))
    order, *parts = await runtime.unit.run(items, caller, trace=unit.trace)
    for result in (order, *parts):
        if isinstance(result, Refusal):
            raise result
    receipt = ReceiptOut.of(order)  # type: ignore[arg-type]  # it was issued
    answer = Response(receipt.model_dump_json(), 201, media_type="application/json")
    answer.headers["ETag"] = f'"{receipt.version}"'
    answer.headers["Location"] = f"/v1/grid/task-orders/{receipt.id}"
    return answer


def _named(within: UUID, name: object) -> UUID:
    return UUID(bytes=uuid5(within, str(name)).bytes, version=4)
