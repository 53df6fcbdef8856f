"""One JSON Schema (2020-12) for each event type, and one for the headers, made from the contracts."""

from typing import Any

from services.contracts.codes import CODES
from services.contracts.event import SCHEMA_ID, Event
from services.contracts.labels import Label
from services.contracts.registry import by_type
from services.contracts.words import FIELDS
from services.contracts.words_events import EVENTS

Schema = dict[str, Any]

HEADERS = "headers"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT = {"type": "string"}
UUID_TEXT = {"type": "string", "format": "uuid"}
COUNT = {"type": "string", "pattern": "^[1-9][0-9]*$"}
ENVELOPE: dict[str, tuple[Schema, Label]] = {
    "ce_specversion": ({"const": "1.0"}, Label("CloudEvents 版本", "version of CloudEvents")),
    "ce_id": (
        UUID_TEXT,
        Label("事件标识；重复者即同一事件", "id of the event; a repeat has the same"),
    ),
    "ce_source": (
        {"type": "string", "format": "uri-reference"},
        Label("发布的服务", "the service that publishes it"),
    ),
    "ce_type": (TEXT, Label("事件类型及其主版本", "type of the event, with its major version")),
    "ce_subject": (UUID_TEXT, Label("聚合的标识", "id of the aggregate that it is about")),
    "ce_time": (
        {"type": "string", "format": "date-time"},
        Label("发生时间，同 occurred_at", "when it happened, as in occurred_at"),
    ),
    "ce_dataschema": (
        {"type": "string", "format": "uri"},
        Label("内容所遵循的 JSON Schema 的 $id", "$id of the JSON Schema of the payload"),
    ),
    "ce_partitionkey": (UUID_TEXT, Label("分区键，同 ce_subject", "partition key, as ce_subject")),
    "ce_aggregateversion": (
        COUNT,
        Label(
            "聚合的版本：1、2、3……；缺号即有遗漏",
            "version of the aggregate: 1, 2, 3 …; one left out means that something is missing",
        ),
    ),
    "ce_epoch": (
        COUNT,
        Label(
            "服务由备份恢复后加一；以（epoch、version）比较先后",
            "raised when the service was restored from a backup; compare (epoch, version)",
        ),
    ),
    "ce_traceparent": (TEXT, Label("W3C 追踪标识，可缺", "W3C trace context; may be absent")),
    "content-type": ({"const": "application/json"}, Label("内容类型", "media type of the payload")),
}
MAY_BE_ABSENT = {"ce_traceparent"}


def schemas() -> dict[str, Schema]:
    """By event type; the headers' under `HEADERS`."""
    return {HEADERS: _headers()} | {type_: schema(cls) for type_, cls in by_type().items()}


def schema(event: type[Event]) -> Schema:
    """What readers may rely on. It is open: more optional fields may come."""
    made = event.model_json_schema()
    return {
        "$schema": DIALECT,
        "$id": f"{SCHEMA_ID}{event.type}",
        "title": event.type,
        "description": told(EVENTS[event.type]),
        "x-topic": event.topic,
        **_plain(made, made.get("$defs", {})),
    }


def told(label: Label) -> str:
    return f"{label.zh}{' ' if label.zh.endswith('。') else ' · '}{label.en}"


def _headers() -> Schema:
    return {
        "$schema": DIALECT,
        "$id": f"{SCHEMA_ID}{HEADERS}",
        "title": "CloudEvents 1.0, Kafka binary mode",
        "description": "每条记录的头；值均为 UTF-8 文本。 The headers of every record; each value is UTF-8 text.",
        "type": "object",
        "properties": {
            name: {**limits, "description": told(label)}
            for name, (limits, label) in ENVELOPE.items()
        },
        "required": [name for name in ENVELOPE if name not in MAY_BE_ABSENT],
    }


def _plain(node: Schema, known: dict[str, Schema]) -> Schema:
    """The same without references, unions or titles: every draft of JSON Schema and every generator takes it."""
    if "$ref" in node:
        return _plain(known[node["$ref"].rsplit("/", 1)[1]], known)
    plain = {k: v for k, v in node.items() if k not in ("$defs", "title", "description", "anyOf")}
    if "anyOf" in node:
        some, nothing = node["anyOf"]
        plain = _or_null(_plain(some, known), nothing) | plain
    if "items" in node:
        plain["items"] = _plain(node["items"], known)
    if "properties" in node:
        plain["properties"] = {
            name: _described(name, _plain(field, known))
            for name, field in node["properties"].items()
        }
    return plain


def _or_null(some: Schema, nothing: Schema) -> Schema:
    if nothing != {"type": "null"} or not isinstance(some.get("type"), str):
        raise ValueError(f"only `X | None` has a plain schema, not {some} | {nothing}")
    nullable = some | {"type": [some["type"], "null"]}
    return nullable | {"enum": [*some["enum"], None]} if "enum" in some else nullable


def _described(name: str, field: Schema) -> Schema:
    label, table = FIELDS[name], _table_of(field.get("items", field))
    if table:
        label = Label(f"{label.zh}；代码表 {table}", f"{label.en}; code table {table}")
    return field | {"description": told(label)}


def _table_of(field: Schema) -> str | None:
    """The name under which `/v1/codes` tells what these codes mean."""
    codes = [code for code in field.get("enum", ()) if code is not None]
    return next((name for name, table in CODES.items() if codes and list(table) == codes), None)
