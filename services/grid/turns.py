"""Whoever counts before writing waits for those who count the same."""

from collections.abc import Iterable
from zlib import crc32

from services.chassis.database import DriverConnection

PLACES = 64


async def take_turns(connection: DriverConnection, kind: int, names: Iterable[str]) -> None:
    """Until the end of the transaction nobody else takes a turn of this kind for one of `names`. Few locks
    however many names (PostgreSQL has room for some thousand), in one order everywhere."""
    places = sorted({crc32(name.encode()) % PLACES for name in names})
    await connection.execute(
        "select pg_advisory_xact_lock($1, place) from unnest($2::int[]) place", kind, places
    )
