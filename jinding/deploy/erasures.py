"""The ledger of erasures, kept beside the backups and in each of them: a backup brings back whoever was erased since,
and this says whom to erase again. It names people by blind index only, and only grows."""

import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Self
from uuid import UUID

import asyncpg

from services.chassis.erasure.matching import Sought, erase, sought_of
from services.chassis.eventlog.port import EventLog, OffsetOutOfRange, Partition
from services.contracts.grid_subjects import SubjectErased
from services.contracts.registry import read

LEDGER = "erasures.json"
KNOWN = "select id, area_code, until, resident_index, phone_index from erasure"
ADDED = """
    insert into erasure (id, version, area_code, correlation_id, occurred_at, created_at, updated_at,
        late_entry, service, resident_index, phone_index, until, erased, kept)
    values ($1, 0, $2, $1, $3, now(), now(), false, current_database(), $4, $5, $3, 0, '[]')
    on conflict (id) do nothing"""


class Erased(NamedTuple):
    """One erasure: of which request, whom, and until when what was entered."""

    id: UUID
    area_code: str
    until: datetime
    sought: Sought

    @classmethod
    def told(cls, told: Mapping[str, Any]) -> Self:
        """As a line of the ledger says it."""
        sought = sought_of(told["resident_index"], told["phone_index"])
        until = datetime.fromisoformat(told["until"])
        return cls(UUID(told["id"]), told["area_code"], until, sought)

    def line(self) -> dict[str, Any]:
        indexes = {name: index and index.hex() for name, index in self.sought._asdict().items()}
        told = {"id": str(self.id), "area_code": self.area_code, "until": self.until.isoformat()}
        return told | indexes


Ledger = dict[UUID, Erased]


async def of_database(connection: asyncpg.Connection) -> Ledger:
    """The erasures that a service knows."""
    rows = map(tuple, await connection.fetch(KNOWN))
    return {row[0]: Erased(row[0], row[1], row[2], Sought(*row[3:])) for row in rows}


async def of_log(log: EventLog) -> Ledger:
    """Those that the log tells of: it may have outlived the databases, and know of some since the backup."""
    ends = await log.ends([SubjectErased.topic])
    places = dict.fromkeys((at for at, end in ends.items() if end), 0)
    reader, found = log.reader(), Ledger()
    try:
        while places:
            places = await _read(reader, places, ends, found)
    finally:
        await reader.close()
    return found


async def _read(
    reader: Any, places: dict[Partition, int], ends: Mapping[Partition, int], found: Ledger
) -> dict[Partition, int]:
    await reader.assign(places)
    try:
        records = await reader.poll(1000, 5.0)
    except OffsetOutOfRange as gone:  # what is older was deleted
        return _left(places | {gone.partition: gone.start}, ends)
    for record in records:
        event = read(dict(record.headers), record.value)
        if isinstance(event, SubjectErased):
            id, sought = UUID(record.key.decode()), sought_of(*event.indexes)
            found[id] = Erased(id, event.area_code, event.occurred_at, sought)
        places[record.partition] = record.offset + 1
    return _left(places, ends)


def _left(places: dict[Partition, int], ends: Mapping[Partition, int]) -> dict[Partition, int]:
    return {at: place for at, place in places.items() if place < ends[at]}


async def erase_again(connection: asyncpg.Connection, ledger: Ledger) -> int:
    """Erase whoever a backup brought back, in the transaction that is open; how many entries."""
    number = 0
    for erased in ledger.values():
        await connection.execute(ADDED, *erased[:3], *erased.sought)
        number += (await erase(connection, erased.sought, erased.until)).erased
    return number


def parsed(text: str) -> Ledger:
    """Of nothing, the empty one."""
    lines = json.loads(text)["erasures"] if text.strip() else []
    return {erased.id: erased for erased in map(Erased.told, lines)}


def written(ledger: Ledger) -> str:
    lines = [erased.line() for erased in sorted(ledger.values(), key=lambda e: (e.until, e.id))]
    return json.dumps({"erasures": lines}, indent=1) + "\n"


def kept(folder: Path) -> Ledger:
    """What the folder's ledger holds."""
    file = folder / LEDGER
    return parsed(file.read_text()) if file.exists() else {}


def remembered(folder: Path, known: Ledger) -> Ledger:
    """The folder's ledger with `known` in it. One that is lost on the way is there as it was before."""
    ledger = kept(folder) | known
    part = folder / f".{LEDGER}.part"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(written(ledger))
        stream.flush()
        os.fsync(stream.fileno())
    part.rename(folder / LEDGER)
    return ledger


def of_backup(folder: Path) -> Ledger:
    """What is known beside the backup, and in it where it was carried elsewhere."""
    return united([kept(folder.parent), kept(folder)])


def united(ledgers: Iterable[Ledger]) -> Ledger:
    return {id: erased for ledger in ledgers for id, erased in ledger.items()}
