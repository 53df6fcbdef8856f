"""What becomes of each item of a run: decided in memory, in order, before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from services.chassis import outbox
from services.chassis.answers import KeyReused, body_hash
from services.chassis.attachments.table import declare, require_taken
from services.chassis.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionFailed,
    Refusal,
)
from services.chassis.flush import Changes, Place
from services.chassis.identity.caller import Caller
from services.chassis.identity.policy import Policy, require
from services.chassis.operation import Call, Done, Item, Key, Wish
from services.chassis.privacy.roll import Roll
from services.chassis.privacy.vault import Vault

USUAL = timedelta(hours=72)
LATE = timedelta(days=30)
AHEAD = timedelta(minutes=5)
HISTORY_PERMISSION = "history.import"


class Receipt(NamedTuple):
    """What is kept of an answer; it holds no personal data."""

    id: UUID
    number: str | None
    version: int
    status: str
    replayed: bool = False


Result = Receipt | Refusal | None


class AlreadyExists(Conflict):
    zh = "已存在相同的记录。"
    en = "An equal record exists already."


class OutsideScope(Forbidden):
    def __init__(self, area_code: str) -> None:
        super().__init__(
            f"区域 {area_code} 不在您的职责范围内。",
            f"Area {area_code} is outside your scope.",
            pointer="/area_code",
        )


class IdNotRandom(Invalid):
    """Ids of other versions are derived, so that services name each other's records: nobody may be first."""

    zh = "id 应为第 4 版或第 7 版 UUID。"
    en = "An id made by a client is a UUID of version 4 or 7."
    pointer = "/id"


class InTheFuture(Invalid):
    zh = "发生时间不能晚于当前时间。"
    en = "occurred_at lies ahead."
    pointer = "/occurred_at"


class TooLongAgo(Invalid):
    zh = "发生时间早于 30 天，需要历史数据导入权限。"
    en = "occurred_at is more than 30 days back: this needs the historical-import permission."
    pointer = "/occurred_at"


class ImportBatchMissing(Invalid):
    zh = "历史数据须在导入批次内提交。"
    en = "History is taken within an import batch only."


class EarlierThanTheLastStep(Invalid):
    def __init__(self, last: datetime) -> None:
        told = last.isoformat()
        super().__init__(
            f"发生时间早于上一步（{told}）。",
            f"occurred_at lies before the last step ({told}).",
            pointer="/occurred_at",
        )


