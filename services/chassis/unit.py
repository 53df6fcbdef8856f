"""The unit of work: runs operations, one or five hundred, as one transaction (`design.md` §11).

The router, the batch, a subscription and the sweeper all call `Unit.run`. Refusals are results: they do
not undo their neighbours.
"""

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
from services.chassis.identity.policy import Policy
from services.chassis.imports import ImportCompleted, ImportUnknown, hold_open
from services.chassis.numbering import numbered
from services.chassis.numbers import Ahead
from services.chassis.operation import Item, Key, Noun, Wish, by_operation
from services.chassis.privacy.vault import Vault

ATTEMPTS = 4
Kept = dict[Key, Any]
# A join could be planned to read every answer of its subject.
KEPT = """
    select a.* from unnest($1::text[], $2::text[], $3::text[]) as w(subject, operation, key),
    lateral (select * from answer where subject = w.subject and operation = w.operation
             and key = w.key limit 1) a"""
Also = Callable[[AsyncConnection, Sequence[Result]], Awaitable[None]]
Told = Callable[[AsyncConnection, Sequence[tuple[Wish, Result]]], Awaitable[None]]


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
    vault: Vault
    video: bool = False
    patience: str = PATIENCE
    ahead: Ahead = field(default_factory=Ahead, compare=False)
    configured: Told | None = None

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
        wishes = [Wish(item, caller, trace) for item in items]
        now = at or datetime.now(UTC)
        return await self._ended(_Run(self, wishes, now, import_batch_id, also, self.patience))

    async def creations(self, wishes: Sequence[Wish], patience: str) -> list[Result | None]:
        """Write creations of any callers by one statement, or raise and write none. None for one that must
        be looked at by itself."""
        results = await _Run(self, wishes, datetime.now(UTC), patience=patience).creations()
        self.committed()
        return results

    async def _ended(self, run: "_Run") -> list[Result]:
        refusal: Refusal = Busy()
        for _ in range(ATTEMPTS):
            try:
                results = await run.attempt()
            except RETRYABLE as lost:
                taken = isinstance(lost, asyncpg.UniqueViolationError)
                refusal = AlreadyExists() if taken else Busy()
            except Refusal as refused:
                refusal = refused
                break
            except Exception:
                if len(run.wishes) == 1 or run.also is not None:
                    raise
                break
            else:
                self.committed()
                return results
        if run.also is not None or isinstance(refusal, CONCERNS_ALL):
            raise refusal
        return [refusal] if len(run.wishes) == 1 else await self._singly(run)

    async def _singly(self, run: "_Run") -> list[Result]:
        results: list[Result] = []
        patience = self.patience
        for place, wish in enumerate(run.wishes):
            numbers = run.numbers and [run.numbers[place]]
            alone = replace(run, wishes=[wish], numbers=numbers, patience=patience)
            try:
                results += await self._ended(alone)
            except CONCERNS_ALL:
                raise
            except Exception as error:
                logs.surprise("unexpected_failure", error, operation=wish.item.operation.name)
                results.append(Unexpected())
            if isinstance(results[-1], StillRunning):
                patience = "20ms"  # five hundred must not wait in full, each for itself
        return results


