"""What may be countered: every kind of entry, at every stage of its life, by a time before and after it."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from services.chassis.errors import Refusal
from services.contracts.codes_outreach import EntryKind, ItemKind, Recipient
from services.grid.materials.queries import Entry, Past
from services.grid.materials.rules import (
    AlreadyCountered,
    AlreadyHandedOn,
    Balances,
    CounteredBeforeEntry,
    EntryUnknown,
    IsCounterEntry,
)
from tests.grid.field import GRID, TOWN
from tests.support.people import OTHER_TOWNSHIP, TOWNSHIP

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
HOUR, ITEM, ID = timedelta(hours=1), UUID(int=1), UUID(int=2)
STOCK, ISSUE, GIVEN = EntryKind
STAGES = ("unknown", "elsewhere", "counter", "countered", "handed on", "open")


def expected(kind: EntryKind, stage: str, *, before: bool) -> type[Refusal] | None:
    """By what is asked first."""
    of_stage: dict[str, type[Refusal]] = {
        "unknown": EntryUnknown,
        "elsewhere": EntryUnknown,
        "counter": IsCounterEntry,
        "countered": AlreadyCountered,
    }
    if stage in of_stage:
        return of_stage[stage]
    if before:
        return CounteredBeforeEntry
    return AlreadyHandedOn if stage == "handed on" and kind is not GIVEN else None


@pytest.mark.parametrize(
    ("kind", "stage", "before"), list(product(EntryKind, STAGES, (True, False)))
)
def test_an_entry_is_countered_as_its_stage_allows(
    kind: EntryKind, stage: str, before: bool
) -> None:
    balances = Balances()
    handed = {STOCK: 1, ISSUE: 2, GIVEN: 3}[kind] + (stage == "handed on")
    for each, area in ((STOCK, TOWN), (ISSUE, GRID), (GIVEN, GRID))[:handed]:
        balances.enter(ITEM, each, area, 10, AT)
    entry = Entry(
        *(ITEM, ItemKind.LEAFLET, kind, TOWN if kind is STOCK else GRID, 10),
        *(Recipient.PUBLIC if kind is GIVEN else None, None, AT, stage == "counter"),
    )
    known = {} if stage == "unknown" else {ID: entry}
    past = Past(known, {ID} if stage == "countered" else set(), balances)
    who = OTHER_TOWNSHIP if stage == "elsewhere" else TOWNSHIP
    when = AT - HOUR if before else AT + HOUR
    refused = expected(kind, stage, before=before)
    if refused:
        with pytest.raises(refused):
            past.take(ID, who, when)
        assert (ID in past.countered) is (stage == "countered")
    else:
        assert past.take(ID, who, when) == entry
        with pytest.raises(AlreadyCountered):
            past.take(ID, who, when)
