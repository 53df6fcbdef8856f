"""The feed's cursor: how far each partition of the archive was read, and for which question.

Opaque to those who hold it, but no secret: it opens nothing, grants are looked up anew with every request.
"""

import base64
import json
import zlib
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple

from services.chassis.errors import Conflict, Invalid
from services.chassis.eventlog.port import Partition
from services.chassis.http.paging import InvalidCursor
from services.gateway.agencies.scope import Scope, as_table

LATEST = "latest"
MOST = 100_000
WRONG = (ValueError, TypeError, AttributeError, KeyError, RecursionError, zlib.error)


class CursorOfAnotherQuery(Invalid):
    zh = "该游标属于另一组 types、area 参数。"
    en = "The cursor belongs to other values of types and area."
    pointer = "/query/after"


class SnapshotNeeded(Conflict):
    """What was read until here no longer fits: only a new snapshot tells what may be kept and what is missing."""

    zh = "授权或归档已变化，请重新读取快照，再从 after=latest 取得的游标继续。"
    en = "The grant or the archive has changed: take a cursor by after=latest, read the snapshots, go on from it."
    pointer = "/query/after"


class At(NamedTuple):
    """Of a partition: the stretch of reading that it is in, and the next offset of it."""

    stretch: int
    offset: int


Positions = dict[Partition, At]


class Question(NamedTuple):
    """What of the granted is asked for; `None`: all of it."""

    types: tuple[str, ...] | None
    area: str | None


EVERYTHING = Question(None, None)


def written(positions: Positions, question: Question, scopes: Iterable[Scope]) -> str:
    places: dict[str, dict[int, At]] = {}
    for partition, at in sorted(positions.items()):
        places.setdefault(partition.topic, {})[partition.number] = at
    told = [_digest(question), _digest(as_table(scopes)), places]
    packed = zlib.compress(json.dumps(told, separators=(",", ":")).encode(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read(cursor: str, question: Question, scopes: Iterable[Scope]) -> Positions:
    try:
        asked, granted, places = json.loads(_unpacked(cursor))
        positions = {
            Partition(topic, int(number)): _at(*at)
            for topic, numbers in places.items()
            for number, at in numbers.items()
        }
    except WRONG:
        raise InvalidCursor from None
    if asked != _digest(question):
        raise CursorOfAnotherQuery
    if granted != _digest(as_table(scopes)):
        raise SnapshotNeeded
    return positions


def _unpacked(cursor: str) -> bytes:
    packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    unpacking = zlib.decompressobj()
    told = unpacking.decompress(packed, MOST)
    if not unpacking.eof:
        raise ValueError("longer than any of ours")
    return told


def _at(stretch: Any, offset: Any) -> At:
    if not all(type(value) is int and 0 <= value < 2**62 for value in (stretch, offset)):
        raise ValueError("not a place")
    return At(stretch, offset)


def _digest(of: Any) -> str:
    return sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()[:12]
