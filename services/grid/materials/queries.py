"""Who sees which materials, and what an entry must know of the ledger before it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import DriverConnection, driver
from services.chassis.identity.caller import Caller
from services.chassis.operation import Body, Item, Noun
from services.contracts.codes_outreach import EntryKind, ItemKind, Recipient
from services.grid.campaigns.queries import Ground, concerning, ground
from services.grid.materials.models import MaterialEntry, MaterialItem
from services.grid.materials.rules import (
    AlreadyCountered,
    Balances,
    CounteredBeforeEntry,
    EntryUnknown,
    IsCounterEntry,
    ItemUnknown,
)
from services.grid.materials.schemas import EntryIn, EntryOut, ItemLine
from services.grid.sight import own_or_of_area
from services.grid.turns import of_run, take_turns

TURN = 0x4A44_0202
LONGER_THAN_A_RUN = timedelta(hours=1)
MOVES = """
    select item_id, entry_kind, coalesce(area_code, township), at, sum(quantity)::bigint
    from material_entry join unnest($1::uuid[], $2::text[]) w(item, place)
      on item_id = w.item and township = w.place
    cross join lateral (select case when occurred_at >= $3::timestamptz then occurred_at end) d(at)
    group by item_id, entry_kind, township, at, grouping sets ((area_code), ())"""

ITEMS: Noun[MaterialItem] = Noun(
    "material_item",
    MaterialItem,
    lambda caller: concerning(col(MaterialItem.area_code), caller),
    lambda item, *_: ItemLine.model_validate(item, from_attributes=True),
)


def visible(caller: Caller) -> ColumnElement[bool]:
    """Those of one's areas, and those that one entered."""
    own = col(MaterialEntry.recorded_by) == caller.subject
    return own_or_of_area(caller, own, col(MaterialEntry.area_code))


ENTRIES: Noun[MaterialEntry] = Noun(
    "material_entry",
    MaterialEntry,
    visible,
    lambda entry, *_: EntryOut.model_validate(entry, from_attributes=True),
)


def items_of(item_kind: ItemKind | None) -> ColumnElement[bool] | None:
    return col(MaterialItem.item_kind) == item_kind if item_kind else None


def matching(
    entry_kind: EntryKind | None, item_id: UUID | None, campaign: str | None
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    return [
        col(MaterialEntry.entry_kind) == entry_kind if entry_kind else None,
        col(MaterialEntry.item_id) == item_id if item_id else None,
        col(MaterialEntry.campaign) == campaign if campaign else None,
    ]


@dataclass(frozen=True)
class Ledger:
    """What an entry must know: its ground, the items named, and the balances of their townships. Nobody else
    enters anything of these until it is written."""

    ground: Ground
    items: dict[UUID, tuple[ItemKind, str]]
    balances: Balances

    def require(self, caller: Caller, body: EntryIn, day: date) -> ItemKind:
        """The kind of its item, which is for its area."""
        self.ground.require(caller, body.area_code, body.campaign, day)
        kind, of = self.items.get(body.item_id, (None, ""))
        if kind is None or not body.area_code.startswith(of):
            raise ItemUnknown
        return kind


async def ledger(connection: AsyncConnection, items: Sequence[Item]) -> Ledger:
    raw = await driver(connection)
    bodies = [item.body for item in items]
    named = {body.item_id for body in bodies}
    rows = await raw.fetch(
        "select id, item_kind, area_code from material_item where id = any($1::uuid[])", [*named]
    )
    return Ledger(
        await ground(connection, items),
        {row[0]: (ItemKind(row[1]), row[2]) for row in rows},
        await _balances(
            connection, raw, bodies, {(body.item_id, body.area_code[:9]) for body in bodies}
        ),
    )


@dataclass(frozen=True)
class Entry:
    """One that may be countered."""

    item_id: UUID
    item_kind: ItemKind
    entry_kind: EntryKind
    area_code: str
    quantity: int
    recipient: Recipient | None
    campaign: str | None
    occurred_at: datetime
    is_counter: bool


@dataclass(frozen=True)
class Past:
    """What a counter-entry must know: the entries named, which of them are countered, and the balances."""

    entries: dict[UUID, Entry]
    countered: set[UUID]
    balances: Balances

    def take(self, id: UUID, caller: Caller, at: datetime) -> Entry:
        """The entry, which nobody countered yet, nor will in this run."""
        entry = self.entries.get(id)
        if entry is None or not caller.covers(entry.area_code):
            raise EntryUnknown
        if entry.is_counter:
            raise IsCounterEntry
        if id in self.countered:
            raise AlreadyCountered
        if at < entry.occurred_at:
            raise CounteredBeforeEntry
        self.balances.enter(entry.item_id, entry.entry_kind, entry.area_code, -entry.quantity, at)
        self.countered.add(id)
        return entry


async def past(connection: AsyncConnection, items: Sequence[Item]) -> Past:
    raw = await driver(connection)
    named = [*{item.body.counters for item in items}]
    rows = await raw.fetch(
        "select id, item_id, item_kind, entry_kind, area_code, quantity, recipient, campaign, "
        "occurred_at, counters is not null from material_entry where id = any($1::uuid[])",
        named,
    )
    entries = {
        id_: Entry(
            *(item, ItemKind(of), EntryKind(kind), area, n, to and Recipient(to)),
            *(campaign, at, counter),
        )
        for id_, item, of, kind, area, n, to, campaign, at, counter in rows
    }
    places = {(entry.item_id, entry.area_code[:9]) for entry in entries.values()}
    balances = await _balances(connection, raw, [item.body for item in items], places)
    rows = await raw.fetch(
        "select counters from material_entry where counters = any($1::uuid[])", named
    )
    return Past(entries, {row[0] for row in rows}, balances)


async def _balances(
    connection: AsyncConnection,
    raw: DriverConnection,
    bodies: Sequence[Body],
    places: set[tuple[UUID, str]],
) -> Balances:
    """Of these items in these townships and their grids, which nobody else changes any more."""
    await take_turns(raw, TURN, (f"{item}/{township}" for item, township in places))
    found = of_run(connection, Balances)
    now = datetime.now(UTC) - LONGER_THAN_A_RUN
    told = [body.occurred_at or now for body in bodies]
    since = found.since = min(told if found.since is None else [*told, found.since])
    rows = await raw.fetch(
        MOVES, [item for item, _ in places], [township for _, township in places], since
    )
    moves: dict[tuple[UUID, EntryKind, str], dict[datetime | None, int]] = defaultdict(dict)
    for item, kind, holder, at, quantity in rows:
        moves[item, EntryKind(kind), holder][at] = quantity
    for (item, kind, holder), dated in moves.items():
        found.know(item, kind, holder, dated)
    return found
