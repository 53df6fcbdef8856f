"""By what a kept answer is recognised: whose request it was is its key, what was asked its hash."""

import hashlib
import re

from services.chassis.database import TextNotStorable
from services.chassis.errors import Invalid
from services.chassis.operation import Item

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class KeyReused(Invalid):
    zh = "该幂等键已用于内容不同的请求。"
    en = "This idempotency key was used for a request with another content."


def body_hash(item: Item) -> bytes:
    """Of what was asked; a field that is left at its default may have come later."""
    body = item.body.model_dump_json(exclude_defaults=True)
    if "\\u0000" in body and _NUL.search(body):
        raise TextNotStorable
    target = b"" if item.operation.creates else item.id.bytes
    return hashlib.sha256(target + body.encode()).digest()