@dataclass
class _Run:
    unit: Unit
    wishes: Sequence[Wish]
    now: datetime
    import_batch_id: UUID | None = None
    also: Also | None = None
    patience: str = PATIENCE
    numbers: list[str | None] | None = None

    async def attempt(self) -> list[Result]:
        """All of them as one transaction, their rows locked."""
        async with self.unit.database.connection() as connection:
            if self.numbers is None:
                self.numbers = await self._numbered(await driver(connection))
            async with connection.begin():
                raw = await driver(connection)
                await raw.execute(f"set local lock_timeout = '{self.patience}'")
                if self.import_batch_id is not None:
                    await hold_open(raw, self.import_batch_id)
                rows = await self._locked(connection)
                kept = await self._kept(raw, self.wishes)
                results = await self._decide_and_write(connection, rows, kept)
                await self._require_alone(raw, results, kept)
                if self.also is not None:
                    await self.also(connection, results)
                if self.unit.configured is not None:
                    await self.unit.configured(
                        connection, list(zip(self.wishes, results, strict=True))
                    )
            return results

    async def creations(self) -> list[Result | None]:
        """Creations that lock no row: one statement, which is its own transaction, writes all of them or
        loses. None for what may have been done already, when nothing forbade it."""
        async with self.unit.database.statements() as connection:
            raw = await driver(connection)
            kept = await self._kept(raw, self.wishes)
            told = self.unit.policy, self.wishes, self.now, kept, self.unit.ahead.take
            self.numbers = await numbered(raw, *told)
            results = await self._decide_and_write(connection, {}, kept)
        pairs = zip(self.wishes, results, strict=True)
        return [None if wish.key and isinstance(r, Refusal) else r for wish, r in pairs]

    async def _numbered(self, raw: DriverConnection) -> list[str | None]:
        numbers = any(wish.item.operation.number for wish in self.wishes)
        kept = await self._kept(raw, self.wishes) if numbers else {}
        return await numbered(raw, self.unit.policy, self.wishes, self.now, kept)

    async def _locked(self, connection: AsyncConnection) -> dict[Place, Any]:
        """The rows that the items name and the caller may see, locked in the order of table and id."""
        named: dict[str, tuple[Noun[Any], set[UUID]]] = {}
        for item, *_ in self.wishes:
            noun = item.operation.noun
            named.setdefault(noun.model.__tablename__, (noun, set()))[1].add(item.id)
        rows: dict[Place, Any] = {}
        for _, (noun, ids) in sorted(named.items()):
            model = noun.model
            wanted = bindparam(None, sorted(ids), ARRAY(Uuid))
            statement = (
                select(model)
                .where(model.id == any_(wanted), noun.seen(self.wishes[0].caller))
                .order_by(model.id)
                .with_for_update()
            )
            found = await connection.run_sync(load_rows, statement)
            rows |= {(noun.name, id): row for id, row in found.items()}
        return rows

    async def _require_alone(
        self, raw: DriverConnection, results: Sequence[Result], kept: Kept
    ) -> None:
        """What is refused may be what a twin has done since the kept answers were looked up: a loader saw it."""
        pairs = zip(self.wishes, results, strict=True)
        refused = [wish for wish, result in pairs if isinstance(result, Refusal)]
        if await self._kept(raw, [wish for wish in refused if wish.key not in kept]):
            raise KeysLost

    async def _kept(self, raw: DriverConnection, wishes: Sequence[Wish]) -> Kept:
        wanted = [wish.key for wish in wishes if wish.key]
        if not wanted:
            return {}
        found = await raw.fetch(KEPT, *map(list, zip(*wanted, strict=True)))
        return {tuple(row)[:3]: row for row in found}

    async def _decide_and_write(
        self, connection: AsyncConnection, rows: dict[Place, Any], kept: Kept
    ) -> list[Result]:
        unit, given = self.unit, await self._given(connection)
        told = unit.policy, self.now, unit.epoch, self.import_batch_id
        decision = Decision(*told, rows, kept, given, unit.vault, unit.video)
        numbered = zip(self.wishes, self.numbers or (), strict=True)
        results = [decision.result(wish, number) for wish, number in numbered]
        if decision.changes.rows:
            await flush(await driver(connection), decision.changes, self.patience)
        return results

    async def _given(self, connection: AsyncConnection) -> dict[str, Any]:
        # Sorted: what loaders lock, they lock in one order, whichever the batch has.
        return {
            name: await items[0].operation.given(connection, items)
            for name, items in sorted(by_operation(wish.item for wish in self.wishes).items())
            if items[0].operation.given
        }


def load_rows(connection: Any, statement: Any) -> dict[UUID, Any]:
    """Rows by id, detached: nothing but the flush writes them. For `AsyncConnection.run_sync`."""
    with Session(connection, autoflush=False) as session:
        rows = {row.id: row for row in session.scalars(statement)}
        session.expunge_all()
        return rows
