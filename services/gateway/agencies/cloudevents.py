"""Events as CloudEvents 1.0 in JSON, whose attributes are the headers of the record without `ce_`."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from pydantic_core import to_json
from starlette.responses import Response

from services.contracts.event import SCHEMA_ID

NUMBERS = {"aggregateversion", "epoch"}


class CloudEvent(BaseModel):
    """`subject` is the aggregate's id. Of an aggregate (`epoch`, `aggregateversion`) only rises: 1, 2, 3 … without a
    gap in an epoch, which a service begins when it was restored from a backup."""

    specversion: str = "1.0"
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str = "application/json"
    dataschema: str
    partitionkey: str
    epoch: int
    aggregateversion: int
    traceparent: str | None = None
    data: dict[str, Any] = Field(description="见 dataschema · as its dataschema says")


class Batch(Response):
    media_type = "application/cloudevents-batch+json"


def batch(events: Sequence[bytes], headers: dict[str, str]) -> Batch:
    return Batch(b"[" + b",\n".join(events) + b"]", headers=headers)


def archived(headers: str, value: bytes) -> bytes:
    """A record of the archive; its value goes out byte for byte."""
    told: dict[str, Any] = {
        name.removeprefix("ce_"): text
        for name, text in json.loads(headers).items()
        if name.startswith("ce_")
    }
    told |= {name: int(told[name]) for name in NUMBERS}
    return _with(told, value)


def current(type_: str, source: str, id: UUID, epoch: int, version: int, data: str) -> bytes:
    """An aggregate as it is now; two that are equal have one id."""
    told = {
        "specversion": "1.0",
        "id": f"{id}/{epoch}/{version}",
        "source": source,
        "type": type_,
        "subject": str(id),
        "time": json.loads(data)["occurred_at"],
        "dataschema": f"{SCHEMA_ID}{type_}",
        "partitionkey": str(id),
        "epoch": epoch,
        "aggregateversion": version,
    }
    return _with(told, data.encode())


def _with(told: dict[str, Any], data: bytes) -> bytes:
    return to_json(told | {"datacontenttype": "application/json"})[:-1] + b',"data":' + data + b"}"
