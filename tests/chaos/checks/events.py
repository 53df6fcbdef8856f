"""The outboxes, held against the log as it is read from its beginning."""

from collections.abc import Iterable, Sequence

from aiokafka.partitioner import murmur2

from tests.chaos.checks.facts import Change, Record
from tests.chaos.checks.verdict import Verdict, verdict

PARTITIONS = 12
Source = tuple[str, str]
"""Topic and key."""


def in_order(records: Sequence[Record]) -> Verdict:
    """The first occurrences of each aggregate's versions are 1, 2, 3 … in one partition. `records` come in the
    order of their partitions."""
    last: dict[Source, int] = {}
    home: dict[Source, int] = {}
    wrong = []
    for record in _ours(records):
        source, version = (record.topic, record.key), record.version or 0
        known = last.get(source, 0)
        if version > known + 1 or version < 1:
            wrong.append(f"{source} goes from {known} to {record.version} at {record.offset}")
        last[source] = max(known, version)
        if home.setdefault(source, record.partition) != record.partition:
            wrong.append(f"{source} is in two partitions")
    return verdict(
        "in_order", "各聚合的版本依次为 1、2、3……", "versions come as 1, 2, 3 …", len(last), wrong
    )


def faithful(changes: Iterable[Change], records: Sequence[Record]) -> Verdict:
    """The log holds every event of the outboxes and no other, byte for byte, however often."""
    written = {(c.topic, c.id, c.version): c.digest for c in changes}
    missing = set(written)
    wrong, looked = [], 0
    for record in _ours(records):
        place = record.topic, record.key, record.version or 0
        looked += 1
        missing.discard(place)
        if written.get(place) != record.digest:
            wrong.append(f"{place} differs from its outbox row at {record.offset}")
    wrong += [f"{place} was never appended" for place in missing]
    return verdict(
        "faithful",
        "日志与发件箱逐字节一致，重复亦同",
        "the log is the outboxes, byte for byte",
        looked,
        wrong,
    )


def repeats(records: Sequence[Record]) -> int:
    """How many records of ours say again what an earlier one has said."""
    ours = list(_ours(records))
    return len(ours) - len({(r.topic, r.key, r.version) for r in ours})


def partitioned(changes: Iterable[Change], records: Sequence[Record]) -> Verdict:
    """Each is where every Kafka client would put it: murmur2 of the key."""
    homes: dict[str, int] = {}
    wrong, looked = [], 0
    placed = [(c.id, c.partition) for c in changes]
    for key, partition in placed + [(r.key, r.partition) for r in _ours(records)]:
        looked += 1
        if key not in homes:
            homes[key] = int((murmur2(key.encode()) & 0x7FFFFFFF) % PARTITIONS)
        if homes[key] != partition:
            wrong.append(f"{key} is in {partition} instead of {homes[key]}")
    return verdict(
        "partitioned", "分区为键的 murmur2", "partitions are murmur2 of the key", looked, wrong
    )


def published(changes: Sequence[Change]) -> Verdict:
    wrong = [
        f"{change.topic} {change.id} version {change.version}: "
        + ("parked" if change.parked else "not published")
        for change in changes
        if change.parked or not change.published
    ]
    return verdict(
        "published", "发件箱全部发布", "every outbox row is published", len(changes), wrong
    )


def _ours(records: Iterable[Record]) -> Iterable[Record]:
    return (record for record in records if record.poison is None)
