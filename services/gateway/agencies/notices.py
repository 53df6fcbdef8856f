"""A notice that there is news, by the specification Standard Webhooks 1.0. Pure.

It tells nothing of what has happened, so whoever intercepts or forges one gains nothing but a look at the feed.
"""

import base64
import hmac
import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

TYPE = "jinding.events.news.v1"
PREFIX = "whsec_"
SECRET_BYTES = 32
OVERLAP = timedelta(days=1)
Fault = Literal[
    "url_refused",
    "address_refused",
    "name_unknown",
    "unreachable",
    "tls_refused",
    "timed_out",
    "broken_off",
]
PAUSES = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 8 * 3600, 8 * 3600)
"""Seconds after each failure: eight attempts within a day."""


class Notice(NamedTuple):
    """`until` is the cursor of the feed up to which there is news. Sent again it is the same, with the same id."""

    id: str
    at: datetime
    until: str

    @property
    def body(self) -> bytes:
        told = {"type": TYPE, "timestamp": self.at.isoformat(), "data": {"until": self.until}}
        return json.dumps(told, separators=(",", ":")).encode()


class Answer(NamedTuple):
    """The `status`, or the `fault` that left us without one."""

    status: int | None = None
    fault: Fault | None = None


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def shown(secret: bytes) -> str:
    """As the agency is given it."""
    return PREFIX + base64.b64encode(secret).decode()


def signed(notice: Notice, keys: Sequence[bytes], at: datetime) -> dict[str, str]:
    """The headers of an attempt made `at`: a signature by each of the keys, any of which will do."""
    stamp = str(int(at.timestamp()))
    content = b".".join((notice.id.encode(), stamp.encode(), notice.body))
    signatures = (base64.b64encode(hmac.digest(key, content, "sha256")).decode() for key in keys)
    return {
        "content-type": "application/json",
        "webhook-id": notice.id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def pause(attempts: int, chance: float) -> timedelta | None:
    """How long to wait after so many failed attempts, up to a fifth less by `chance` (0 to 1): those that failed
    together do not come again together. None: enough was tried."""
    if attempts > len(PAUSES):
        return None
    return timedelta(seconds=PAUSES[attempts - 1] * (1 - chance / 5))
