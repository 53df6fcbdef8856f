"""Where a reader of the archive goes on.

A partition is archived in stretches: its log from the first record read, that log again from an earlier offset
(after `jinding reading resume`), or another log that took its place. The runner moves `consumer_offset` in the
transaction that archives, under that row's lock; so whatever lies before a visible `next_offset` is visible too,
in whichever order the partitions' transactions commit. A place in a stretch can therefore never skip a record.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from services.chassis.database import DriverConnection
from services.chassis.eventlog.port import Partition
from services.gateway.agencies.cursor import At, Positions, SnapshotNeeded
from services.gateway.projections.records import NAME

SCANNED = 5_000
STRETCHES = """
    select s.topic, s.partition, s.id, s.log_identity, s.first_offset, case when s.latest then o.next_offset
        else (select max("offset") + 1 from archive a where a.topic = s.topic
              and a.partition = s.partition and a.log_identity = s.log_identity) end
    from (select *, lead(id) over (partition by topic, partition order by id) is null as latest
          from archive_stretch where topic = any($2::text[])) s
    left join consumer_offset o on o.consumer = $1 and o.topic = s.topic and o.partition = s.partition
    order by s.topic, s.partition, s.id"""


class Stretch(NamedTuple):
    """`end` is the offset after the last one that can be read now."""

    id: int
    log: str
    first: int
    end: int


class Window(NamedTuple):
    """Offsets of one stretch to be looked through."""

    partition: Partition
    stretch: int
    log: str
    first: int
    until: int


Stretches = Mapping[Partition, Sequence[Stretch]]


async def stretches(connection: DriverConnection, topics: Sequence[str]) -> Stretches:
    found: dict[Partition, list[Stretch]] = {}
    for topic, number, id_, log, first, end in await connection.fetch(STRETCHES, NAME, topics):
        known = found.setdefault(Partition(topic, number), [])
        known.append(Stretch(id_, log, first, end or first))
    return found


def latest(known: Stretches) -> Positions:
    """Behind everything that can be read now."""
    return {partition: At(told[-1].id, told[-1].end) for partition, told in known.items()}


def windows(known: Stretches, positions: Positions) -> tuple[list[Window], Positions]:
    """What comes next, at most `SCANNED` offsets of it; and all positions, brought to the stretch in which they
    read on."""
    left, found, here = SCANNED, [], dict(positions)
    for partition, told in known.items():
        stretch, offset = _going_on(told, positions.get(partition))
        here[partition] = At(stretch.id, offset)
        if left > 0 and offset < stretch.end:
            until = min(stretch.end, offset + left)
            found.append(Window(partition, stretch.id, stretch.log, offset, until))
            left -= until - offset
    return found, here


def _going_on(told: Sequence[Stretch], at: At | None) -> tuple[Stretch, int]:
    """The stretch and offset to read on from. Where a log is read again, whoever reads the feed does so too: its
    records may be others now."""
    offset = told[0].first if at is None else at.offset
    rest = [stretch for stretch in told if at is None or stretch.id >= at.stretch]
    if at is not None and (not rest or rest[0].id != at.stretch):
        raise SnapshotNeeded  # the archive came back from a copy older than the cursor
    for before, following in pairwise(rest):
        if offset < before.end:
            return before, offset
        offset = following.first
    return rest[-1], offset
