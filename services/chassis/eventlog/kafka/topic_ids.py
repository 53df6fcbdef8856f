# mypy: disable-error-code="misc"
"""Kafka's metadata request, version 12: the first that tells a topic's id; aiokafka 0.14 ends at version 5."""

from collections.abc import Sequence
from io import BytesIO
from uuid import UUID

from aiokafka.protocol.abstract import AbstractType
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)


class Uuid(AbstractType[UUID]):
    @classmethod
    def encode(cls, value: UUID) -> bytes:
        return value.bytes

    @classmethod
    def decode(cls, data: BytesIO) -> UUID:
        return UUID(bytes=data.read(16))


NAME = CompactString("utf-8")
TAGS = ("tags", TaggedFields)
BROKER = ("node_id", Int32), ("host", NAME), ("port", Int32), ("rack", NAME), TAGS
PARTITION = (
    *(("error_code", Int16), ("partition", Int32), ("leader", Int32), ("leader_epoch", Int32)),
    *((name, CompactArray(Int32)) for name in ("replicas", "isr", "offline_replicas")),
    TAGS,
)
TOPIC = (
    *(("error_code", Int16), ("name", NAME), ("topic_id", Uuid), ("is_internal", Boolean)),
    *(("partitions", CompactArray(*PARTITION)), ("authorized_operations", Int32), TAGS),
)


class TopicsResponse(Response):
    API_KEY = 3
    API_VERSION = 12
    SCHEMA = Schema(
        *(("throttle_time_ms", Int32), ("brokers", CompactArray(*BROKER)), ("cluster_id", NAME)),
        *(("controller_id", Int32), ("topics", CompactArray(*TOPIC)), TAGS),
    )


class TopicsRequest_v12(RequestStruct):  # noqa: N801  (named like the versions of aiokafka)
    FLEXIBLE_VERSION = True
    API_KEY = 3
    API_VERSION = 12
    RESPONSE_TYPE = TopicsResponse
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", Uuid), ("name", NAME), TAGS)),
        *(("allow_auto_topic_creation", Boolean), ("include_authorized_operations", Boolean)),
        TAGS,
    )


class TopicsRequest(Request[TopicsRequest_v12]):
    """Asks for these topics; unlike aiokafka's own it never creates one."""

    API_KEY = 3

    def __init__(self, topics: Sequence[str]) -> None:
        self._topics = topics

    def build(self, request_struct_class: type[TopicsRequest_v12]) -> TopicsRequest_v12:
        topics: list[tuple[UUID, str, dict[int, bytes]]] = [
            (UUID(int=0), topic, {}) for topic in self._topics
        ]
        return request_struct_class(topics, False, False, {})
