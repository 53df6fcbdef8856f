"""Whoever counts before writing waits for those who count the same."""

from collections.abc import Iterable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary
from zlib import crc32

from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.database import DriverConnection

PLACES = 64
T = TypeVar("T")
_of_runs: WeakKeyDictionary[AsyncConnection, dict[type, Any]] = WeakKeyDictionary()


async def take_turns(connection: DriverConnection, kind: int, names: Iterable[str]) -> None:
    """Until the end of the transaction nobody else takes a turn of this kind for one of `names`. Few locks
    however many names (PostgreSQL has room for some thousand), in one order everywhere."""
    places = sorted({crc32(name.encode()) % PLACES for name in names})
    await connection.execute(
        "select pg_advisory_xact_lock($1, place) from unnest($2::int[]) place", kind, places
    )


def of_run(connection: AsyncConnection, count: type[T]) -> T:
    """The one `count` of this run, shared by its operations: what one of them does, the next one knows."""
    found: T = _of_runs.setdefault(connection, {}).setdefault(count, count())
    return found
