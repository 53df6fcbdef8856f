"""The AsyncAPI 3.0 document: where the events are, what a record looks like, an example of each."""

from typing import Any

from jinding.asyncapi.schemas import HEADERS, Schema, told
from services.chassis.eventlog.port import PARTITIONS, RETENTION_DAYS
from services.contracts.event import SCHEMA_ID
from services.contracts.registry import by_type, topics
from services.contracts.words import TOPICS
from services.contracts.words_events import EVENTS

Document = dict[str, Any]

KAFKA = "0.5.0"
INFO = {
    "title": "金鼎事件 · Jinding events",
    "version": "1",
    "description": "每次变更都是一个事件：CloudEvents 1.0，Kafka 二进制模式。同一聚合的事件依次到达同一分区；"
    "可能重复，以 ce_id 或（ce_epoch、ce_aggregateversion）去重。ce_epoch 大于该 ce_source 以往各事件的，"
    "说明服务由备份恢复，此时应重新取快照，删去快照中没有的。未知字段与未知类型应予忽略。代码的名称见 /v1/codes。"
    "事件不含任何人的姓名、电话、证件号、住址、自由文本或精确坐标。\n\n"
    "Every change is an event: CloudEvents 1.0 in Kafka's binary mode. Events of one aggregate come in order, in one "
    "partition; they may repeat: drop repeats by ce_id or by (ce_epoch, ce_aggregateversion). A ce_epoch above any "
    "that came from the same ce_source says that the service was restored from a backup: take a snapshot, and drop what "
    "it does not contain. Ignore fields and types that you do not know. Labels of codes are at /v1/codes. No event carries a person's name, phone, ID number or "
    "address, free text or exact coordinates.",
}
SERVERS = {
    "kafka": {
        "host": "{host}:{port}",
        "protocol": "kafka-secure",
        "description": "地址与账号由平台签发。 Address and account are issued by the platform.",
        "variables": {
            "host": {"description": "主机 The host that you were given"},
            "port": {"description": "端口 The port that you were given"},
        },
        "security": [{"$ref": "#/components/securitySchemes/scram"}],
    }
}
SCRAM = {
    "type": "scramSha512",
    "description": "只可读取授权的主题，消费组以 agency-<id>. 开头；只授权一部分的，在主题 jinding.agency.<id>.v1 中，空值为墓碑。 READ on the topics granted and on groups that begin with agency-<id>. What is granted in part comes in the topic jinding.agency.<id>.v1, with null values as tombstones.",
}
AGGREGATE = "019a3c5e-7b01-7c41-9d0e-5f2b8a6c0000"
EXAMPLE = {
    "ce_specversion": "1.0",
    "ce_id": "019a3c5e-7b01-7c41-9d0e-5f2b8a6c0002",
    "ce_subject": AGGREGATE,
    "ce_partitionkey": AGGREGATE,
    "ce_aggregateversion": "1",
    "ce_epoch": "1",
    "content-type": "application/json",
}


def document(schemas: dict[str, Schema], samples: dict[str, Any]) -> Document:
    messages = {type_: _message(type_, samples[type_]) for type_ in by_type()}
    return {
        "asyncapi": "3.0.0",
        "id": "urn:jinding:events",
        "info": INFO,
        "defaultContentType": "application/json",
        "servers": SERVERS,
        "channels": {topic: _channel(topic) for topic in topics()},
        "operations": {f"send.{topic}": _operation(topic) for topic in topics()},
        "components": {
            "messages": messages,
            "schemas": {name: _embedded(schema) for name, schema in schemas.items()},
            "securitySchemes": {"scram": SCRAM},
        },
    }


def _embedded(schema: Schema) -> Schema:
    """AsyncAPI's own dialect is of draft 07: it has no place for another's name."""
    return {key: value for key, value in schema.items() if key not in ("$schema", "$id")}


def _types(topic: str) -> list[str]:
    return [type_ for type_, event in by_type().items() if topic in event.topics()]


def _channel(topic: str) -> Document:
    settings = {"cleanup.policy": ["delete"], "retention.ms": RETENTION_DAYS * 86_400_000}
    kafka = {"topic": topic, "partitions": PARTITIONS, "topicConfiguration": settings}
    return {
        "address": topic,
        "title": told(TOPICS[topic]),
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {t: {"$ref": f"#/components/messages/{t}"} for t in _types(topic)},
        "bindings": {"kafka": kafka | {"bindingVersion": KAFKA}},
    }


def _operation(topic: str) -> Document:
    return {
        "action": "send",
        "summary": f"金鼎发布：{TOPICS[topic].zh} Jinding publishes: {TOPICS[topic].en}",
        "channel": {"$ref": f"#/channels/{topic}"},
        "messages": [{"$ref": f"#/channels/{topic}/messages/{t}"} for t in _types(topic)],
    }


def _message(type_: str, sample: Any) -> Document:
    fixed = {
        "ce_source": f"/jinding/{type_.split('.')[1]}",
        "ce_type": type_,
        "ce_dataschema": f"{SCHEMA_ID}{type_}",
    }
    own = {"type": "object", "properties": {name: {"const": v} for name, v in fixed.items()}}
    key = {"type": "string", "format": "uuid", "description": "聚合的标识 id of the aggregate"}
    headers = {**EXAMPLE, **fixed, "ce_time": sample["occurred_at"]}
    return {
        "name": type_,
        "title": type_,
        "summary": told(EVENTS[type_]),
        "contentType": "application/json",
        "headers": {"allOf": [{"$ref": f"#/components/schemas/{HEADERS}"}, own]},
        "payload": {"$ref": f"#/components/schemas/{type_}"},
        "correlationId": {"location": "$message.payload#/correlation_id"},
        "bindings": {"kafka": {"key": key, "bindingVersion": KAFKA}},
        "examples": [{"name": "sample", "headers": headers, "payload": sample}],
    }
