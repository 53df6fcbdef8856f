"""Emergency access (破窗, "break the glass"), as a service sees it: the internal token names areas beside the caller's
own. What is read there is audited before it is answered; whatever writes never looks at them."""

from typing import TYPE_CHECKING, Any

from services.chassis.audit import Action, Entry
from services.chassis.identity.caller import Caller

if TYPE_CHECKING:
    from services.chassis.runtime import Runtime


async def told(runtime: "Runtime", caller: Caller, noun: str, row: Any = None) -> None:
    """Record that an emergency access shows this row; without one, a page of the noun."""
    id, area = (row.id, row.area_code) if row else (None, ",".join(caller.emergency))
    async with runtime.database.transaction() as connection:
        await runtime.audit.record(connection, caller, Entry(Action.EMERGENCY, noun, id, area))
