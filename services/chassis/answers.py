"""By what a kept answer is recognised: whose request it was is its key, what was asked its hash."""

import re
from typing import Any

from services.chassis.database import TextNotStorable
from services.chassis.errors import Invalid
from services.chassis.operation import Item
from services.chassis.privacy.vault import Vault

# Controls, and marks that turn the direction of what follows, so that it reads as something else.
_HIDING = (
    r"\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff"
)
_UNSEEN = r"\xad\u200b-\u200d\u2060-\u2065\ufeff"
_SUSPECT = re.compile(rf"[\\{_HIDING}{_UNSEEN}]")
_UNREADABLE = re.compile(rf"[{_HIDING}]|^\s*[{_UNSEEN}][{_UNSEEN}\s]*\Z")


class KeyReused(Invalid):
    zh = "该幂等键已用于内容不同的请求。"
    en = "This idempotency key was used for a request with another content."
    pointer = "/header/idempotency-key"


def body_hash(item: Item, vault: Vault) -> bytes:
    """Of what was asked, keyed, lest it be tried out what was said of people; a default may have come later."""
    body = item.body.model_dump_json(exclude_defaults=True)
    if _SUSPECT.search(body) and (place := unreadable(item.body.model_dump(mode="json"))):
        raise TextNotStorable(pointer=place)
    target = "" if item.operation.creates else str(item.id)
    return vault.mark(target, body).encode()


def unreadable(it: Any, place: str = "") -> str | None:
    """A pointer to the first text that shows other than what it says, or nothing at all."""
    if isinstance(it, str):
        return place if _UNREADABLE.search(it) else None
    parts = it.items() if isinstance(it, dict) else enumerate(it if isinstance(it, list) else ())
    both = ((f"{place}/{name}", each) for name, part in parts for each in (name, part))
    return next(filter(None, (unreadable(each, place) for place, each in both)), None)
