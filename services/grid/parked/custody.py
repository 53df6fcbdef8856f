"""The grid's part in a batch: what of it is held here or waits at its device, and what was decided on that."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from services.chassis.answers import body_hash
from services.chassis.database import TextNotStorable
from services.chassis.http.batch import ItemOut
from services.chassis.http.writes import ReceiptOut
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item
from services.chassis.runtime import Runtime
from services.grid.device.rules import Sight
from services.grid.parked.models import ParkedItem
from services.grid.parked.rules import (
    AHEAD,
    KEPT,
    MOST_HELD,
    MOST_WAITING,
    home,
    may_be_held,
)
from services.grid.parked.secrets import secrets

Name = tuple[str, str]
"""An item's key and its operation: by which its device names it."""
TABLE: Any = ParkedItem.__table__  # type: ignore[attr-defined]
TAKEN = "key_reused"
WAITS = (
    "发生时间晚于服务器时间，待审核。",
    "It lies ahead of the server's clock and waits for a review.",
)
DISCARDED = "审核后不予采纳。", "It was reviewed, and discarded."
UNDECIDED = {"decision": None, "reason": None, "decided_at": None, "decided_by": None}


async def ward(runtime: Runtime, caller: Caller, wishes: Mapping[int, Item]) -> "Custody":
    """With what is known of these items from before."""
    return Custody(runtime, caller, wishes, await _rows_of(runtime, caller, wishes.values()))


class Custody:
    """Of the items of one batch; `rows`: those that were not done before."""

    def __init__(
        self,
        runtime: Runtime,
        caller: Caller,
        wishes: Mapping[int, Item],
        rows: Mapping[Name, Any],
    ) -> None:
        self.runtime, self.caller, self.wishes, self.rows = runtime, caller, wishes, rows
        self.told: dict[int, ItemOut] = {}
        self.lang = 0

    def known(self, lang: int) -> dict[int, ItemOut]:
        """What is held or was decided is not tried again; with another content it is another item. Another time makes it
        another one, too, unless it is done: its reviewer has found which is right."""
        self.lang = lang
        for n, item in self.wishes.items():
            row = self.rows.get(_name(item))
            if row and row["body_hash"] in (self._hash(item), b"") and _is_settled(row, item):
                self.told[n] = _told(row, lang)
        return self.told

    async def note(self, outs: dict[int, ItemOut]) -> None:
        """Keep what was refused, each once, and forget what is done."""
        if taken := [self.wishes[n] for n in self.wishes if outs[n].code == TAKEN]:
            self.rows = {**self.rows, **await _rows_of(self.runtime, self.caller, taken)}
            outs |= self.known(self.lang)  # what a reviewer was faster to release
        new = [n for n in self.wishes if n not in self.told]
        refused = {n for n in new if outs[n].outcome in ("conflict", "rejected")}
        done = [_name(self.wishes[n]) for n in new if n not in refused]
        gone = [self.rows[name]["id"] for name in done if name in self.rows]
        if not (refused or gone):
            return
        async with self.runtime.database.transaction() as connection:
            await connection.execute(delete(TABLE).where(TABLE.c.id.in_(gone)))
            rows = await self._rows(connection, refused, outs)
            ids = await _kept(connection, [*rows.values()]) if rows else {}
            await self._trim(connection)
        for n in refused:
            name = _name(self.wishes[n])
            outs[n].parked = ids.get(name)
            if name in ids and rows[name]["body"] is not None:
                outs[n].outcome = "parked"

    async def _rows(
        self, connection: AsyncConnection, refused: set[int], outs: Mapping[int, ItemOut]
    ) -> dict[Name, dict[str, Any]]:
        held = select(func.count()).where(
            TABLE.c.subject == self.caller.subject, TABLE.c.body.is_not(None)
        )
        room = MOST_HELD - (await connection.scalar(held) or 0)
        items = {n: self.wishes[n] for n in refused if self._hash(self.wishes[n]) is not None}
        secret = await secrets(connection, items, home(self.caller))
        rows: dict[Name, dict[str, Any]] = {}
        for n in sorted(refused, key=lambda n: _name(self.wishes[n])):  # nobody deadlocks
            item, hashed = self.wishes[n], self._hash(self.wishes[n])
            if hashed is None:
                continue
            row = self._row(item, outs[n], hashed) | {"secret_of": secret[n]}
            may_hold = outs[n].code == AHEAD and may_be_held(row["noun"], item.body)
            if may_hold and room > 0:
                room -= 1
                sight = [*Sight.of(self.caller)]
                row |= {"body": item.body.model_dump(mode="json"), "sight": sight}
            if (cause := outs[n].waits_on) is not None:
                row["waits_on"] = self.wishes[cause].key
            rows[_name(item)] = row
        return rows

    def _hash(self, item: Item) -> bytes | None:
        """Of what it says besides its time; None for what cannot be stored at all."""
        timeless = replace(item, body=item.body.model_copy(update={"occurred_at": None}))
        try:
            return body_hash(timeless, self.runtime.unit.vault)
        except TextNotStorable:
            return None

    def _row(self, item: Item, out: ItemOut, hashed: bytes) -> dict[str, Any]:
        now = datetime.now(UTC)
        return {
            "id": uuid7(),
            "subject": self.caller.subject,
            "key": item.key,
            "operation": item.operation.name,
            "noun": item.operation.noun.name,
            "aggregate_id": item.id,
            "area_code": home(self.caller),
            "outcome": out.outcome,
            "code": out.code,
            "pointer": out.errors[0].pointer if out.errors else None,
            "waits_on": None,
            "said_at": item.body.occurred_at,
            "first_at": now,
            "last_at": now,
            "attempts": 1,
            "body_hash": hashed,
            "body": None,
            "sight": None,
        }

    async def _trim(self, connection: AsyncConnection) -> None:
        own = TABLE.c.subject == self.caller.subject
        waiting = own & TABLE.c.body.is_(None) & TABLE.c.decision.is_(None)
        newest = select(TABLE.c.id).where(waiting).order_by(TABLE.c.last_at.desc())
        oldest = TABLE.c.id.in_(newest.offset(MOST_WAITING))
        old = own & (TABLE.c.decided_at < datetime.now(UTC) - KEPT)
        await connection.execute(delete(TABLE).where(oldest | old))


