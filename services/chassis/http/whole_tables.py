"""Idempotent import of a table by one call: all rows as one run, counted."""

from collections.abc import Sequence

from pydantic import BaseModel

from services.chassis.decision import Receipt
from services.chassis.errors import Refusal
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item
from services.chassis.runtime import Runtime


class Imported(BaseModel):
    """What an import did with its rows; `unchanged` were there already, exactly so."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


async def import_rows(runtime: Runtime, caller: Caller, items: Sequence[Item]) -> Imported:
    """Run all, 500 at a time; the first refusal is raised, naming its row, and a repeat continues."""
    imported = Imported()
    for start in range(0, len(items), 500):
        results = await runtime.unit.run(items[start : start + 500], caller)
        for index, result in enumerate(results):
            if isinstance(result, Refusal):
                result.pointer = f"/rows/{start + index}{result.pointer or ''}"
                raise result
            if isinstance(result, Receipt):
                imported.created += result.version == 1
                imported.changed += result.version > 1
            else:
                imported.unchanged += 1
    return imported
