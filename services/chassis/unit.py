"""The unit of work: runs operations, one or five hundred, as one transaction (`design.md` §11).

The router, the batch, a subscription and the sweeper all call `Unit.run`. Refusals are results: they do
not undo their neighbours.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Session

from services.chassis import logs
from services.chassis.database import Database, DatabaseUnavailable, DriverConnection, driver
from services.chassis.decision import AlreadyExists, Decision, Result
from services.chassis.errors import Refusal, StillRunning, Unavailable, Unexpected
from services.chassis.flush import PATIENCE, KeysLost, Place, flush
from services.chassis.identity.caller import Caller
from services.chassis.identity.policy import Policy, allows
from services.chassis.imports import ImportCompleted, ImportUnknown, hold_open
from services.chassis.numbers import allocate, compose
from services.chassis.operation import Item, Noun, Numbering

ATTEMPTS = 4
Also = Callable[[AsyncConnection, Sequence[Result]], Awaitable[None]]


class Busy(Unavailable):
    zh = "系统繁忙，请重试。"
    en = "Too much contention; try again."


CONCERNS_ALL = (ImportUnknown, ImportCompleted, DatabaseUnavailable)
RETRYABLE = (KeysLost, asyncpg.UniqueViolationError, asyncpg.TransactionRollbackError)


@dataclass(frozen=True)
class Unit:
    """Bound to a service; `run` is safe to call from any task."""

    database: Database
    policy: Policy
    epoch: int
    committed: Callable[[], None]
    patience: str = PATIENCE

    async def run(
        self,
        items: Sequence[Item],
        caller: Caller,
        *,
        at: datetime | None = None,
        import_batch_id: UUID | None = None,
        trace: str | None = None,
        also: Also | None = None,
    ) -> list[Result]:
        """Run `items` in order as one transaction; one result each. `also` joins the transaction.

        A lost race (a twin with the same key, an equal unique value) rolls back and starts again; where it
        persists, or anything else fails, the items are run one by one, so that only the culprit is refused.
        """
        told = at or datetime.now(UTC), import_batch_id, trace, also, self.patience
        return await self._ended(_Run(self, items, caller, *told))

    async def _ended(self, run: "_Run") -> list[Result]:
        refusal: Refusal = Busy()
        for attempt in range(ATTEMPTS):
            try:
                results = await run.attempt(optimistic=attempt == 0)
            except RETRYABLE as lost:
                taken = isinstance(lost, asyncpg.UniqueViolationError)
                refusal = AlreadyExists() if taken else Busy()
            except Refusal as refused:
                refusal = refused
                break
            except Exception:
                if len(run.items) == 1 or run.also is not None:
                    raise
                break
            else:
                self.committed()
                return results
        if run.also is not None or isinstance(refusal, CONCERNS_ALL):
            raise refusal
        return [refusal] if len(run.items) == 1 else await self._singly(run)

    async def _singly(self, run: "_Run") -> list[Result]:
        results: list[Result] = []
        patience = self.patience
        for place, item in enumerate(run.items):
            numbers = run.numbers and [run.numbers[place]]
            alone = replace(run, items=[item], numbers=numbers, patience=patience)
            try:
                results += await self._ended(alone)
            except CONCERNS_ALL:
                raise
            except Exception as error:
                logs.surprise("unexpected_failure", error, operation=item.operation.name)
                results.append(Unexpected())
            if isinstance(results[-1], StillRunning):
                patience = "20ms"  # five hundred must not wait in full, each for itself
        return results


@dataclass
class _Run:
    unit: Unit
    items: Sequence[Item]
    caller: Caller
    now: datetime
    import_batch_id: UUID | None
    trace: str | None
    also: Also | None
    patience: str
    numbers: list[str | None] | None = None
    known: dict[tuple[str, str], Any] = field(default_factory=dict)

    async def attempt(self, *, optimistic: bool) -> list[Result]:
        async with self.unit.database.connection() as connection:
            if self.numbers is None:
                self.numbers = await self._numbered(await driver(connection))
            if optimistic and self._is_one_creation():
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                results = await self._decide_and_write(connection, {}, dict(self.known))
                if isinstance(results[0], Refusal) and self.items[0].key:
                    raise KeysLost  # it may have been done already, when nothing forbade it
                return results
            async with connection.begin():
                raw = await driver(connection)
                await raw.execute(f"set local lock_timeout = '{self.patience}'")
                if self.import_batch_id is not None:
                    await hold_open(raw, self.import_batch_id)
                rows = await self._locked(connection)
                kept = await self._kept(raw)
                results = await self._decide_and_write(connection, rows, kept)
                if self.also is not None:
                    await self.also(connection, results)
            return results

    def _is_one_creation(self) -> bool:
        """Then nothing needs a lock: one statement, which is its own transaction, writes it or loses."""
        if len(self.items) != 1 or self.also is not None or self.import_batch_id is not None:
            return False
        operation = self.items[0].operation
        return operation.creates and not operation.locks

    async def _numbered(self, raw: DriverConnection) -> list[str | None]:
        """A business number for each numbered creation that is not done yet, taken before the transaction:
        gaps are allowed, holding a township's sequence while others wait is not."""
        if any(item.operation.number for item in self.items):
            self.known = await self._kept(raw)
        areas: dict[UUID, str] = {}
        for items in self._by_operation().values():
            if located := items[0].operation.located:
                areas |= await located(raw, items)
        places = [self._place(item, areas.get(item.id)) for item in self.items]
        wanted = Counter(place for place in places if place)
        if not wanted:
            return [None] * len(places)
        ranges = {key: iter(range_) for key, range_ in (await allocate(raw, dict(wanted))).items()}
        return [place and compose(*place, next(ranges[place])) for place in places]

    def _place(self, item: Item, area_code: str | None) -> Numbering | None:
        operation = item.operation
        allowed = allows(self.unit.policy, self.caller, operation.permission)
        if operation.number is None or not allowed or (operation.name, item.key) in self.known:
            return None
        place = operation.number(item.body, item.body.occurred_at or self.now)
        if operation.located is None:
            return place if self.caller.covers(item.body.area_code) else None
        return place._replace(area_code=area_code[:9]) if area_code else None

    async def _locked(self, connection: AsyncConnection) -> dict[Place, Any]:
        """The rows that the items name and the caller may see, locked in the order of table and id."""
        named: dict[str, tuple[Noun[Any], set[UUID]]] = {}
        for item in self.items:
            noun = item.operation.noun
            named.setdefault(noun.model.__tablename__, (noun, set()))[1].add(item.id)
        rows: dict[Place, Any] = {}
        for _, (noun, ids) in sorted(named.items()):
            model = noun.model
            wanted = bindparam(None, sorted(ids), ARRAY(Uuid))
            statement = (
                select(model)
                .where(model.id == any_(wanted), noun.visible(self.caller))
                .order_by(model.id)
                .with_for_update()
            )
            found = await connection.run_sync(load_rows, statement)
            rows |= {(noun.name, id): row for id, row in found.items()}
        return rows

    async def _kept(self, raw: DriverConnection) -> dict[tuple[str, str], Any]:
        wanted = [(item.operation.name, item.key) for item in self.items if item.key]
        if not wanted:
            return {}
        found = await raw.fetch(
            "select a.* from answer a join unnest($2::text[], $3::text[]) as w(operation, key) "
            "on a.subject = $1 and a.operation = w.operation and a.key = w.key",
            self.caller.subject,
            *map(list, zip(*wanted, strict=True)),
        )
        return {(row["operation"], row["key"]): row for row in found}

    async def _decide_and_write(
        self,
        connection: AsyncConnection,
        rows: dict[Place, Any],
        kept: dict[tuple[str, str], Any],
    ) -> list[Result]:
        policy, epoch, given = self.unit.policy, self.unit.epoch, await self._given(connection)
        circumstances = self.caller, policy, self.now, epoch, self.trace, self.import_batch_id
        decision = Decision(*circumstances, rows, kept, given)
        numbered = zip(self.items, self.numbers or (), strict=True)
        results = [decision.result(item, number) for item, number in numbered]
        if decision.changes.rows:
            await flush(await driver(connection), decision.changes, self.patience)
        return results

    async def _given(self, connection: AsyncConnection) -> dict[str, Any]:
        return {
            name: await items[0].operation.given(connection, items)
            for name, items in self._by_operation().items()
            if items[0].operation.given
        }

    def _by_operation(self) -> dict[str, list[Item]]:
        by_operation: dict[str, list[Item]] = {}
        for item in self.items:
            by_operation.setdefault(item.operation.name, []).append(item)
        return by_operation


def load_rows(connection: Any, statement: Any) -> dict[UUID, Any]:
    """Rows by id, detached: nothing but the flush writes them. For `AsyncConnection.run_sync`."""
    with Session(connection, autoflush=False) as session:
        rows = {row.id: row for row in session.scalars(statement)}
        session.expunge_all()
        return rows
