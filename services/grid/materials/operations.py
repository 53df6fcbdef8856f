"""What may be done with materials. Every entry is a line of its own."""

from services.chassis.deadlines.calendar import local_day
from services.chassis.operation import Call, Done, operation
from services.grid.materials import schemas
from services.grid.materials.models import MaterialEntry, MaterialItem
from services.grid.materials.queries import ENTRIES, ITEMS, Ledger, Past, ledger, past
from services.grid.materials.rules import require_entry


@operation(ITEMS, permission="material.register", creates=True)
def register_material_item(
    _: None, body: schemas.ItemIn, given: None, call: Call
) -> Done[MaterialItem]:
    """Register a leaflet, a promotional item or a questionnaire (宣传品). Its code is for ever."""
    facts = body.model_dump(exclude={"id", "occurred_at", "on_behalf_of"})
    return Done(*MaterialItem.register(call.at, id=call.id, **facts))


@operation(ENTRIES, permission="material.enter", creates=True, given=ledger, locks=True)
def enter_material(
    _: None, body: schemas.EntryIn, given: Ledger, call: Call
) -> Done[MaterialEntry]:
    """Enter what came into a township's stock (入库), was issued to a grid (发放) or distributed by it (分发): never
    more than its holder has, at that time and ever since."""
    item_kind = given.require(call.caller, body, local_day(call.at))
    require_entry(body.entry_kind, body.area_code, body.quantity, body.recipient, call.caller)
    told_of = body.item_id, body.entry_kind, body.area_code, body.quantity
    given.balances.enter(*told_of, call.at)
    facts = body.model_dump(exclude={"id", "occurred_at", "on_behalf_of"})
    told = {"id": call.id, "item_kind": item_kind, "recorded_by": call.subject}
    return Done(*MaterialEntry.enter(call.at, **facts, **told))


@operation(ENTRIES, permission="material.counter", creates=True, given=past, locks=True)
def counter_material_entry(
    _: None, body: schemas.CounterIn, given: Past, call: Call
) -> Done[MaterialEntry]:
    """Take an entry back by a counter-entry (冲销), on the day on which that is found out. Nothing is changed that
    was reported before; what has been handed on is countered from the end."""
    entry = given.take(body.counters, call.caller, call.at)
    return Done(
        *MaterialEntry.enter(
            call.at,
            id=call.id,
            area_code=entry.area_code,
            item_id=entry.item_id,
            item_kind=entry.item_kind,
            entry_kind=entry.entry_kind,
            quantity=-entry.quantity,
            recipient=entry.recipient,
            campaign=entry.campaign,
            counters=body.counters,
            reason=body.reason,
            recorded_by=call.subject,
        )
    )
