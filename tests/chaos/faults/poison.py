"""Records that nobody should ever append: what each is, and which readers must choke on it."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import asyncpg

from services.chassis.eventlog.port import Partition, Record, partition_of
from tests.chaos.checks.facts import GATEWAY
from tests.chaos.faults.stage import NothingYet

MARK = "chaos-poison"
"""The header by which the checks know what was planted; its value is the kind."""
REPORT, CASE = "jinding.grid.report.v1", "jinding.disputes.case.v1"
DISPUTES, INSPECTION, GRID = (f"{s}-subscriptions" for s in ("disputes", "inspection", "grid"))
FITTING = """
    select headers::text, body from outbox where headers->>'ce_type' = $1
    and convert_from(body, 'utf8')::jsonb->>'household_id' is null order by id desc limit 1"""
"""It asks for nothing but what its kind says: of a household's report another one would owe a visit."""
ANY_REPORT = "select id from report where status = 'REPORTED' order by random() limit 1"


class Kind(NamedTuple):
    """`like`: the type of event that it pretends to be; `spoil` makes of that one's headers and value what it
    is. `live`: under the key of a report that people still work on."""

    chokes: frozenset[str]
    spoil: Callable[[dict[str, bytes], bytes], tuple[dict[str, bytes], bytes | None]]
    like: str = "jinding.grid.report.reported.v1"
    topic: str = REPORT
    live: bool = False
    key: bytes | None = None


Headers = dict[str, bytes]
Spoilt = tuple[Headers, bytes | None]


def _with(**headers: bytes) -> Callable[[Headers, bytes], Spoilt]:
    return lambda held, value: (held | headers, value)


def _without(name: str) -> Callable[[Headers, bytes], Spoilt]:
    return lambda held, value: ({k: v for k, v in held.items() if k != name}, value)


def _truncated(held: Headers, value: bytes) -> Spoilt:
    return held, value[: len(value) // 2]


ALL = frozenset({GATEWAY, DISPUTES, INSPECTION, GRID})
ACCEPTED = "jinding.grid.report.accepted.v1"
KINDS: Mapping[str, Kind] = {
    "truncated": Kind(ALL, _truncated),
    "truncated, of a live report": Kind(ALL, _truncated, live=True),
    "truncated end of a case": Kind(
        frozenset({GATEWAY, GRID}), _truncated, "jinding.disputes.case.closed.v1", CASE
    ),
    "not JSON": Kind(ALL, lambda held, _: (held, b"\xff\x00\x01")),
    "without epoch": Kind(frozenset({GATEWAY}), _without("ce_epoch")),
    "of an epoch to come": Kind(frozenset({GATEWAY}), _with(ce_epoch=b"99")),
    "version that is no number": Kind(frozenset({GATEWAY}), _with(ce_aggregateversion=b"one")),
    "version 7 of nothing": Kind(frozenset({GATEWAY}), _with(ce_aggregateversion=b"7")),
    "key that is no id": Kind(frozenset({GATEWAY, GRID}), lambda h, v: (h, v), key=b"nobody"),
    "in another's topic": Kind(frozenset({GATEWAY}), lambda h, v: (h, v), topic=CASE),
    "acceptance without an id": Kind(ALL - {GRID}, _without("ce_id"), ACCEPTED),
    "unknown type": Kind(frozenset(), _with(ce_type=b"jinding.grid.report.levitated.v1")),
    "headers that are no text": Kind(frozenset(), _with(ce_type=b"\xff\xfe\x00", more=b"\x00")),
    "tombstone": Kind(frozenset(), lambda held, _: (held, None)),
}


async def brewed(
    name: str, grid: "asyncpg.Connection[Any]", disputes: "asyncpg.Connection[Any]"
) -> Record:
    """A record of that kind, made from the last event of its type."""
    kind = KINDS[name]
    connection = disputes if kind.like.startswith("jinding.disputes") else grid
    event = await connection.fetchrow(FITTING, kind.like)
    id_: UUID | None = await grid.fetchval(ANY_REPORT) if kind.live else uuid4()
    if event is None or id_ is None:
        raise NothingYet
    key = kind.key or str(id_).encode()
    held = {name: told.encode() for name, told in json.loads(event["headers"]).items()}
    headers, value = kind.spoil(held, event["body"])
    told = tuple(sorted({**headers, MARK: name.encode()}.items()))
    return Record(Partition(kind.topic, partition_of(key)), key, told, value)
