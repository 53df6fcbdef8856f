"""The chain: each row carries the hash of the row before it, under a key that is not in the database.

hash = HMAC-SHA-256(key, previous hash ‖ canonical record); the first row follows 32 zero bytes. A lock of the
transaction holds the end of the chain, so that writers queue and neither fork nor leave a gap.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from services.chassis.audit.entry import Record
from services.chassis.audit.tables import COLUMNS
from services.chassis.database import DriverConnection, as_rows, recordset

BEGINNING = bytes(32)
INSERT = f"insert into audit select * from {recordset(COLUMNS)}"
RECORD = [name for name in COLUMNS if name not in ("previous", "hash")]
_JSON = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


class OutsideTransaction(RuntimeError):
    """The lock would be gone before the row is written."""


@dataclass(frozen=True)
class Chain:
    """Of one service. The newest of `keys` makes new hashes; all of them check."""

    service: str
    keys: Mapping[str, bytes]

    async def append(self, connection: DriverConnection, records: Sequence[Record]) -> None:
        """In the transaction that is open; its end lets the next writer go on, so it should be near."""
        if not connection.is_in_transaction():
            raise OutsideTransaction
        head = await connection.fetchrow("select * from audit_head()")
        seq, previous = (head and head["seq"]) or 0, (head and head["hash"]) or BEGINNING
        key_id, rows = max(self.keys, key=int), []
        for place, record in enumerate(records, seq + 1):
            row = {"seq": place, **record, "key_id": key_id, "previous": previous}
            previous = self.hash(row)
            rows.append([*row.values(), previous])
        await connection.execute(INSERT, as_rows(COLUMNS, rows))

    def hash(self, row: Mapping[str, Any]) -> bytes:
        """What the row's hash must be; `KeyError` where its key is not known any more."""
        content = bytes(row["previous"]) + canonical(self.service, row)
        return hmac.digest(self.keys[row["key_id"]], content, "sha256")


def canonical(service: str, row: Mapping[str, Any]) -> bytes:
    """The record as the same bytes for ever (RFC 8785, of texts, lists of texts, a number and nulls)."""
    told = {"service": service, **{name: row[name] for name in RECORD}}
    told["at"] = told["at"].astimezone(UTC).isoformat(timespec="microseconds")
    told["object_id"] = told["object_id"] and str(told["object_id"])
    return _JSON.encode(told).encode()
