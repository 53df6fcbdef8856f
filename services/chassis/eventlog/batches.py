"""What both adapters check before they send, so that a record is refused alike by either log."""

from collections.abc import Sequence
from functools import lru_cache

from services.chassis.eventlog.port import MAX_RECORD_BYTES, PARTITIONS, Record, RecordRefused


@lru_cache(maxsize=1024)
def header_name(name: str) -> bytes:
    return name.encode()


def size_of(record: Record) -> int:
    """Bytes of key, headers and value; what a log adds around them is not counted."""
    headers = sum([len(header_name(name)) + len(value) for name, value in record.headers])
    return len(record.key) + headers + len(record.value or b"")


def acceptable(records: Sequence[Record]) -> tuple[Sequence[Record], RecordRefused | None]:
    """The records before the first one that no log takes, and the refusal of that one."""
    for index, record in enumerate(records):
        if reason := _fault(record):
            return records[:index], RecordRefused(index, reason)
    return records, None


def _fault(record: Record) -> str | None:
    if not 0 <= record.partition.number < PARTITIONS:
        return f"{record.partition} is not one of {PARTITIONS} partitions"
    try:
        size = size_of(record)
    except UnicodeEncodeError:
        return "a header name is not valid text"
    if size > MAX_RECORD_BYTES:
        return f"{size} bytes are more than {MAX_RECORD_BYTES}"
    return None
