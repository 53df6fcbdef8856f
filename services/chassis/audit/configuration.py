"""Tables that people keep (areas, limits, pass marks …): who changed which row of them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.audit.entry import Entry
from services.chassis.audit.recorder import Audit
from services.chassis.decision import Receipt, Result
from services.chassis.operation import Wish
from services.chassis.unit import Told
from services.contracts.codes_audit import Action


def telling(audit: Audit) -> Told:
    """What the unit of work tells, in its transaction, of the rows that a run has put."""

    async def told(connection: AsyncConnection, results: Sequence[tuple[Wish, Result]]) -> None:
        put = [
            (wish, Entry(Action.CONFIGURED, wish.item.operation.noun.name, result.id))
            for wish, result in results
            if wish.item.operation.puts and not wish.caller.is_job and isinstance(result, Receipt)
        ]
        if put:
            await audit.record(connection, put[0][0].caller, *(entry for _, entry in put))

    return told