async def _kept(connection: AsyncConnection, rows: list[dict[str, Any]]) -> dict[Name, UUID]:
    new = insert(TABLE).values(rows)
    anew = {name: new.excluded[name] for name in rows[0] if name not in ("id", "first_at")}
    anew |= UNDECIDED | {"attempts": TABLE.c.attempts + 1, "receipt": None}
    names = [TABLE.c.subject, TABLE.c.key, TABLE.c.operation]
    is_open = TABLE.c.decision.is_distinct_from("RELEASED")  # what is done stays so
    upsert = new.on_conflict_do_update(index_elements=names, set_=anew, where=is_open)
    found = await connection.execute(upsert.returning(TABLE.c.id, TABLE.c.key, TABLE.c.operation))
    return {(key, operation): id_ for id_, key, operation in found}


async def _rows_of(runtime: Runtime, caller: Caller, items: Iterable[Item]) -> dict[Name, Any]:
    keys = bindparam(None, sorted({item.key or "" for item in items}), ARRAY(TEXT))
    statement = select(TABLE).where(TABLE.c.subject == caller.subject, TABLE.c.key == any_(keys))
    async with runtime.database.statements() as connection:
        rows = (await connection.execute(statement)).mappings().all()
    return {(row["key"], row["operation"]): row for row in rows}


def _is_settled(row: Any, item: Item) -> bool:
    """Whether it is done, or told as it was when it was held or ended."""
    is_done = row["decision"] == "RELEASED"
    is_kept = row["body"] is not None or row["decision"] is not None
    return is_done or (is_kept and row["said_at"] == item.body.occurred_at)


def _told(row: Any, lang: int) -> ItemOut:
    told = ItemOut(outcome="parked", code=AHEAD, detail=WAITS[lang], parked=row["id"])
    if row["decision"] == "DISCARDED":
        told.outcome, told.code, told.detail = "rejected", "discarded", DISCARDED[lang]
    elif row["decision"] == "RELEASED":
        told = ItemOut(outcome="duplicate", receipt=ReceiptOut.model_validate(row["receipt"]))
    return told


def _name(item: Item) -> Name:
    return item.key or "", item.operation.name
