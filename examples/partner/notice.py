"""Whether a notice is Jinding's (Standard Webhooks). Needs nothing but Python."""

import base64
import hmac
import time
from collections.abc import Mapping


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """`secret` as it was shown (whsec_…), `headers` by their names in small letters, `body` byte for byte."""
    id_, stamp = headers["webhook-id"], headers["webhook-timestamp"]
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > 300:
        return False  # somebody repeats an old one
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = hmac.digest(key, f"{id_}.{stamp}.".encode() + body, "sha256")
    right = "v1," + base64.b64encode(signature).decode()
    told = headers["webhook-signature"].split(" ")  # two while the secret is changed
    return any(hmac.compare_digest(right.encode(), each.encode()) for each in told)
