"""The rows of a file as runs of the unit of work, within an import batch."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis.decision import Receipt
from services.chassis.errors import Refusal
from services.chassis.http.whole_tables import Imported
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item
from services.chassis.runtime import Runtime

AT_ONCE = 500


async def import_foreign(
    runtime: Runtime, caller: Caller, items: Sequence[Item], import_batch: UUID
) -> Imported:
    """The first refusal is raised, naming its row. What was told before, exactly so, is unchanged."""
    imported = Imported()
    for start in range(0, len(items), AT_ONCE):
        some = items[start : start + AT_ONCE]
        results = await runtime.unit.run(some, caller, import_batch_id=import_batch)
        for place, result in enumerate(results, start):
            if isinstance(result, Refusal):
                result.pointer = f"/rows/{place}{result.pointer or ''}"
                raise result
            if isinstance(result, Receipt) and not result.replayed:
                imported.created += result.version == 1
                imported.changed += result.version > 1
            else:
                imported.unchanged += 1
    return imported
