"""What is told of an act: who did what to which record, why, and how it ended. Never the data itself."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.chassis.identity.caller import Caller
from services.contracts.codes_audit import Action


@dataclass(frozen=True, slots=True)
class Entry:
    """`noun` and `object_id`: of what. `area_code`: where that is; if left out, where its caller is in charge.
    `fields`: names of what was seen, changed or asked for. `outcome`: `done`, or the code of the refusal."""

    action: Action
    noun: str
    object_id: UUID | None
    area_code: str | None = None
    fields: tuple[str, ...] = ()
    purpose: str | None = None
    outcome: str = "done"


Record = dict[str, Any]
"""An entry with who and when: the columns of `audit` but those of the chain."""


def record_of(caller: Caller, entry: Entry) -> Record:
    return {
        "at": datetime.now(UTC),
        "subject": _storable(caller.subject),
        "roles": [_storable(role) for role in sorted(caller.roles)],
        "organisation": _storable(caller.organisation),
        "action": str(entry.action),
        "noun": entry.noun,
        "object_id": entry.object_id,
        "area_code": entry.area_code or _in_charge_of(caller),
        "fields": list(entry.fields),
        "purpose": _storable(entry.purpose),
        "outcome": entry.outcome,
        "request_id": _storable(caller.request_id),
    }


def _in_charge_of(caller: Caller) -> str | None:
    """The smallest area that holds all of the caller's."""
    first = next(iter(caller.areas), "")
    holding = (first[:length] for length in (15, 12, 9, 6) if length <= len(first))
    return next((area for area in holding if all(a.startswith(area) for a in caller.areas)), None)


def _storable(text: str | None) -> str | None:
    """One that PostgreSQL does not take would keep out all that is written with it."""
    return text and text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
