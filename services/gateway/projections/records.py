"""What a record of the log says to the projection, read or read again."""

from typing import NamedTuple
from uuid import UUID

import asyncpg

from services.chassis.errors import Invalid, reason_of
from services.chassis.eventlog.port import StoredRecord
from services.contracts.registry import read
from services.gateway.projections.fold import Fact
from services.gateway.projections.registry import BY_TOPIC

NAME = "gateway-projection"
UNFIT = (
    ValueError,
    ArithmeticError,
    asyncpg.DataError,
    asyncpg.ProgramLimitExceededError,
    asyncpg.IntegrityConstraintViolationError,
    Invalid,
)
"""What speaks against a record. Whatever else fails concerns all of them, and is tried again."""
LARGEST = 2**31 - 1


class Read(NamedTuple):
    """A record with what it says, or why it says nothing that we understand (`fault`); neither where its
    type is unknown."""

    record: StoredRecord
    fact: Fact | None = None
    fault: str | None = None


def read_record(record: StoredRecord) -> Read:
    headers = dict(record.headers)
    try:
        event = read(headers, record.value)
        if event is None:
            return Read(record)
        epoch, version = int(headers["ce_epoch"]), int(headers["ce_aggregateversion"])
        if not (0 < epoch <= LARGEST and 0 < version <= LARGEST):
            raise ValueError("epoch or version out of range")
        if record.partition.topic not in event.topics():
            raise ValueError(f"{event.type} does not belong in this topic")
        id_ = UUID(record.key.decode())
    except (ValueError, KeyError, AttributeError) as error:
        return Read(record, fault=reason_of(error))
    return Read(record, Fact(BY_TOPIC[event.topic], id_, epoch, version, event))
