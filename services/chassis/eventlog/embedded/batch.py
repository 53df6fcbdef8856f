from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from asyncpg.pool import PoolConnectionProxy

from services.chassis.eventlog.embedded.headers import pack
from services.chassis.eventlog.port import Record, TopicMissing


class Batch:
    """Records as the columns of the append statement, with the place of each in its partition."""

    def __init__(self, records: Sequence[Record], numbers: Mapping[str, int]) -> None:
        self._records = records
        self._topics = [numbers[record.partition.topic] for record in records]
        self._partitions = [record.partition.number for record in records]
        self._added: Counter[tuple[int, int]] = Counter()
        self._places = [
            self._place(head) for head in zip(self._topics, self._partitions, strict=True)
        ]

    def columns(self) -> tuple[Any, ...]:
        heads = sorted(self._added)
        return (
            [topic for topic, _ in heads],
            [partition for _, partition in heads],
            [self._added[head] for head in heads],
            self._topics,
            self._partitions,
            self._places,
            [record.key for record in self._records],
            [pack(record.headers) for record in self._records],
            [record.value for record in self._records],
            ",".join(map(str, sorted(set(self._topics)))),
        )

    def _place(self, head: tuple[int, int]) -> int:
        place = self._added[head]
        self._added[head] = place + 1
        return place


async def topic_numbers(connection: PoolConnectionProxy, topics: Iterable[str]) -> dict[str, int]:
    """The table's number of each topic; `TopicMissing` names those that have none."""
    wanted = set(topics)
    rows = await connection.fetch(
        "SELECT name, topic FROM topics WHERE name = ANY($1::text[])", list(wanted)
    )
    if missing := wanted - {row["name"] for row in rows}:
        raise TopicMissing(", ".join(sorted(missing)))
    return {row["name"]: row["topic"] for row in rows}
