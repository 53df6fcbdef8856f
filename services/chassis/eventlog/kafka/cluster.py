import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, NoError, TopicAlreadyExistsError, for_code
from aiokafka.protocol.admin import CreateTopicsRequest
from aiokafka.protocol.offset import OffsetRequest

from services.chassis.eventlog.kafka.endings import Endings
from services.chassis.eventlog.kafka.topic_ids import TopicsRequest
from services.chassis.eventlog.port import LogUnavailable, Partition, TopicMissing

READ_COMMITTED = 1
EARLIEST, LATEST = -2, -1
RETRY_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Topic:
    identity: str
    leaders: Mapping[int, int]


class Cluster:
    """Questions to the brokers that need neither producer nor consumer, over one client made when needed."""

    def __init__(self, options: Mapping[str, Any], timeout: float, endings: Endings) -> None:
        self._options, self._timeout, self._endings = options, timeout, endings
        self._client: AIOKafkaClient | None = None
        self._connecting = asyncio.Lock()

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            self._endings.begin(client.close())

    async def topics(self, names: Iterable[str]) -> dict[str, Topic]:
        """Those of `names` that exist, each with its id and its partitions' leaders."""
        async with self._asking() as client:
            answer = await _send(client, TopicsRequest(list(names)))
        return {
            topic["name"]: Topic(
                f"{answer['cluster_id']}/{topic['topic_id']}",
                {part["partition"]: part["leader"] for part in topic["partitions"]},
            )
            for topic in answer["topics"]
            if for_code(topic["error_code"]) is NoError
        }

    async def existing(self, names: Iterable[str]) -> dict[str, Topic]:
        wanted = set(names)
        found = await self.topics(wanted)
        if missing := wanted - found.keys():
            raise TopicMissing(", ".join(sorted(missing)))
        return found

    async def create(
        self, names: Sequence[str], partitions: int, replication: int, settings: Mapping[str, str]
    ) -> list[str]:
        """Those that did not exist; one that another creates meanwhile is not counted."""
        nowhere: list[tuple[int, list[int]]] = []  # the cluster chooses where replicas are
        configs = list(settings.items())
        wanted = [(name, partitions, replication, nowhere, configs) for name in names]
        async with self._asking() as client:
            request = CreateTopicsRequest(wanted, int(self._timeout * 1000), False)
            answer = await _send(client, request)
            errors = {t["topic"]: for_code(t["error_code"]) for t in answer["topic_errors"]}
            for name, error in errors.items():
                if error not in (NoError, TopicAlreadyExistsError):
                    raise error(name)
        return [name for name in names if errors[name] is NoError]

    async def offsets(self, names: Iterable[str], which: int = LATEST) -> dict[Partition, int]:
        """The next offset of every partition, or with `EARLIEST` the first one still held."""
        wanted = list(names)
        async with self._asking() as client:
            while True:
                topics = await self.existing(wanted)
                try:
                    return await _ask_leaders(client, topics, which)
                except KafkaError as error:  # leadership moves, and a new topic's is not settled
                    if not error.retriable:
                        raise
                    await client.force_metadata_update()
                    await asyncio.sleep(RETRY_SECONDS)

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[AIOKafkaClient]:
        try:
            async with asyncio.timeout(self._timeout):
                yield await self._connected()
        except (KafkaError, OSError) as error:
            self.close()
            raise LogUnavailable(f"{type(error).__name__}: {error}") from error

    async def _connected(self) -> AIOKafkaClient:
        async with self._connecting:
            if self._client is None:
                client = AIOKafkaClient(**self._options)
                try:
                    await client.bootstrap()
                except BaseException:
                    self._endings.begin(client.close())
                    raise
                self._client = client
            return self._client


async def _send(client: AIOKafkaClient, request: Any) -> dict[str, Any]:
    answer = await client.send(client.get_random_node(), request)
    return dict(answer.to_object())


async def _ask_leaders(
    client: AIOKafkaClient, topics: Mapping[str, Topic], which: int
) -> dict[Partition, int]:
    asked: dict[int, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for name, topic in topics.items():
        for partition, leader in topic.leaders.items():
            asked[leader][name].append((partition, which))
    answers = await asyncio.gather(
        *(
            client.send(leader, OffsetRequest(-1, READ_COMMITTED, list(partitions.items())))
            for leader, partitions in asked.items()
        )
    )
    return dict(_offsets(answers))


def _offsets(answers: Iterable[Any]) -> Iterable[tuple[Partition, int]]:
    for answer in answers:
        for topic, partitions in answer.topics:
            for number, code, _timestamp, offset in partitions:
                if (error := for_code(code)) is not NoError:
                    raise error(f"{topic}/{number}")
                yield Partition(topic, number), offset