@dataclass
class Decision:
    """Decides item after item; `changes` collects what the flush will write."""

    policy: Policy
    now: datetime
    epoch: int
    import_batch_id: UUID | None
    rows: dict[Place, Any]
    kept: dict[Key, Mapping[str, Any]]
    given: Mapping[str, Any]
    vault: Vault
    video: bool
    changes: Changes = field(default_factory=Changes)

    def result(self, wish: Wish, number: str | None) -> Result:
        try:
            return self._decide(wish, number)
        except Refusal as refusal:
            return refusal

    def _decide(self, wish: Wish, number: str | None) -> Result:
        item, caller, operation = wish.item, wish.caller, wish.item.operation
        require(self.policy, caller, operation.permission)
        hashed = body_hash(item, self.vault)
        if wish.key and (kept := self.kept.get(wish.key)):
            return _replayed(kept, hashed, item)
        row = self._row(item, caller)
        if row is None and operation.number and not operation.located:
            _require_scope(caller, item.body.area_code)  # it has no number, if not
        require_taken(item.body, self.changes.created, video=self.video)
        before = (row.clocks(), row.people()) if row else ((), ())
        call = self._call(item, caller, row, number)
        done = operation.apply(row, item.body, self.given.get(operation.name), call)
        if done is None:
            return None
        if row is None:
            _require_scope(caller, done.row.area_code)
            free = self.import_batch_id is not None or caller.is_job
            if not free and operation.creates and item.id.version not in {4, 7}:
                raise IdNotRandom
        return self._keep(wish, call, done, before, hashed)

    def _row(self, item: Item, caller: Caller) -> Any:
        row = self.rows.get(_place(item))
        if item.operation.creates:
            if row is not None:
                raise AlreadyExists
            return None
        if row is None and not item.operation.puts:
            raise NotFound
        if row is not None and item.if_match is not None and row.version not in item.if_match:
            raise PreconditionFailed(row.version)
        if row is not None and item.operation.puts:
            # Whoever may see a public row may not yet change it.
            _require_scope(caller, row.area_code)
        return row

    def _call(self, item: Item, caller: Caller, row: Any, number: str | None) -> Call:
        at = item.body.occurred_at or self.now
        age = self.now - at
        if age < -AHEAD:
            raise InTheFuture
        late = age > USUAL and not caller.is_job
        if late and age > LATE:
            self._require_history(caller, TooLongAgo(), "/occurred_at")
            late = False
        subject = item.body.on_behalf_of or caller.subject
        if item.body.on_behalf_of:
            self._require_history(caller, None, "/on_behalf_of")
        free = item.operation.by_clock or caller.is_job or not item.operation.noun.in_order
        if row is not None and not free:
            at = _not_before(row.occurred_at, at)
        roll = Roll(self.vault, item.operation.noun.name, item.id)
        awaited = self.changes.declared.get(item.id, ())
        told = item.id, roll, late, self.import_batch_id, number, awaited
        return Call(caller, subject, at, self.now, *told)

    def _require_history(self, caller: Caller, otherwise: Refusal | None, pointer: str) -> None:
        try:
            require(self.policy, caller, HISTORY_PERMISSION)
        except Forbidden as missing:
            raise otherwise or missing from None
        if self.import_batch_id is None:
            raise ImportBatchMissing(pointer=pointer)

    def _keep(self, wish: Wish, call: Call, done: Done[Any], before: Any, hashed: bytes) -> Receipt:
        item, (row, event) = wish.item, done
        place = _place(item)
        if place not in self.rows:
            row.created_at, row.import_batch_id = self.now, self.import_batch_id
            self.rows[place] = row
            self.changes.created.add(place)
        row.version += 1
        row.updated_at = self.now
        if not item.operation.by_clock:
            row.occurred_at = max(event.occurred_at, row.occurred_at or event.occurred_at)
        row.late_entry = row.late_entry or call.late
        self.changes.rows[place] = row
        self._keep_clocks(place, row, before[0])
        call.people.settle(row, before[1], self.changes)
        declare(self.changes, item.body, row, place[0], call)
        told = row.topic_of(event), row.id, row.version
        frozen = outbox.frozen(event, *told, epoch=self.epoch, at=self.now, trace=wish.trace)
        self.changes.events.append(frozen)
        receipt = Receipt(row.id, row.shown_number, row.version, row.shown_status)
        if wish.key:
            answer = (receipt.id, receipt.version, receipt.status, receipt.number)
            self.changes.answers.append((*wish.key, hashed, *answer, self.now))
            self.kept[wish.key] = {"body_hash": hashed, "aggregate_id": row.id, **receipt._asdict()}
        return receipt

    def _keep_clocks(self, place: Place, row: Any, before: Any) -> None:
        known, clocks = set(before), row.clocks()
        kinds = {clock.kind for clock in clocks}
        gone = [c._replace(stopped_at=row.occurred_at) for c in before if c.kind not in kinds]
        for kind, *times in (*clocks, *gone):
            if (kind, *times) not in known:
                self.changes.clocks[*place, kind] = (*place, kind, *times, self.import_batch_id)


def _require_scope(caller: Caller, area_code: str) -> None:
    if not caller.covers(area_code):
        raise OutsideScope(area_code)


def _not_before(last: datetime, at: datetime) -> datetime:
    """`at`, or the time of the last step where devices' clocks differ a little."""
    if at < last - AHEAD:
        raise EarlierThanTheLastStep(last)
    return max(at, last)


def _place(item: Item) -> Place:
    return item.operation.noun.name, item.id


def _replayed(kept: Mapping[str, Any], hashed: bytes, item: Item) -> Receipt:
    if kept["body_hash"] not in (hashed, b""):  # b"": of before they were keyed
        raise KeyReused(pointer="/id" if item.key == f"id:{item.id}" else None)
    told = (kept["aggregate_id"], kept["number"], kept["version"], kept["status"])
    return Receipt(*told, replayed=True)
